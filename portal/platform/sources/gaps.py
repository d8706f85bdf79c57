"""Which parts an answer lacks and for which cause, and whether asking again may help. Decisions without I/O."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

import msgspec

from .reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready, Reason

MOST_NAMES = 20  # bodies named for one cause

# The causes for which a part is missing, as far as readers need to tell them apart.
type Cause = Literal[
    "no_answer",
    "refused",
    "unusable",
    "silent",
    "late",
    "not_now",
    "off",
    "maintenance",
    "many",
    "long",
    "unread",
    "assurance",
]

WHY: Mapping[Reason, Cause] = {
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

# Causes that a second attempt a moment later cannot cure.
LASTING: frozenset[Cause] = frozenset(("refused", "off", "maintenance", "many", "long", "unread", "assurance"))


class MissingParts(msgspec.Struct, frozen=True):
    """The parts that an answer lacks for one cause: the cause, the bodies, and until when, if that is known."""

    why: Cause
    names: Sequence[str]
    until: datetime | None


def gaps_of(missing: Iterable[Missing], name_of: Callable[[str], str]) -> list[MissingParts]:
    """Group missing parts by their cause; name_of gives the name by which citizens know the origin of a part."""
    names: dict[tuple[Cause, datetime | None], dict[str, None]] = {}
    for part in missing:
        names.setdefault((WHY[part.reason], part.until), {})[name_of(part.origin)] = None
    return [MissingParts(why, list(of_cause)[:MOST_NAMES], until) for (why, until), of_cause in names.items()]


def may_help_to_ask_again(outcome: Outcome[Any]) -> bool:
    """Tell whether a second try may bring a part that is missing now."""
    if isinstance(outcome, Partial):
        return any(WHY[part.reason] not in LASTING for part in outcome.missing)
    return isinstance(outcome, Late) or (isinstance(outcome, Down) and WHY[outcome.reason] not in LASTING)


def is_whole(outcome: Outcome[Any]) -> bool:
    """Tell whether an answer is complete, so that what it lacks does not exist at the body."""
    return isinstance(outcome, Ready | Nothing)


def needs_surer_sign_in(outcome: Outcome[Any]) -> bool:
    """Tell whether a source was not asked because the citizen signed in with too weak a means."""
    return isinstance(outcome, Down) and outcome.reason == "assurance"


def without_facts(outcome: Outcome[Any]) -> Outcome:
    """Drop the facts of a partial answer and keep its missing parts."""
    return msgspec.structs.replace(outcome, value=()) if isinstance(outcome, Partial) else outcome
