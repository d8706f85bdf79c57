"""List the datasets that a page over many datasets could not read, and why. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.gaps import Cause, MissingParts
from portal.platform.sources.reading.outcomes import Down, Late, Outcome, Partial, is_answer


@dataclass(frozen=True, slots=True)
class UnansweredDataset:
    """A dataset without an answer (why, until: of the outcome) or with a partial one (gaps). asked_at: UTC."""

    entry: DatasetEntry
    why: Cause | None
    until: datetime | None = None
    gaps: Sequence[MissingParts] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Which answers a page could read. looked_at: how many; unasked: datasets that were not asked."""

    looked_at: int
    unanswered: Sequence[UnansweredDataset]
    unasked: Sequence[DatasetEntry]
    may_help_to_ask_again: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether every dataset has a whole answer, so that what the page lacks is in none of them."""
        return not self.unasked and not self.unanswered


def coverage_of(outcomes: Sequence[EntryOutcome], unasked: Sequence[DatasetEntry]) -> Coverage:
    """List the datasets without an answer, with a partial one, and those that were not asked."""
    unanswered = [dataset for entry, outcome in outcomes if (dataset := _unanswered(entry, outcome))]
    looked_at = sum(is_answer(outcome) for _, outcome in outcomes)
    may_help = any(
        why not in gaps.LASTING
        for dataset in unanswered
        for why in (dataset.why, *(gap.why for gap in dataset.gaps))
        if why
    )
    return Coverage(looked_at, unanswered, unasked, may_help)


def _unanswered(entry: DatasetEntry, outcome: Outcome) -> UnansweredDataset | None:
    if isinstance(outcome, Late):
        return UnansweredDataset(entry, "late", asked_at=outcome.asked_at)
    if isinstance(outcome, Down):
        return UnansweredDataset(entry, gaps.WHY[outcome.reason], outcome.until, asked_at=outcome.asked_at)
    if isinstance(outcome, Partial):
        return UnansweredDataset(
            entry, None, gaps=gaps.gaps_of(outcome.missing, entry.agency.name_of), asked_at=outcome.asked_at
        )
    return None
