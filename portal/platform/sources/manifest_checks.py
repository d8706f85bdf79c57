"""Checks of a manifest as a whole and against the files in its folder; each raises ManifestError with the line."""

from collections.abc import Sequence
from pathlib import Path
from string import Template

from .folders import MANIFEST
from .manifest import OWN_SOURCES, TODAY, Magda, Manifest, ManifestError, Rest, line_of_table, refuse, text_of


def check_dataset_names(folder: Path, body: Manifest) -> None:
    """Refuse two datasets of one name."""
    seen: set[str] = set()
    for at, dataset in enumerate(body.datasets):
        if dataset.id in seen:
            file = folder / MANIFEST
            start = line_of_table(file, "datasets", at)
            refuse(file, dataset.id, f"two datasets are called {dataset.id!r}", "rename one", start)
        seen.add(dataset.id)


def check_question(folder: Path, service: Magda | Rest, about: str, values: Sequence[str] = ()) -> None:
    """Refuse a question whose file is missing, or has other variables than `about`, all of `values`, and TODAY."""
    file = folder / "requests" / service.question
    at = folder / MANIFEST
    if Path(service.question).name != service.question:
        refuse(at, service.question, f"{service.question!r} is no file name", "name a file in requests/")
    if not file.exists():
        refuse(at, service.question, f"{file} does not exist", "write the question there")
    template = Template(text_of(file))
    if not template.is_valid() or {*template.get_identifiers()} - {TODAY} != {about, *values}:
        held = ", ".join(f"${{{name}}}" for name in (about, *values))
        allowed = f"must hold {held}, and no other $ but ${{{TODAY}}}"
        raise ManifestError(f"{file} {allowed}; write it where the question says whom.")


def check_sources(folder: Path, body: Manifest, sources: frozenset[str]) -> None:
    """Refuse a source that is the portal's own, and maintenance of one that the body does not have."""
    file = folder / MANIFEST
    for source in sources & OWN_SOURCES.keys():
        refuse(file, source, f"{source!r} is a source of the portal", "choose another name")
    for index, time in enumerate(body.maintenance):
        if time.source not in sources:
            start = line_of_table(file, "maintenance", index)
            what = f"maintenance is announced of {time.source!r}, which is no source of this body"
            refuse(file, time.source, what, f"write one of: {', '.join(sorted(sources)) or 'none'}", start)
