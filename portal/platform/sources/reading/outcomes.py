"""The outcomes of asking a source. Trouble upstream is one of these values, never an exception.

The type of an answer's value is that of the inquiry; without a type argument it is `Facts`, as of datasets.
"""

from datetime import datetime
from typing import Any, Literal

import msgspec

from .facts import Fact

# Why a source is Down, or why a part of its answer is Missing.
Reason = Literal[
    "busy",  # the body says: too many questions at once, try later
    "unavailable",  # the body, or what stands behind it, is out of service
    "refused",  # the body will not answer this question to us
    "fault",  # a SOAP fault or an error answer without a code we know
    "connection",  # no connection, TLS refused, cut off
    "status",  # another HTTP status than 200
    "unreadable",  # an answer that is not what the contract says
    "mismatch",  # an answer to another question, or about another person
    "silent",  # the service answered, but the body behind it said neither that it has data nor that it has none
    "late",  # a part that did not come before our deadline
    "full",  # as many questions to this source are under way as we allow
    "failing",  # it failed too often just now: we leave it alone for a few seconds
    "off",  # switched off by whoever runs this portal
    "maintenance",  # out of service on purpose, for a time that was announced
    "journal",  # we could not write down that it is asked, so we did not ask
    "assurance",  # the citizen did not sign in surely enough for it
    "long",  # a part that we do not keep: the answer has more than we can show
    "unread",  # a part that no reader knows; its code is its place in the answer
    "many",  # a part that we did not ask for: the answer names more than we look up at once
]


type Facts = tuple[Fact, ...]


class Missing(msgspec.Struct, frozen=True, gc=False):
    """A part that an answer lacks: of which origin, with that origin's own code, and the reason.

    until: when announced maintenance ends (UTC).
    """

    origin: str
    code: str
    reason: Reason
    until: datetime | None = None


class Ready[T = Facts](msgspec.Struct, frozen=True, tag="ready"):
    """The whole answer, as its reader made it. `asked_at` is in UTC."""

    value: T
    asked_at: datetime


class Partial[T = Facts](msgspec.Struct, frozen=True, tag="partial"):
    """An answer that lacks parts: the value of what it has, and the parts that are missing."""

    value: T
    missing: tuple[Missing, ...]
    asked_at: datetime


class Nothing(msgspec.Struct, frozen=True, tag="nothing", gc=False):
    """The source was asked, answered, and has no data about this person."""

    asked_at: datetime


class Late(msgspec.Struct, frozen=True, tag="late", gc=False):
    """Our deadline passed before the source answered. `asked_at` is in UTC."""

    asked_at: datetime | None = None


class Down(msgspec.Struct, frozen=True, tag="down", gc=False):
    """The source gave no usable answer, or was not asked; `reason` says which.

    detail: for the log and the reference line, never personal. since: when this process first met the outage (UTC),
    if that was before now. until: when announced maintenance ends. is_elsewhere: the trouble is that of another
    source that had to be asked first. is_unsent: there was no connection, so nothing of the question was sent.
    """

    reason: Reason
    detail: str = ""
    since: datetime | None = None
    until: datetime | None = None
    asked_at: datetime | None = None
    is_elsewhere: bool = False
    is_unsent: bool = False


Name = Literal["ready", "partial", "nothing", "late", "down"]
type Outcome[T = Facts] = Ready[T] | Partial[T] | Nothing | Late | Down

NAMES: dict[type[Any], Name] = {
    Ready: "ready",
    Partial: "partial",
    Nothing: "nothing",
    Late: "late",
    Down: "down",
}


# The reasons of missing parts that asking again cannot bring, since the limit is ours.
SAME_AGAIN = frozenset(("long", "unread"))


def is_kept(outcome: Outcome[Any]) -> bool:
    """Tell whether asking again would bring nothing more: the answer is whole, or lacks only parts of SAME_AGAIN."""
    if isinstance(outcome, Partial):
        return all(part.reason in SAME_AGAIN for part in outcome.missing)
    return isinstance(outcome, Ready | Nothing)


def facts_of(outcome: Outcome) -> Facts:
    """Give the facts of an answer, also of one that lacks a part; none where there is no answer."""
    return outcome.value if isinstance(outcome, Ready | Partial) else ()


def missing_of(outcome: Outcome[Any]) -> tuple[Missing, ...]:
    """List the parts that an answer lacks; none where it is whole, or where there is no answer."""
    return outcome.missing if isinstance(outcome, Partial) else ()


def is_answer(outcome: Outcome[Any]) -> bool:
    """Tell whether the source answered, if only with a part or with nothing."""
    return not isinstance(outcome, Late | Down)


def name_of(outcome: Outcome[Any]) -> Name:
    """Name an outcome as the pages and the tests do: ready, partial, nothing, late or down."""
    return NAMES[type(outcome)]
