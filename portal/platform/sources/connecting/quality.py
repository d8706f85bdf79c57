"""What each dataset has of what the contract asks: samples, approved facts, a schema, a legal basis.

`tests/agencies` is the contract itself and looks much deeper; this is what one reads before running it.
"""

import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from portal.platform.kit import national_number

from ..catalogue import Askable, Catalogue, Entry
from ..sections import Keys
from . import schemas
from .samples import NOTFOUND, answers_of, approved, facts_file, key_of, place_of, read_sample, seen

# How the scaffold begins what only the body itself can say.
TO_FILL_IN = "NOG IN TE VULLEN"

_KINDS = {"ready": "data", "partial": "data", "nothing": "nothing", "down": "failed"}
_WORDS = {"data": "with data", "nothing": "without data", "failed": "that failed"}


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
    """One dataset. `schema`: whose the samples keep (published, own, none), or "not kept"; `lacks`: in words."""

    name: str
    agency: str
    transport: str
    samples: Samples
    deadline_s: float
    correction: str
    legal_basis: str
    retention: str
    schema: str
    lacks: tuple[str, ...]


def qualities(catalogue: Catalogue, published: Path | None) -> list[Quality]:
    """Describe every dataset, each followed by its lookup; `published` holds MAGDA's schemas, if there are any."""
    found: list[Quality] = []
    for entry in catalogue.entries:
        found.append(quality_of(entry, published))
        if entry.lookup:
            found.append(_quality(entry.lookup, published))
    return found


def quality_of(entry: Entry, published: Path | None) -> Quality:
    """Describe one dataset; what cannot be read is something it lacks."""
    return _quality(entry, published, tuple(entry.sections.values()), entry.remedy)


def _quality(entry: Askable, published: Path | None, sections: Sequence[Keys] = (), remedy: str = "") -> Quality:
    answers = answers_of(entry)
    counts = dict.fromkeys(_WORDS, 0)
    as_approved, not_read, lacks = 0, 0, []
    keys: set[str] = set()
    for file in answers:
        try:
            now = seen(read_sample(file, entry))
        except (OSError, ValueError, KeyError, TypeError):
            lacks.append(f"{file.name} cannot be read")
            continue
        counts[_KINDS[now["outcome"]]] += 1
        keys |= {key for key, *_ in now.get("facts", ())}
        if places := [code for _, code, reason in now.get("missing", ()) if reason == "unread"]:
            not_read += 1
            lacks.append(f"{file.name} has what nobody reads: {', '.join(places)}")
        try:
            is_as_approved = approved(file, entry) == now
        except (OSError, ValueError):
            lacks.append(f"{file.name} has no approved facts: `manage.py approve {entry.agency.id}`")
            continue
        as_approved += is_as_approved
        if not is_as_approved:
            lacks.append(f"{file.name} is read otherwise than approved")
    lacks += [f"no sample {words}" for kind, words in _WORDS.items() if not counts[kind]]
    lacks += [lack for of_section in sections for lack in of_section.lacks(frozenset(keys))]
    lacks += _strays(entry, answers)
    lacks += _unknown_people(entry, answers)
    if entry.dataset.legal_basis.startswith(TO_FILL_IN) or not entry.dataset.legal_basis.strip():
        lacks.append("the legal basis is not filled in")
    checked = schemas.check(entry, answers, published)
    lacks += checked.faults
    if not checked.by and (entry.service.transport == "rest" or published):
        lacks.append("no schema to hold the samples against")
    return Quality(
        name=entry.name,
        agency=entry.agency.manifest.name,
        transport=entry.service.transport,
        samples=Samples(counts["data"], counts["nothing"], counts["failed"], as_approved, not_read),
        deadline_s=entry.dataset.deadline_s,
        correction=remedy or "none",
        legal_basis=entry.dataset.legal_basis,
        retention=entry.dataset.retention,
        schema="not kept" if checked.faults else checked.by or "none",
        lacks=tuple(lacks),
    )


def is_about_people(entry: Askable) -> bool:
    """Tell whether its samples are each of a person; those of a lookup are of companies."""
    return entry.placeholder == Entry.placeholder


def is_test_number(number: str) -> bool:
    """Tell whether a national number is of somebody who cannot exist (birth month + 60)."""
    return national_number.is_valid(number) and 60 <= int(number[2:4]) <= 72


def _strays(entry: Askable, answers: Sequence[Path]) -> Iterator[str]:
    """Find approved facts without a sample, and what a MAGDA dataset must have beside its samples."""
    of_samples = {facts_file(file, entry) for file in answers}
    alone = [file for file in place_of(entry).glob("*.facts.json") if file not in of_samples]
    # Where datasets share answers each has facts of its own there.
    own = [file for file in alone if file.name.count(".") == 2 or f".{entry.id}." in file.name]
    yield from (f"{file.name} is approved, but its sample is gone" for file in sorted(own))
    if entry.service.transport == "magda":
        if not any(file.stem == NOTFOUND for file in answers):
            yield f"no sample {NOTFOUND}.xml, of somebody nobody knows"
        if not (entry.agency.folder / "samples" / "left_out.toml").is_file():
            yield "no samples/left_out.toml: what is not shown, and why"


def _unknown_people(entry: Askable, answers: Sequence[Path]) -> Iterator[str]:
    if not is_about_people(entry):
        return  # companies, whom no personas.toml names
    try:
        known = tomllib.loads((entry.agency.folder / "samples" / "personas.toml").read_text("utf-8"))
    except (OSError, ValueError):
        yield "no samples/personas.toml that can be read: who the samples are about"
        return
    for key in sorted({key_of(file) for file in answers} - {NOTFOUND}):
        if key not in known:
            yield f"somebody who is not in personas.toml has a sample ({key[:2]}...)"
        elif not is_test_number(key):
            yield f"a sample is of somebody who may exist ({key[:2]}...): its number is no test number"
