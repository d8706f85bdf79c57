"""Rules about whom samples are about: people who cannot exist; and an answer about somebody else is never shown."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from portal.platform.sources.catalogue import Askable, DatasetEntry
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import Down, Nothing, name_of
from portal.platform.sources.reading.table import plain_number

from .. import samples
from ..contents import content_of, text_of
from ..masking import NUMBER
from .evidence import DatasetEvidence, Sample
from .readings import is_test_number
from .wording import some

STRANGER = "99999999999"
COMPANY_DIGITS = 10


def is_about_people(entry: Askable) -> bool:
    """Tell whether an entry asks about people; a lookup asks about companies."""
    return entry.placeholder == DatasetEntry.placeholder


def are_about_whom_they_are_named_after(evidence: DatasetEvidence) -> Iterator[str]:
    """A sample is about the person in its file's name: reading it with a check of that number changes nothing."""
    for sample in evidence.read_as("ready", "partial", "nothing"):
        key = samples.key_of(sample.file)
        if not key.isdigit():
            continue
        outcome = samples.read(sample.data, evidence.entry, insz=key)
        if name_of(outcome) != name_of(sample.outcome):
            yield f"{sample.file.name} is not about who its name says: {_subject_fault(sample, evidence.entry, key)}"


def of_others_are_never_shown(evidence: DatasetEvidence) -> Iterator[str]:
    """An answer about somebody else is a mismatch, where the answer says whom it is about."""
    if not evidence.entry.service.subject:
        return
    nothing = () if isinstance(evidence.entry.service, Magda) else ("nothing",)
    for sample in evidence.read_as("ready", "partial", *nothing):
        # Warning 30004 tells that the number was renewed: the answer is about the same person under another number.
        if b">30004<" in text_of(sample.data):
            continue
        if not _is_mismatch(samples.read(sample.data, evidence.entry, insz=STRANGER)):
            yield f"{sample.file.name} would be shown to somebody else: `subject` ({evidence.entry.service.subject})"


def _is_mismatch(outcome: Any) -> bool:
    return isinstance(outcome, Down) and outcome.reason == "mismatch"


def say_whom_they_are_about(evidence: DatasetEvidence) -> Iterator[str]:
    """When the answers hold the number of the person they are about, the manifest's `subject` says where."""
    if evidence.entry.service.subject:
        return
    places = {
        place: None
        for file, content in evidence.contents()
        for key in ("", samples.key_of(file))
        for place in _numbers(content, key)
    }
    if places:
        table = evidence.entry.service.transport
        yield f"the answer says whom it is about ({some(list(places))}): write it as `subject` in [datasets.{table}]"


def _subject_fault(sample: Sample, entry: Askable, key: str) -> str:
    """Tell what is wrong with `subject`: that it does not lead to the number, and where the number is instead."""
    subject, content = entry.service.subject, content_of(sample.data, entry)
    places = [] if content is None else [place for place in _numbers(content, key) if place != subject]
    elsewhere = f"; its number stands at {some(list(dict.fromkeys(places)))}" if places else ""
    return f"at `subject` ({subject}) stands another number, or none{elsewhere}"


def _numbers(content: Any, key: str) -> Iterator[str]:
    """Give the paths, without indexes, at which the number `key` is; with "", those of any national number."""
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
    elif isinstance(value, str) and (plain_number(value) == key if key else NUMBER.search(value)):
        yield place


def cannot_exist(evidence: DatasetEvidence) -> Iterator[str]:
    """Samples are about people of personas.toml with test numbers, or about companies that cannot exist."""
    keys = sorted({samples.key_of(file) for file in evidence.files} - {samples.NOTFOUND})
    if not is_about_people(evidence.entry):
        real = [key for key in keys if key.isdigit() and not _is_no_company(key)]
        yield from (f"a sample is of a company that may exist ({key[:4]}...)" for key in real)
        return
    try:
        known = _people_in(evidence.entry.agency.folder / "samples" / "personas.toml")
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
    real = [key for key in known if key not in keys and not is_test_number(key)]
    yield from (f"personas.toml has somebody who may exist ({key[:2]}...)" for key in real)


def _people_in(file: Path) -> list[str]:
    """List the numbers in a `personas.toml`, at its top or in tables. Raise OSError or ValueError."""
    known = tomllib.loads(file.read_text("utf-8"))
    return [key for name, about in known.items() for key in (about if isinstance(about, dict) else (name,))]


def _is_no_company(number: str) -> bool:
    """Tell whether a company's number is invalid: its last two digits are no check of the others."""
    return len(number) == COMPANY_DIGITS and int(number[8:]) != 97 - int(number[:8]) % 97


def has_somebody_nobody_knows(evidence: DatasetEvidence) -> Iterator[str]:
    """A MAGDA dataset has a sample `notfound.xml`, for a person unknown to the body, and it is read as "nothing"."""
    if not isinstance(evidence.entry.service, Magda) or not evidence.files:
        return
    notfound = next((sample for sample in evidence.samples if sample.file.stem == samples.NOTFOUND), None)
    if notfound is None:
        yield f"no sample {samples.NOTFOUND}.xml, of somebody nobody knows"
    elif not isinstance(notfound.outcome, Nothing):
        yield f"{notfound.file.name} is read as {name_of(notfound.outcome)}; it must say that there is nothing"
