"""Put together what the card of a theme could not say: what did not come, and what is empty. No I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.gaps import Cause
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Partial, name_of


@dataclass(frozen=True, slots=True)
class Trouble:
    """Datasets of a card that did not come, or not wholly, for one cause."""

    name: str
    why: Cause | None
    titles: Sequence[str]


def troubles_of(outcomes: Iterable[tuple[DatasetEntry, Outcome]]) -> list[Trouble]:
    """Group the datasets whose answer is missing or partial by their outcome."""
    found: dict[tuple[str, Cause | None], list[str]] = {}
    for entry, outcome in outcomes:
        if not gaps.is_whole(outcome):
            why: Cause | None = "assurance" if gaps.needs_surer_sign_in(outcome) else None
            found.setdefault((name_of(outcome), why), []).append(entry.words.title)
    return [Trouble(name, why, titles) for (name, why), titles in found.items()]


def empty_of(outcomes: Iterable[tuple[DatasetEntry, Outcome]]) -> list[DatasetEntry]:
    """List the datasets of which the body says that it has nothing."""
    return [entry for entry, outcome in outcomes if isinstance(outcome, Nothing)]


def without_anything(outcomes: Sequence[tuple[DatasetEntry, Outcome]]) -> list[str]:
    """Name the bodies of which every answer is empty: only of these may the card say that they have nothing."""
    others = {entry.agency.id for entry, outcome in outcomes if not isinstance(outcome, Nothing)}
    return list(dict.fromkeys(one.agency.words.mention for one in empty_of(outcomes) if one.agency.id not in others))


def cause_of(outcome: Outcome, today: date) -> str:
    """Write the cause of a missing or partial answer, by which a dismissal is remembered.

    A lasting cause is the same on another day. A passing one is not: the next day it is new trouble.
    """
    if gaps.may_help_to_ask_again(outcome):
        return today.isoformat()
    parts = outcome.missing if isinstance(outcome, Partial) else (outcome,) if isinstance(outcome, Down) else ()
    return " ".join(sorted({f"{part.reason} {part.until.isoformat() if part.until else ''}" for part in parts}))
