"""Rules about what is read of samples: each is read, into the approved facts, and pages can show these."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from portal.platform.kit import incomplete_date, national_number
from portal.platform.sources.catalogue import Askable
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, facts_of, name_of
from portal.platform.sources.reading.xml import Element

from .. import samples
from ..contents import content_of, crash_of, damage_of
from ..masking import NUMBER, mask
from .evidence import DatasetEvidence, Sample
from .wording import first_difference, some

_STEP = re.compile(r"([^/\[\]]+)(?:\[(\d+)\])?")
_KEY = re.compile(r"[a-z][a-z0-9_]*")
TEST_MONTHS = range(60, 73)


def is_test_number(number: str) -> bool:
    """Tell whether a national number is of somebody who cannot exist (birth month + 60)."""
    return national_number.is_valid(number) and int(number[2:4]) in TEST_MONTHS


def can_be_read(evidence: DatasetEvidence) -> Iterator[str]:
    """The transport reads every sample, and the body's own code does not raise on it."""
    yield from evidence.read[1]
    for sample in evidence.samples:
        if reason := why_sample_is_unread(sample, evidence.entry):
            yield f"{sample.file.name}: {reason}"


def why_sample_is_unread(sample: Sample, entry: Askable) -> str:
    """Tell why nothing is read of a sample; "" when something is, or when it holds no answer with content."""
    return why_unread(sample.data, sample.outcome, entry) if sample.is_answer else ""


def why_unread(data: bytes, outcome: Outcome, entry: Askable) -> str:
    """Tell why nothing is read of an answer: the line of code that raised, or what in the manifest does not hold."""
    if crash := crash_of(data, entry):
        return mask(crash)
    if not isinstance(outcome, Down) or outcome.reason != "unreadable":
        return ""
    return damage_of(data, entry) or _cause_of(outcome.detail, entry)


def _cause_of(detail: str, entry: Askable) -> str:
    """Explain the `detail` of a transport's "unreadable" by the manifest or parse.py."""
    service = entry.service
    if isinstance(service, Magda):
        known = {
            "root": f"the root element is not {service.service}Response: `service` in the manifest, or the sample",
            "content": "parse.py makes no fact of its Inhoud: do the names in its table stand in the answer?",
            "no content": "it has no Inhoud, and no exception that means that there is nothing ([[exceptions]])",
            "origin": f"an item does not say whose it is: `origin` ({service.origin})",
        }
    else:
        known = {
            "no object": "the answer is no JSON object",
            "no subject": f"`subject` ({service.subject}) leads to no text in it",
            "no list": f"`empty` ({service.empty}) leads to no list in it",
            "count": f"`count` ({service.count}) leads to no number, or to another than the length of `empty`",
            "content": "parse.py makes no fact of it (do the names in its table stand in the answer?), and it does "
            "not say that there is nothing (`empty` in the manifest)",
        }
    return known.get(detail, f"it cannot be read: {detail}")


def is_as_approved(evidence: DatasetEvidence) -> Iterator[str]:
    """Every sample gives the facts that were approved for it."""
    for sample in evidence.samples:
        if not why_sample_is_unread(sample, evidence.entry) and (difference := disagreement(sample, evidence.entry)):
            yield f"{sample.file.name} {difference}"


def disagreement(sample: Sample, entry: Askable) -> str:
    """Tell how what is read of a sample differs from its approved facts; "" when it does not."""
    try:
        approved = samples.read_approved(sample.file, entry)
    except (OSError, ValueError):
        return f"has no approved facts: `manage.py approve {entry.agency.id}`"
    try:
        return first_difference(samples.describe_outcome(sample.outcome), approved)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return f"has approved facts that are none: `manage.py approve {entry.agency.id}`"


def is_read_whole(evidence: DatasetEvidence) -> Iterator[str]:
    """Every value of a sample is read, or is left out for a reason."""
    for sample in evidence.samples:
        if places := unread_places(sample.outcome):
            yield f"{sample.file.name} has what nobody reads: {some(places)}"


def unread_places(outcome: Outcome) -> list[str]:
    """List the places of an answer that nothing reads, from its outcome."""
    missing = outcome.missing if isinstance(outcome, Partial) else ()
    return [part.code for part in missing if part.reason == "unread"]


def shows_every_outcome(evidence: DatasetEvidence) -> Iterator[str]:
    """There is a sample with data, one without, and one that failed."""
    if not evidence.files:
        place = samples.place_of(evidence.entry).relative_to(evidence.entry.agency.folder)
        yield f"no samples in {place}: one with data, one without and one that failed are needed"
        return
    usable = [sample for sample in evidence.samples if not why_sample_is_unread(sample, evidence.entry)]
    kinds = {name_of(sample.outcome) for sample in usable}
    # A sample that cannot be read may be the one with data, and is reported by `can_be_read`.
    if not kinds & {"ready", "partial"} and len(usable) == len(evidence.samples):
        yield "no sample with data"
    if "nothing" not in kinds:
        yield "no sample without data"
    if "down" not in kinds:
        yield "no sample that failed"


def has_sound_facts(evidence: DatasetEvidence) -> Iterator[str]:
    """Facts have a key, a label and a value that pages can show, and a national number has the kind for it."""
    wrong: dict[str, None] = {}
    for file, outcome in _outcomes(evidence):
        for fact in facts_of(outcome):
            for fault in _faults(fact):
                wrong[f"{file}: fact {fact.key!r} ({fact.path}) {fault}"] = None
    yield from list(wrong)
    unmasked = {f"{fact.key} ({fact.path})": None for fact in evidence.facts if _holds_unmasked_number(fact)}
    if unmasked:
        yield f"a national number is shown whole, as it is no `number(...)` in parse.py: {some(list(unmasked))}"


def _outcomes(evidence: DatasetEvidence) -> Iterator[tuple[str, Outcome]]:
    yield from ((sample.file.name, sample.outcome) for sample in evidence.samples)
    yield from ((file.name, samples.read(file.read_bytes(), evidence.entry)) for file in evidence.published_answers)


def _faults(fact: Fact) -> Iterator[str]:
    if not _KEY.fullmatch(fact.key):
        yield "has a key that is not of small letters, digits and _"
    if not fact.label[:1].isupper():
        yield f"has a label that does not begin with a capital: {fact.label!r}"
    if not fact.value or fact.value != fact.value.strip():
        yield "has a value that is empty, or has spaces around it"
    if fact.kind == "date" and not incomplete_date.read(fact.value):
        yield "is of the kind date, and its value is none"
    if fact.kind == "national_number" and len(fact.value) != 11:
        yield "is of the kind national_number, and its value has not 11 digits"


def _holds_unmasked_number(fact: Fact) -> bool:
    return fact.kind != "national_number" and any(map(is_test_number, NUMBER.findall(fact.value)))


def facts_lead_back(evidence: DatasetEvidence) -> Iterator[str]:
    """The path of a fact leads to exactly one place in the answer."""
    wrong: dict[str, None] = {}
    for sample in evidence.samples:
        content = content_of(sample.data, evidence.entry) if sample.is_answer else None
        for fact in facts_of(sample.outcome) if content is not None else ():
            if fact.kind != "note" and not leads_back(content, fact.path):
                what = "several stand" if _is_ambiguous(content, fact.path) else "nothing stands"
                wrong[f"{sample.file.name}: fact {fact.key!r} stood at {fact.path}, it says: {what} there"] = None
    yield from list(wrong)[:3]


def leads_back(content: Any, path: str) -> bool:
    """Tell whether a path leads to exactly one place in the content of an answer."""
    if isinstance(content, dict):
        return value_at(content, path) not in (None, "", [], {})
    place, _, attribute = path.partition("/@")
    element = element_at(content, place)
    return element is not None and (not attribute or element.get(attribute) is not None)


def _is_ambiguous(content: Any, path: str) -> bool:
    """Tell whether a path leads to several elements, which parse.py then reads as if there were one."""
    try:
        return not isinstance(content, dict) and len(content.xpath(path.partition("/@")[0])) > 1
    except etree.XPathError:
        return False


def element_at(content: Element, place: str) -> Element | None:
    """Find the one element that a path leads to; None when it leads to none, or to several."""
    try:
        elements: Any = content.xpath(place)
    except etree.XPathError:
        return None
    return elements[0] if isinstance(elements, list) and len(elements) == 1 else None


def value_at(content: Any, path: str) -> Any:
    """Give what a path of a fact, `a/b[2]/c`, leads to in JSON; None when it leads nowhere."""
    for name, index in _STEP.findall(path):
        content = content.get(name) if isinstance(content, dict) else None
        if index:
            is_there = isinstance(content, list) and int(index) <= len(content)
            content = content[int(index) - 1] if is_there else None
    return content
