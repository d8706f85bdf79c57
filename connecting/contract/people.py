"""Rules about whom the samples are about: people who cannot exist, and nobody else's answer is ever shown."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from portal.platform.sources.catalogue import Askable, DatasetEntry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import Down, Nothing, name_of
from portal.platform.sources.reading.table import plain_number

from .. import samples
from ..contents import content_of
from .evidence import DatasetEvidence, Sample
from .readings import is_test_number
from .wording import some

STRANGER = "99999999999"
COMPANY = 10  # digits
_NUMBER = re.compile(r"(?<!\d)\d{11}(?!\d)")


def is_about_people(entry: Askable) -> bool:
    """Tell whether its samples are each of a person; those of a lookup are of companies."""
    return entry.placeholder == DatasetEntry.placeholder


def are_about_whom_they_are_named_after(of: DatasetEvidence) -> Iterator[str]:
    """An answer about KEY is read the same when it is known to be asked about KEY."""
    for one in of.of("ready", "partial", "nothing", "down"):
        key = samples.key_of(one.file)
        if not key.isdigit():
            continue
        outcome = samples.read(one.data, of.entry, insz=key)
        if name_of(outcome) != name_of(one.outcome):
            yield f"{one.file.name} is not about who its name says: {_where(one, of.entry, key)}"


def of_others_are_never_shown(of: DatasetEvidence) -> Iterator[str]:
    """An answer about somebody else is a mismatch, where the answer says whom it is about."""
    if not of.entry.service.subject:
        return
    for one in of.of("ready", *([] if isinstance(of.entry.service, Magda) else ["nothing"])):
        # A renewed number: the answer is about the person under another.
        if b">30004<" in one.data:
            continue
        if not _is_mismatch(samples.read(one.data, of.entry, insz=STRANGER)):
            yield f"{one.file.name} would be shown to somebody else: `subject` ({of.entry.service.subject})"


def _is_mismatch(outcome: Any) -> bool:
    return isinstance(outcome, Down) and outcome.reason == "mismatch"


def say_whom_they_are_about(of: DatasetEvidence) -> Iterator[str]:
    """Where an answer says whom it is about, the manifest says where."""
    if of.entry.service.subject:
        return
    places = {
        place: None
        for file, content in of.contents()
        for key in ("", samples.key_of(file))
        for place in _numbers(content, key)
    }
    if places:
        table = of.entry.service.transport
        yield f"the answer says whom it is about ({some(list(places))}): write it as `subject` in [datasets.{table}]"


def _where(one: Sample, entry: Askable, key: str) -> str:
    """Say what is wrong with a subject: where it leads to, and where the number stands."""
    subject, content = entry.service.subject, content_of(one.data, entry)
    places = [] if content is None else [place for place in _numbers(content, key) if place != subject]
    stands = f"; its number stands at {some(list(dict.fromkeys(places)))}" if places else ""
    return f"at `subject` ({subject}) stands another number, or none{stands}"


def _numbers(content: Any, key: str) -> Iterator[str]:
    """Yield the places without indexes at which a number stands, or, for "", any national number."""
    if isinstance(content, dict | list):
        yield from _numbers_in_json(content, "", key)
        return
    for element in content.iterdescendants():
        text = plain_number((element.text or "").strip())
        if text == key if key else element.tag == "INSZ":
            above = [str(each.tag) for each in reversed(list(element.iterancestors()))]
            yield "/".join([*above[above.index("Inhoud") + 1 :], str(element.tag)])


def _numbers_in_json(value: Any, place: str, key: str) -> Iterator[str]:
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _numbers_in_json(each, f"{place}/{name}" if place else name, key)
    elif isinstance(value, list):
        for each in value:
            yield from _numbers_in_json(each, place, key)
    elif isinstance(value, str) and (plain_number(value) == key if key else _NUMBER.search(value)):
        yield place


def cannot_exist(of: DatasetEvidence) -> Iterator[str]:
    """Samples are of people with test numbers whom personas.toml knows, or of companies that cannot be."""
    keys = sorted({samples.key_of(file) for file in of.files} - {samples.NOTFOUND})
    if not is_about_people(of.entry):
        real = [key for key in keys if key.isdigit() and not _is_no_company(key)]
        yield from (f"a sample is of a company that may exist ({key[:4]}...)" for key in real)
        return
    try:
        known = tomllib.loads((of.entry.agency.folder / "samples" / "personas.toml").read_text("utf-8"))
    except OSError:
        yield "no samples/personas.toml: who the samples are about"
        return
    except ValueError as error:
        yield f"samples/personas.toml cannot be read: {error}"
        return
    for key in keys:
        if key not in known:
            yield f"somebody who is not in personas.toml has a sample ({key[:2]}...)"
        elif not is_test_number(key):
            yield f"a sample is of somebody who may exist ({key[:2]}...): its number is no test number"
    others = [key for key, about in known.items() if key not in keys and not isinstance(about, dict)]
    strange = [key for key in others if not is_test_number(key)]
    yield from (f"personas.toml has somebody who may exist ({key[:2]}...)" for key in strange)


def _is_no_company(number: str) -> bool:
    """Tell whether a company's number cannot be: its last two digits are no check of the others."""
    return len(number) == COMPANY and int(number[8:]) != 97 - int(number[:8]) % 97


def has_somebody_nobody_knows(of: DatasetEvidence) -> Iterator[str]:
    """A MAGDA dataset has a sample of somebody nobody knows, which means that there is nothing."""
    if not isinstance(of.entry.service, Magda) or not of.files:
        return
    found = next((one for one in of.samples if one.file.stem == samples.NOTFOUND), None)
    if found is None:
        yield f"no sample {samples.NOTFOUND}.xml, of somebody nobody knows"
    elif not isinstance(found.outcome, Nothing):
        yield f"{found.file.name} is read as {name_of(found.outcome)}; it must say that there is nothing"
