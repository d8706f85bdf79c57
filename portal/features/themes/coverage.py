"""Say of a page that looks at many datasets at once which of them it could not look at, and why. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.reading.outcomes import Down, Late, Outcome, Partial

from . import rules
from .types import Gap, Why


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A dataset that could not be had, or (with gaps) only in part, and why."""

    entry: Entry
    why: Why | None
    until: datetime | None = None
    gaps: Sequence[Gap] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a page could look at. looked_at: how many datasets; unasked: those not asked in this session."""

    looked_at: int
    unanswered: Sequence[Unanswered]
    unasked: Sequence[Entry]
    may_help_to_ask_again: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is missing, so that what is not here is in none of the datasets."""
        return not self.unasked and not self.unanswered


def coverage_of(found: Sequence[Found], unasked: Sequence[Entry]) -> Coverage:
    """Name all that did not come, or not wholly."""
    unanswered = [one for entry, outcome in found if (one := _unanswered(entry, outcome))]
    looked_at = sum(not isinstance(outcome, Late | Down) for _, outcome in found)
    may_help = any(
        why not in rules.LASTING for one in unanswered for why in (one.why, *(gap.why for gap in one.gaps)) if why
    )
    return Coverage(looked_at, unanswered, unasked, may_help)


def _unanswered(entry: Entry, outcome: Outcome) -> Unanswered | None:
    if isinstance(outcome, Late):
        return Unanswered(entry, "late")
    if isinstance(outcome, Down):
        return Unanswered(entry, rules.WHY[outcome.reason], outcome.until)
    if isinstance(outcome, Partial):
        return Unanswered(entry, None, gaps=rules.gaps_of(entry, outcome.missing))
    return None
