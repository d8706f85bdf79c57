"""What each dataset has of what the contract asks (`contract`), in one line: samples, facts, schemas, legal basis."""

from collections.abc import Iterator

import msgspec

from portal.platform.sources.catalogue import Agency, Askable, Catalogue
from portal.platform.sources.manifest import Magda
from portal.platform.sources.reading.outcomes import name_of

from . import schemas
from .contract import readings, rules
from .contract.evidence import DatasetEvidence, Published

# How the scaffold begins what only the body itself can say.
TO_FILL_IN = "NOG IN TE VULLEN"
NOT_LOOKED_AT = "not looked at"
LONGEST_SHORT_NAME = 30  # characters: half a line on a phone

_KINDS = {"ready": "data", "partial": "data", "nothing": "nothing", "down": "failed"}


class Samples(msgspec.Struct, frozen=True):
    """How many samples say what, of how many the approved facts are those that are read now, and how many have texts
    that nobody reads or leaves out.
    """

    data: int
    nothing: int
    failed: int
    approved: int
    unread: int = 0

    @property
    def all(self) -> int:
        """Count them."""
        return self.data + self.nothing + self.failed


class Quality(msgspec.Struct, frozen=True):
    """One dataset. `schema`: whose the samples keep (published, own, none), "not kept", or "not looked at" where
    MAGDA's schemas are not at hand; `question`: the same of its question; `lacks`: in words.
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
    """What a body lacks as a whole, in words."""

    name: str
    lacks: tuple[str, ...]


def bodies(catalogue: Catalogue, known: Catalogue) -> list[BodyQuality]:
    """Describe every body, also those without datasets; known: all bodies, whose samples are compared."""
    differing = list(rules.samples_of_one_question_differ((*known.entries, *known.lookups)))
    return [
        BodyQuality(
            agency.id, (*rules.broken_by(agency), *_nameless(agency), *_unsaid_in(agency), *_of(agency, differing))
        )
        for agency in catalogue.agencies
    ]


def _of(agency: Agency, faults: list[str]) -> list[str]:
    return [fault for fault in faults if fault.startswith(f"{agency.id}.")]


def _nameless(agency: Agency) -> Iterator[str]:
    if len(agency.manifest.short) > LONGEST_SHORT_NAME:
        yield f"the body needs a `short_name` of at most {LONGEST_SHORT_NAME} characters"


def _unsaid_in(agency: Agency) -> Iterator[str]:
    """Say what the tables that features read of the body itself lack."""
    for section, keys in agency.sections.items():
        yield from keys.unsaid()
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


def qualities(catalogue: Catalogue, published: Published) -> list[Quality]:
    """Describe every dataset, each followed by its lookup; `published`: what MAGDA publishes, if it is at hand."""
    found: list[Quality] = []
    for entry in catalogue.entries:
        found.append(quality_of(entry, published, entry.remedy))
        if entry.lookup:
            found.append(quality_of(entry.lookup, published))
    return found


def quality_of(entry: Askable, published: Published, remedy: str = "") -> Quality:
    """Describe one dataset, or a lookup; what cannot be read is something it lacks."""
    of = DatasetEvidence(entry, published)
    with rules.quiet():
        return Quality(
            name=entry.name,
            agency=entry.agency.manifest.name,
            transport=entry.service.transport,
            samples=_count(of),
            deadline_s=entry.dataset.deadline_s,
            correction=remedy or "none",
            legal_basis=entry.dataset.legal_basis,
            retention=entry.dataset.retention,
            schema=_schema(of),
            question=_question(of),
            lacks=(*rules.broken(of), *_unsaid(entry)),
        )


def _count(of: DatasetEvidence) -> Samples:
    counts = dict.fromkeys(_KINDS.values(), 0)
    for one in of.samples:
        counts[_KINDS[name_of(one.outcome)]] += 1
    approved = sum(not readings.disagreement(one, of.entry) for one in of.samples)
    unread = sum(bool(readings.unread_places(one.outcome)) for one in of.samples)
    return Samples(counts["data"], counts["nothing"], counts["failed"], approved, unread)


def _schema(of: DatasetEvidence) -> str:
    checked = schemas.check(of.entry, of.valid_by_schema, of.published.schemas)
    if checked.faults:
        return "not kept"
    is_unknown = isinstance(of.entry.service, Magda) and of.published.schemas is None
    return checked.by or (NOT_LOOKED_AT if is_unknown else "none")


def _question(of: DatasetEvidence) -> str:
    """Say whether the question was held against a published type of criteria."""
    service = of.entry.service
    if not isinstance(service, Magda):
        return "own"
    if of.published.schemas is None:
        return NOT_LOOKED_AT
    return "published" if schemas.criteria_types(service, of.published.schemas) else "none"


def _unsaid(entry: Askable) -> Iterator[str]:
    """Say what only the body itself can fill in, and has not."""
    if entry.dataset.legal_basis.startswith(TO_FILL_IN) or not entry.dataset.legal_basis.strip():
        yield "the legal basis is not filled in"
