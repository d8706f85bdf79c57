"""Count for the closing line of a page which answers came whole, in part or not at all. No I/O."""

from collections.abc import Sequence

from portal.platform.sources import gaps
from portal.platform.sources.catalogue import EntryOutcome
from portal.platform.sources.reading.outcomes import Partial, Ready, is_answer

from .types import AskedDataset, ConsultedBody, PageSummary


def summary_of(found: Sequence[EntryOutcome]) -> PageSummary:
    """Count whole, partial and absent answers; "no data" counts as a whole answer."""
    partial = [entry.words.title for entry, outcome in found if isinstance(outcome, Partial)]
    silent = [entry.words.title for entry, outcome in found if not is_answer(outcome)]
    return PageSummary(
        asked=len(found),
        whole=len(found) - len(partial) - len(silent),
        known=sum(isinstance(outcome, Ready | Partial) for _, outcome in found),
        partial=partial,
        silent=silent,
        again=[entry.name for entry, outcome in found if gaps.may_help_to_ask_again(outcome)],
        bodies=_consultations(found),
    )


def _consultations(found: Sequence[EntryOutcome]) -> Sequence[ConsultedBody]:
    of_bodies: dict[str, list[AskedDataset]] = {}
    agencies = {entry.agency.id: entry.agency for entry, _ in found}
    for entry, outcome in found:
        asked = AskedDataset(entry, outcome.asked_at, has_answered=is_answer(outcome))
        of_bodies.setdefault(entry.agency.id, []).append(asked)
    return [ConsultedBody(agencies[body], asked) for body, asked in of_bodies.items()]
