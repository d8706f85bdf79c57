"""Say what is missing of an answer and why, and whether asking again may help. Decisions without I/O."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.outcomes import (
    Down,
    Late,
    Missing,
    Nothing,
    Outcome,
    Partial,
    Ready,
    Reason,
)

from .types import Gap, Why

MOST_NAMES = 20  # bodies that are named for one cause

WHY: Mapping[Reason, Why] = {
    "busy": "no_answer",
    "unavailable": "no_answer",
    "fault": "no_answer",
    "connection": "no_answer",
    "status": "no_answer",
    "refused": "refused",
    "unreadable": "unusable",
    "mismatch": "unusable",
    "silent": "silent",
    "late": "late",
    # We did not ask these bodies, so the page may not say that they gave no answer.
    "full": "not_now",
    "failing": "not_now",
    "journal": "not_now",
    "off": "off",
    "maintenance": "maintenance",
    "many": "many",
    "long": "long",
    "unread": "unread",
    "assurance": "assurance",
}

# Causes that a second try a moment later does not take away.
LASTING: frozenset[Why] = frozenset(("refused", "off", "maintenance", "many", "long", "unread", "assurance"))


def gaps_of(entry: Entry, missing: Iterable[Missing]) -> list[Gap]:
    """Group missing parts by their cause; name each body once, by the name that citizens know."""
    names: dict[tuple[Why, datetime | None], dict[str, None]] = {}
    for part in missing:
        names.setdefault((WHY[part.reason], part.until), {})[entry.agency.name_of(part.origin)] = None
    return [Gap(why, list(of_cause)[:MOST_NAMES], until) for (why, until), of_cause in names.items()]


def may_help_to_ask_again(outcome: Outcome) -> bool:
    """Tell whether a second try may bring a part that is missing now."""
    if isinstance(outcome, Partial):
        return any(WHY[part.reason] not in LASTING for part in outcome.missing)
    return isinstance(outcome, Late) or (isinstance(outcome, Down) and WHY[outcome.reason] not in LASTING)


def is_whole(outcome: Outcome) -> bool:
    """Tell whether an answer is complete, so that what it lacks does not exist at the body."""
    return isinstance(outcome, Ready | Nothing)


def needs_surer_sign_in(outcome: Outcome) -> bool:
    """Tell whether a source was not asked because the citizen signed in with too weak a means."""
    return isinstance(outcome, Down) and outcome.reason == "assurance"


def without_facts(outcome: Outcome) -> Outcome:
    """Drop the facts of a partial answer and keep its missing parts."""
    return msgspec.structs.replace(outcome, value=()) if isinstance(outcome, Partial) else outcome
