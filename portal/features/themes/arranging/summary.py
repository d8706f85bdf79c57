"""Count the answers of a page that came whole, in part or not at all, for its closing line. No I/O."""

from collections.abc import Sequence

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import EntryOutcome
from portal.platform.sources.reading.outcomes import Partial, Ready, is_answer

from .types import AskedDataset, ConsultedBody, PageSummary


def summary_of(outcomes: Sequence[EntryOutcome]) -> PageSummary:
    """Count whole, partial and absent answers; "no data" counts as a whole answer."""
    partial = [entry.words.title for entry, outcome in outcomes if isinstance(outcome, Partial)]
    silent = [entry.words.title for entry, outcome in outcomes if not is_answer(outcome)]
    return PageSummary(
        asked=len(outcomes),
        whole=len(outcomes) - len(partial) - len(silent),
        known=sum(isinstance(outcome, Ready | Partial) for _, outcome in outcomes),
        partial=partial,
        silent=silent,
        again=[entry.name for entry, outcome in outcomes if gaps.may_help_to_ask_again(outcome)],
        bodies=_consultations(outcomes),
    )


def _consultations(outcomes: Sequence[EntryOutcome]) -> Sequence[ConsultedBody]:
    of_bodies: dict[str, list[AskedDataset]] = {}
    agencies = {entry.agency.id: entry.agency for entry, _ in outcomes}
    for entry, outcome in outcomes:
        asked = AskedDataset(entry, outcome.asked_at, has_answered=is_answer(outcome))
        of_bodies.setdefault(entry.agency.id, []).append(asked)
    return [ConsultedBody(agencies[body], asked) for body, asked in of_bodies.items()]
