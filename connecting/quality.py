"""Gather the quality of each dataset and body for `manage.py check_agencies`: samples, schemas, and what they lack.

The rules of `contract` say what is lacking.
"""

from collections.abc import Iterator

import msgspec

from portal.platform.sources.catalogue import Agency, Askable, Catalogue
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import name_of

from . import schemas
from .contract import readings, rules
from .contract.evidence import DatasetEvidence, PublishedFolders

# The text with which the scaffold marks what only the body itself can fill in.
TO_FILL_IN = "NOG IN TE VULLEN"
NOT_LOOKED_AT = "not looked at"
LONGEST_SHORT_NAME = 30  # characters: half a line on a phone

_KINDS = {"ready": "data", "partial": "data", "nothing": "nothing", "down": "failed"}


class Samples(msgspec.Struct, frozen=True):
    """Count a dataset's samples: by outcome, those read as approved, and those with values that nothing reads."""

    data: int
    nothing: int
    failed: int
    approved: int
    unread: int = 0

    @property
    def all(self) -> int:
        """Give the number of samples of every outcome."""
        return self.data + self.nothing + self.failed


class Quality(msgspec.Struct, frozen=True):
    """Hold the quality of one dataset.

    `schema`: the one that its samples are valid by (published, own, none), "not kept" when they are not,
    NOT_LOOKED_AT without MAGDA's schemas; `question`: "published" where MAGDA publishes a type for its criteria, else
    "none", NOT_LOOKED_AT without MAGDA's schemas, "own" for a JSON service; `lacks`: sentences.
    """

    name: str
    agency: str
    transport: str
    samples: Samples
    deadline_s: float
    correction: str
    legal_basis: str
    retention: str
    schema: str
    question: str
    lacks: tuple[str, ...]


class BodyQuality(msgspec.Struct, frozen=True):
    """Hold what a body lacks apart from its datasets, as sentences."""

    name: str
    lacks: tuple[str, ...]


def bodies(catalogue: Catalogue, known: Catalogue) -> list[BodyQuality]:
    """Give the quality of every body of a catalogue; known: all bodies, with which its samples are compared."""
    differences = list(dict.fromkeys(rules.samples_of_one_question_differ((*known.entries, *known.lookups))))
    return [
        BodyQuality(
            agency.id,
            (
                *rules.faults_of_body(agency),
                *_name_faults(agency),
                *_section_faults(agency),
                *(fault for fault in differences if fault.startswith(f"{agency.id}.")),
            ),
        )
        for agency in catalogue.agencies
    ]


def _name_faults(agency: Agency) -> Iterator[str]:
    if len(agency.manifest.short) > LONGEST_SHORT_NAME:
        yield f"the body needs a `short_name` of at most {LONGEST_SHORT_NAME} characters"


def _section_faults(agency: Agency) -> Iterator[str]:
    """Give what is lacking in the tables of the manifest that features read."""
    for section, keys in agency.sections.items():
        yield from keys.omissions()
        if any(text.startswith(TO_FILL_IN) for text in _texts_in(msgspec.to_builtins(keys))):
            yield f"[{section.name}] is not filled in everywhere"


def _texts_in(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            yield from (text for each in value.values() for text in _texts_in(each))
        case list() | tuple():
            yield from (text for each in value for text in _texts_in(each))


def qualities(catalogue: Catalogue, published: PublishedFolders) -> list[Quality]:
    """Give the quality of every dataset, each followed by that of its lookup."""
    in_order: list[Quality] = []
    for entry in catalogue.entries:
        in_order.append(quality_of(entry, published, entry.remedy))
        if entry.lookup:
            in_order.append(quality_of(entry.lookup, published))
    return in_order


def quality_of(entry: Askable, published: PublishedFolders, remedy: str = "") -> Quality:
    """Give the quality of one dataset, or lookup; a sample that cannot be read is among what it lacks."""
    evidence = DatasetEvidence(entry, published)
    with rules.silence():
        return Quality(
            name=entry.name,
            agency=entry.agency.manifest.name,
            transport=entry.service.transport,
            samples=_count(evidence),
            deadline_s=entry.dataset.deadline_s,
            correction=remedy or "none",
            legal_basis=entry.dataset.legal_basis,
            retention=entry.dataset.retention,
            schema=_schema(evidence),
            question=_question(evidence),
            lacks=(*rules.faults_of(evidence), *_legal_basis_faults(entry)),
        )


def _count(evidence: DatasetEvidence) -> Samples:
    counts = dict.fromkeys(_KINDS.values(), 0)
    for sample in evidence.samples:
        counts[_KINDS[name_of(sample.outcome)]] += 1
    approved = sum(not readings.disagreement(sample, evidence.entry) for sample in evidence.samples)
    unread = sum(bool(readings.unread_places(sample.outcome)) for sample in evidence.samples)
    return Samples(counts["data"], counts["nothing"], counts["failed"], approved, unread)


def _schema(evidence: DatasetEvidence) -> str:
    checked = schemas.check(evidence.entry, evidence.with_content, evidence.published.schemas)
    if checked.faults:
        return "not kept"
    is_unknown = isinstance(evidence.entry.service, Magda) and evidence.published.schemas is None
    return checked.by or (NOT_LOOKED_AT if is_unknown else "none")


def _question(evidence: DatasetEvidence) -> str:
    """Tell which type the question's criteria were checked against."""
    service = evidence.entry.service
    if not isinstance(service, Magda):
        return "own"
    if evidence.published.schemas is None:
        return NOT_LOOKED_AT
    return "published" if schemas.criteria_types(service, evidence.published.schemas) else "none"


def _legal_basis_faults(entry: Askable) -> Iterator[str]:
    if entry.dataset.legal_basis.startswith(TO_FILL_IN) or not entry.dataset.legal_basis.strip():
        yield "the legal basis is not filled in"
