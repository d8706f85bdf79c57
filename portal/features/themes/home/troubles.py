"""Group what a card of a theme lacks: answers that are missing or partial, and datasets that are empty. No I/O."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.outcomes import Down, Name, Nothing, Outcome, Partial, name_of


@dataclass(frozen=True, slots=True)
class CardTrouble:
    """Datasets of a card whose answer is missing or partial, in the same way.

    name: of their outcomes (late, down or partial). why: "assurance" where the citizen must sign in by a surer means;
    else None, as a card says no other cause. titles: of the datasets.
    """

    name: Name
    why: Literal["assurance"] | None
    titles: Sequence[str]


def troubles_of(outcomes: Iterable[tuple[DatasetEntry, Outcome]]) -> list[CardTrouble]:
    """Group the datasets whose answer is missing or partial by their outcome."""
    titles_by_outcome: dict[tuple[Name, Literal["assurance"] | None], list[str]] = {}
    for entry, outcome in outcomes:
        if not gaps.is_whole(outcome):
            why: Literal["assurance"] | None = "assurance" if gaps.needs_surer_sign_in(outcome) else None
            titles_by_outcome.setdefault((name_of(outcome), why), []).append(entry.words.title)
    return [CardTrouble(name, why, titles) for (name, why), titles in titles_by_outcome.items()]


def empty_of(outcomes: Iterable[tuple[DatasetEntry, Outcome]]) -> list[DatasetEntry]:
    """List the datasets of which the body says that it has nothing."""
    return [entry for entry, outcome in outcomes if isinstance(outcome, Nothing)]


def without_anything(outcomes: Sequence[tuple[DatasetEntry, Outcome]]) -> list[str]:
    """Name the bodies of which every answer is empty: only of these may the card say that they have nothing."""
    others = {entry.agency.id for entry, outcome in outcomes if not isinstance(outcome, Nothing)}
    return list(
        dict.fromkeys(entry.agency.words.mention for entry in empty_of(outcomes) if entry.agency.id not in others)
    )


def cause_of(outcome: Outcome, today: date) -> str:
    """Write the cause of a missing or partial answer, to which a dismissal belongs. today: in Belgium.

    A cause that lasts is the same on another day. One that may pass is another one on each day.
    """
    if gaps.may_help_to_ask_again(outcome):
        return today.isoformat()
    parts = outcome.missing if isinstance(outcome, Partial) else (outcome,) if isinstance(outcome, Down) else ()
    return " ".join(sorted({f"{part.reason} {part.until.isoformat() if part.until else ''}" for part in parts}))
