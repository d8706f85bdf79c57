"""Rules about a manifest: every fact key, path, element and origin that it names occurs in the samples."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from lxml import etree

from portal.platform.kit.errors import PortalError
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.manifest import Dataset, HistoryRules, Items, Magda, Rest
from portal.platform.sources.reading.outcomes import facts_of
from portal.platform.sources.reading.xml import text_at
from portal.platform.sources.sampled import SampleNames
from portal.platform.sources.transports.rest_answer import MISSING

from ..contents import text_of, xml_of
from .evidence import DatasetEvidence
from .readings import value_at
from .wording import some


def names_what_there_is(evidence: DatasetEvidence) -> Iterator[str]:
    """The items, groups, history and keys that the manifest names for a dataset occur in a sample."""
    entry, sampled = evidence.entry, evidence.sampled
    if not isinstance(entry, DatasetEntry) or not sampled.keys:
        return
    dataset = entry.dataset
    if dataset.items:
        yield from _items(dataset.items, sampled)
    yield from _groups(dataset, sampled)
    if dataset.history:
        yield from _history(dataset.history, dataset.groups, sampled)
    if dataset.residence:
        yield from sampled.lacks_keys("[datasets.residence]", dataset.residence.keys())
    if dataset.lookup:
        yield from sampled.lacks_keys("`of` in [datasets.lookup]", [dataset.lookup.of])
    for keys in entry.sections.values():
        yield from keys.lacks(sampled)


def _items(items: Items, sampled: SampleNames) -> Iterator[str]:
    table = "[datasets.items]"
    yield from sampled.lacks_repeated(f"`path` in {table}", items.path)
    for name in ("title", "detail", "when", "until"):
        yield from sampled.lacks_keys(f"`{name}` in {table}", getattr(items, name))


def _groups(dataset: Dataset, sampled: SampleNames) -> Iterator[str]:
    for name in dataset.groups:
        yield from sampled.lacks_element("[datasets.groups]", name)


def _history(history: HistoryRules, groups: dict[str, str], sampled: SampleNames) -> Iterator[str]:
    table = "[datasets.history]"
    yield from sampled.lacks_keys(f"`titles` in {table}", history.titles, may_be_rare=True)
    for name in ("begin", "end"):
        leaf = getattr(history, name)
        if not any(place.endswith(f"{group}/{leaf}") for place in sampled.places for group in groups):
            yield f"`{name}` in {table} leads to no fact of an element that [datasets.groups] names: {leaf}"


def provides_what_it_says(evidence: DatasetEvidence) -> Iterator[str]:
    """The fact that the manifest's `provides` names is a date in some sample."""
    entry = evidence.entry
    datum = entry.dataset.provides if isinstance(entry, DatasetEntry) else ""
    if datum and not any(
        fact.key == datum and fact.kind == "date" for sample in evidence.samples for fact in facts_of(sample.outcome)
    ):
        yield f"`provides` names {datum}, which is no date in any sample"


def leads_into_the_answer(evidence: DatasetEvidence) -> Iterator[str]:
    """The paths by which the transport reads an answer lead to something in a sample with data."""
    service, paths = evidence.entry.service, {}
    if isinstance(service, Magda):
        paths = {"subject": service.subject, "origin": service.origin}
    elif isinstance(service, Rest):
        paths = {"subject": service.subject, "empty": service.empty, "count": service.count}
    contents = [content for _, content in evidence.contents()]
    for name, path in paths.items():
        if path and contents and not any(_leads(content, path) for content in contents):
            yield f"`{name}` in [datasets.{service.transport}] leads to nothing in any sample: {path}"


def _leads(content: object, path: str) -> bool:
    if isinstance(content, dict):
        return value_at(content, path) is not None
    return isinstance(content, etree._Element) and content.find(path) is not None


def names_origins_there_are(agency: Agency) -> Iterator[str]:
    """Each origin of [names] occurs elsewhere in the manifest, or in a sample."""
    manifest = agency.manifest
    known = {exception.origin for exception in manifest.exceptions}
    known |= {origin for dataset in manifest.datasets if dataset.magda for origin in dataset.magda.origins}
    known |= set(_origins_in(agency.folder / "samples")) if manifest.names else set()
    plain = {origin.casefold() for origin in known}
    if unknown := [name for name in manifest.names if name.casefold() not in plain]:
        there_are = some(sorted(known)) if known else "none"
        yield f"[names]: no exception, `origins` or sample has the origin {some(unknown)} (there are: {there_are})"


def _origins_in(samples: Path) -> Iterator[str]:
    """Give the origins in a body's samples: of exceptions, or in JSON of the parts that are missing."""
    for file in sorted(samples.rglob("*.xml")):
        with suppress(PortalError):
            root = xml_of(text_of(file.read_bytes()))
            yield from (text_at(exception, "Oorsprong") for exception in root.iter("Uitzondering"))
    for file in sorted((samples / "rest").glob("*/*.json")):
        with suppress(ValueError, RecursionError):
            content = json.loads(text_of(file.read_bytes()))
            parts = content.get(MISSING) if isinstance(content, dict) else None
            items = parts if isinstance(parts, list) else [parts]
            yield from (str(part["bron"]) for part in items if isinstance(part, dict) and "bron" in part)
