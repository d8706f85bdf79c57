"""Decisions about requests, without I/O."""

import secrets
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

# Purposes of boxes (`keys.citizens.errand_box`): of what the worker opens to forward a request, and of what our desk
# says about it, which the citizen's pages open.
ERRAND = b"rights"
NEWS = b"rights news"
MOST_OPEN = 20  # requests of one citizen
LONGEST_ABOUT = 3000  # characters
LONGEST_NEWS = 3000  # characters
KEPT_FOR = relativedelta(years=2)
# How long a body is tried; after that our own desk gets the request, while most of the month is still to come.
TRIED_FOR = timedelta(days=7)
# Seconds between tries; the last one repeats until somebody takes the request, or there is none any more.
PAUSES = (60, 300, 900, 3600, 3 * 3600, 6 * 3600)
# How long after its delivery a mail can still come back: until then its errand is kept, to be sent to our desk.
MAY_BOUNCE = timedelta(days=7)
RECEIPT = timedelta(minutes=10)  # for which a page is shown as the receipt of a request
ALIKE_FOR = timedelta(days=1)  # for which the same words are the same request, as long as that is open
RETENTION = "tot twee jaar nadat uw verzoek is afgesloten of de termijn voorbij is"
_REFERENCE = reference.pattern(prefix="RE", groups=3, group_size=5)


def new_reference() -> str:
    """Make a reference that people can read out and nobody can guess: 75 random bits."""
    return reference.write(secrets.randbits(75), prefix="RE", groups=3, group_size=5)


def is_reference(text: str) -> bool:
    """Tell whether a text has the form of a reference."""
    return _REFERENCE.fullmatch(text) is not None


def has_national_number(text: str) -> bool:
    """Tell whether a valid national number stands in a text, with or without dots and dashes."""
    digits = ("".join(filter(str.isdigit, match[0])) for match in national_number.WRITTEN.finditer(text))
    return any(map(national_number.is_valid, digits))


def progress_of(state: RequestState, now: datetime) -> Progress:
    """Give the progress of a request at a moment: it is overdue by the clock, whether a worker ran or not."""
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


def is_just_sent(request: FollowedRequest, now: datetime) -> bool:
    """Tell whether its page may be shown as a receipt: the request is recent, and nothing went wrong."""
    is_well = request.progress in (Progress.UNDER_WAY, Progress.DELIVERED) and request.state.failed_at is None
    return is_well and now - request.state.received_at < RECEIPT


def may_extend(state: RequestState, now: datetime) -> bool:
    """Tell whether a term can be extended: once, of what is open, within the first month (article 12.3)."""
    return state.closed_at is None and state.extended_on is None and not terms.is_over(state.due_on, now)


def message_of(errand: AskErrand, headline: tuple[str, DataRight, RequestState]) -> dict[str, object]:
    """Write the message to a body's endpoint (docs/agencies.md). headline: its reference, which right, its state."""
    reference, right, state = headline
    return {
        "kenmerk": reference,
        "recht": right.value,
        "artikel": right.article,
        "ontvangen_op": state.received_at.isoformat(),
        "antwoord_voor": state.ends_on.isoformat(),
        "persoon": {
            "insz": errand.insz,
            "naam": errand.name,
            "veiligheidsniveau": errand.assurance.label if errand.assurance else "",
        },
        "vraag": errand.ask.about,
        "antwoord_aan": errand.ask.reply_to,
    }


def kept_from(now: datetime) -> datetime:
    """Give the moment two calendar years ago (on 29 February: of the 28th); what ended before it is deleted."""
    before: datetime = now - KEPT_FOR
    return before


def pause_after(failures: int) -> int:
    """Say how many seconds to wait after this many failed tries (one or more)."""
    return PAUSES[min(failures, len(PAUSES)) - 1]


def is_ours(body: str) -> bool:
    """Tell whether a request is for the portal itself."""
    return body == OURSELVES


def bound_request(request_id: UUID) -> bytes:
    """Give the additional data that a sealed request is bound to, so that it opens as no other request."""
    return b"privacy_request\0" + request_id.bytes


def bound_errand(request_id: UUID) -> bytes:
    """Give the additional data that a sealed errand is bound to."""
    return b"privacy_request_errand\0" + request_id.bytes


def bound_news(request_id: UUID, kind: str) -> bytes:
    """Give the additional data that sealed news is bound to."""
    return b"\0".join((b"privacy_request_news", request_id.bytes, kind.encode()))


def form_purpose(right: DataRight, body: str, form_key: UUID) -> bytes:
    """Give the purpose with which a form's contents are sealed into it: they open in no other form."""
    return b"\0".join((b"rights", right.value.encode(), body.encode(), form_key.bytes))
