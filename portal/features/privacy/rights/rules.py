"""Decisions about requests, without I/O."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from dateutil.relativedelta import relativedelta

from portal.platform.kit import national_number, reference

from . import terms
from .types import (
    OURSELVES,
    AskErrand,
    DataRight,
    FollowedRequest,
    ForwardFailure,
    Progress,
    RequestRecipient,
    RequestState,
)

ERRAND = b"rights"  # the purpose of the box of what the worker forwards
NEWS = b"rights news"  # and of what the desk says, which the worker seals
MOST_OPEN = 20
LONGEST_ABOUT = 3000  # characters
LONGEST_NEWS = 3000
KEPT_FOR = relativedelta(years=2)
# How long a body is tried; then our own desk gets the request, while most of the month is left.
TRIED_FOR = timedelta(days=7)
# Seconds between tries: the last one repeats, for as long as the term runs.
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
# A mail that was taken can still come back; so long what would be sent again is kept.
MAY_BOUNCE = timedelta(days=7)
RECEIPT = timedelta(minutes=10)
ALIKE_FOR = timedelta(days=1)  # that the same words are taken for the same request, as long as it is open
RETENTION = "tot twee jaar nadat uw verzoek is afgesloten of de termijn voorbij is"
_REFERENCE = reference.pattern(begins="RE", groups=3, of=5)


def new_reference() -> str:
    """Make a reference that people can read out and nobody can guess: 75 random bits."""
    return reference.write(secrets.randbits(75), begins="RE", groups=3, of=5)


def is_reference(text: str) -> bool:
    """Tell whether a text can be a reference of ours."""
    return _REFERENCE.fullmatch(text) is not None


def has_national_number(text: str) -> bool:
    """Tell whether a national number stands in a text: mail is no place for it."""
    digits = ("".join(filter(str.isdigit, found[0])) for found in national_number.WRITTEN.finditer(text))
    return any(map(national_number.is_valid, digits))


def progress_of(state: RequestState, now: datetime) -> Progress:
    """Tell how far a request is, by the clock: also when no worker ran to write it down."""
    if state.closed_at is not None:
        return Progress.CLOSED if state.closed_by == "citizen" else Progress.ANSWERED
    if state.failure is ForwardFailure.UNREADABLE:
        return Progress.LOST
    if terms.is_over(state.ends_on, now):
        return Progress.OVERDUE
    if state.delivered_at is None:
        return Progress.UNDER_WAY
    return (
        Progress.DELIVERED
        if state.delivered_to is RequestRecipient.BODY or state.failed_at is None
        else Progress.HANDED_ON
    )


def is_just_sent(one: FollowedRequest, now: datetime) -> bool:
    """Tell whether the receipt is still true: the request is recent, and nothing went wrong."""
    is_well = one.progress in (Progress.UNDER_WAY, Progress.DELIVERED) and one.state.failed_at is None
    return is_well and now - one.state.received_at < RECEIPT


def may_extend(state: RequestState, now: datetime) -> bool:
    """Tell whether a term can be extended: once, of what is open, within the first month (article 12.3)."""
    return state.closed_at is None and state.extended_on is None and not terms.is_over(state.due_on, now)


def message_of(errand: AskErrand, request: tuple[str, DataRight, RequestState]) -> dict[str, object]:
    """Write the message that is delivered to a body's endpoint (docs/agencies.md)."""
    name, right, state = request
    return {
        "kenmerk": name,
        "recht": right.value,
        "artikel": right.article,
        "ontvangen_op": state.received_at.isoformat(),
        "antwoord_voor": state.ends_on.isoformat(),
        "persoon": {"insz": errand.insz, "naam": errand.name},
        "vraag": errand.ask.about,
        "antwoord_aan": errand.ask.reply_to,
    }


def kept_from(now: datetime) -> datetime:
    """Give the moment two calendar years ago (of 29 February, the 28th): what ended before it goes."""
    before: datetime = now - KEPT_FOR
    return before


def pause_after(failures: int) -> int:
    """Say how many seconds to wait after this many failed tries (one or more)."""
    return PAUSES[min(failures, len(PAUSES)) - 1]


def is_ours(body: str) -> bool:
    """Tell whether a request is for the portal itself."""
    return body == OURSELVES


def bound_request(request_id: UUID) -> bytes:
    """Name what a sealed request is bound to, so that it cannot replace another."""
    return b"privacy_request\0" + request_id.bytes


def bound_errand(request_id: UUID) -> bytes:
    """Name what a sealed errand is bound to."""
    return b"privacy_request_errand\0" + request_id.bytes


def bound_news(request_id: UUID, kind: str) -> bytes:
    """Name what sealed news is bound to."""
    return b"\0".join((b"privacy_request_news", request_id.bytes, kind.encode()))


def carried_as(right: DataRight, body: str, form_key: UUID) -> bytes:
    """Name what the sealed contents of a form are bound to."""
    return b"\0".join((b"rights", right.value.encode(), body.encode(), form_key.bytes))


def open_ones(found: Sequence[FollowedRequest]) -> int:
    """Count those that are not closed."""
    return sum(one.state.closed_at is None for one in found)
