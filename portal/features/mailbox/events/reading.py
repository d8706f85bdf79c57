"""Read a page of events of the event service. Total: whatever the bytes, nothing is raised.

An event that cannot be read is passed over, and its number counts. One whose number cannot be read is left out, since
the cursor cannot move past it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple, TypedDict

import msgspec

from portal.platform.kit.unprinted import Unprinted
from portal.platform.sources.reading import json_text, moments

from ..registry import outside_text
from ..registry.members import Members

LIST = "EboxCitizenDocumentEvents"
MOST = 1000  # events of one page; those beyond are asked for again
BIGGEST = 2**63 - 1  # of a number, as PostgreSQL stores it
KNOWN_BY = ("eventType", "boxId", "messageId")  # members of `eventData` that identify an event
MOST_RECEIVED = 60  # characters of a moment as it was written


class EventKind(StrEnum):
    """What happened to a document, in the service's own words; other kinds are passed over."""

    NEW = "newDocument"
    REMINDER = "newDocumentReminder"
    EXPIRING = "documentExpirationAlert"
    READ = "readDocument"


class EboxEvent(Unprinted, frozen=True):
    """An event of a document.

    box: the national number of its citizen. provider, message: ids of the document. received: when the document was
    received, to the second in one spelling, or the service's own text where that is no moment. sender: KBO number of
    its organisation, "" where none is given. expires_at: when the document expires (UTC), None for never.
    happened_at: when the event happened (UTC), None where that is not given.
    """

    kind: EventKind
    box: str
    provider: str
    message: str
    received: str
    sender: str
    expires_at: datetime | None
    is_registered: bool
    happened_at: datetime | None

    @property
    def likely_at(self) -> datetime | None:
        """When the event happened (UTC): of a new document without that moment, when the document was received.

        None where neither is known. Of a reminder, when its document was received says nothing.
        """
        if self.happened_at is None and self.kind is EventKind.NEW:
            return moments.read(self.received)
        return self.happened_at


class EventLine(NamedTuple):
    """One event of a page. number: its sequence number. written: bytes that identify it each time it is sent.

    event: None where it cannot be read, or is of a kind that is passed over.
    """

    number: int
    written: bytes
    event: EboxEvent | None

    def __repr__(self) -> str:
        return f"EventLine({self.number})"


class EventPage(NamedTuple):
    """A page of events, by ascending number. left_out: what could not be read, by place or in fixed words."""

    lines: tuple[EventLine, ...]
    has_next: bool
    left_out: tuple[str, ...]


# Members that are not read, such as the subject that the sender wrote, are not decoded, so they cannot fail.
class _Data(TypedDict, total=False):
    eventType: Any
    boxId: Any
    messageId: Any
    receiptDate: Any
    expirationDate: Any
    senderOrganizationId: Any
    registeredMail: Any


class _EventSubject(TypedDict, total=False):
    eventTime: Any
    eventProviderId: Any
    eventData: _Data | None


class _Numbered(msgspec.Struct):
    number: Any = msgspec.field(name="eventSequenceNbr", default=None)


class _EventsPage(msgspec.Struct):
    lines: list[msgspec.Raw] = msgspec.field(name=LIST)
    info: Any = msgspec.field(name="pageInfo", default=None)


_page = msgspec.json.Decoder(_EventsPage).decode
_numbered = msgspec.json.Decoder(_Numbered).decode
_about = msgspec.json.Decoder(_EventSubject).decode


def read(data: bytes) -> EventPage | str:
    """Read a page; for anything else, return a reason in a word or two."""
    try:
        page = json_text.decode_with(_page, data)
    except msgspec.ValidationError:
        return "no list"
    except json_text.FAILURES:
        return json_text.failure(data)
    written, info = page.lines, page.info
    left_out: list[str] = []
    lines: dict[int, EventLine] = {}
    numbered = [(number, one) for one in written if (number := _number(one)) is not None]
    if len(numbered) < len(written):
        left_out.append("eventSequenceNbr")
    # Sorted before the rest is cut off: an event before the cursor would never be asked for again.
    for number, one in sorted(numbered, key=lambda pair: pair[0])[:MOST]:
        if number in lines:
            left_out.append("a number twice")
        else:
            lines[number] = _line(number, one, left_out)
    has_next = len(written) > MOST or (isinstance(info, dict) and info.get("hasNext") is True)
    return EventPage(tuple(lines.values()), has_next, tuple(dict.fromkeys(left_out)))


def _number(one: msgspec.Raw) -> int | None:
    try:
        value = _numbered(one).number
    except json_text.FAILURES:
        return None
    if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) <= 19:
        value = int(value)
    return value if type(value) is int and 0 < value <= BIGGEST else None


def _line(number: int, raw: msgspec.Raw, left_out: list[str]) -> EventLine:
    try:
        one = _about(raw)
    except json_text.FAILURES:
        left_out.append("object")
        return EventLine(number, msgspec.json.encode([number]), None)
    data = one.get("eventData") or {}
    # Other members may differ each time the same event is sent.
    known_by = [number, one.get("eventProviderId"), *(data.get(name) for name in KNOWN_BY)]
    return EventLine(number, msgspec.json.encode(known_by, order="deterministic"), _event(one, left_out))


def _event(one: Mapping[str, Any], left_out: list[str]) -> EboxEvent | None:
    unread: list[str] = []
    about = Members(one, unread)
    provider, data = about.id("eventProviderId", is_needed=True), Members(one.get("eventData"), unread, "eventData")
    kind, box = _kind(data.value_of("eventType")), data.id("boxId")
    message = data.id("messageId", is_needed=True)
    # A kind that is passed over needs no other member, so nothing is noted.
    if kind is None:
        return None
    if not (provider and message and len(box) == 11 and box.isascii() and box.isdecimal()):
        left_out.extend(unread or ("boxId",))
        return None
    expires_at = data.moment("expirationDate", ends=True)
    is_named = data.value_of("senderOrganizationId") not in (None, "")
    sender = data.organisation("senderOrganizationId") if is_named else ""
    is_registered, happened_at = data.flag("registeredMail") is True, about.moment("eventTime")
    event = EboxEvent(
        kind, box, provider, message, _time_received(data), sender, expires_at, is_registered, happened_at
    )
    left_out.extend(unread)
    return event


def _time_received(data: Members) -> str:
    value = data.value_of("receiptDate")
    moment = moments.read(value)
    # The service may send the same moment in another time zone, or with fractions of a second.
    return moment.isoformat(timespec="seconds") if moment else outside_text.line_of(value, MOST_RECEIVED)


def _kind(written: Any) -> EventKind | None:
    try:
        return EventKind(written)
    except ValueError:
        return None
