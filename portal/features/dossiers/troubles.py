"""What is missing of an answer about dossiers, in the order in which a page says it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple

from portal.platform.sources.reading.outcomes import Down, Late, Missing, Outcome, Partial, Ready, Reason, name_of

from . import inquiries, looking, section
from .looking import Looked

MOST_NAMES = 20  # bodies that are named for one cause

Why = Literal["no_answer", "refused", "unusable", "late", "not_now", "maintenance", "long", "unread", "assurance"]
WHY: Mapping[Reason, Why] = {
    "busy": "no_answer",
    "unavailable": "no_answer",
    "fault": "no_answer",
    "connection": "no_answer",
    "status": "no_answer",
    "refused": "refused",
    "unreadable": "unusable",
    "mismatch": "unusable",
    "silent": "unusable",
    "late": "late",
    "full": "not_now",
    "failing": "not_now",
    "journal": "not_now",
    "off": "not_now",
    "many": "long",
    "long": "long",
    "maintenance": "maintenance",
    "unread": "unread",
    "assurance": "assurance",
}
# What is the same a moment later.
LASTING: frozenset[Why] = frozenset(("refused", "maintenance", "long", "unread", "assurance"))


class Gap(NamedTuple):
    """A part that is missing: why, and of which bodies, as they stand in the middle of a sentence."""

    why: Why
    names: Sequence[str]


def context_of(outcome: Outcome[Any], now: datetime, looked: Looked) -> dict[str, Any]:
    """Give what the templates say of an outcome beside its dossiers."""
    agency = section.answering()
    return {
        "outcome": outcome,
        "name": name_of(outcome),
        "asked_name": inquiries.name(),
        "mention": agency.words.mention if agency else "",
        "opening": agency.words.opening if agency else "",
        "gaps": gaps_of(outcome.missing) if isinstance(outcome, Partial) else [],
        "hidden": outcome.value.hidden if isinstance(outcome, Ready | Partial) else 0,
        "has_reported": looked.has_reported,
        "is_reported_whole": looked.is_whole,
        "may_ask_again": may_help_to_ask_again(outcome),
        "now": now,
    }


def gaps_of(missing: Iterable[Missing]) -> list[Gap]:
    """Put together what is missing for the same cause, each body named once."""
    names: dict[Why, dict[str, None]] = {}
    for part in missing:
        names.setdefault(WHY[part.reason], {})[looking.mention_of(part.origin)] = None
    return [Gap(why, list(of_cause)[:MOST_NAMES]) for why, of_cause in names.items()]


def may_help_to_ask_again(outcome: Outcome[Any]) -> bool:
    """Tell whether something is missing that may be there a moment later."""
    if isinstance(outcome, Partial):
        return any(WHY[part.reason] not in LASTING for part in outcome.missing)
    return isinstance(outcome, Late) or (isinstance(outcome, Down) and WHY[outcome.reason] not in LASTING)
