"""Read a page of the messages of an eBox, as a Message Registry gives it: the fields that a list needs.

A message itself is passed on undecoded, for the inquiry's reader. Nothing is raised, whatever the bytes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from portal.platform.kit import national_number
from portal.platform.kit.unprinted import Unprinted

from ..reading import json_text, moments
from ..registries import ListQuery

MOST_ON_PAGE = 500  # messages that are looked at
MOST_ID = 300  # characters
LARGEST_MESSAGE = 256 * 1024  # bytes
MARGIN = timedelta(days=1)  # the API says neither which zone's days it means, nor whether the day itself counts

# Filters of the API that can be checked against a message, with the field of the message.
_SWITCHES = {"readStatus": "read_status", "visible": "visible", "registeredMail": "registered_mail"}
_TEXTS = {
    "messageTypeId": "message_type_id",
    "senderOrganizationId": "sender_organization_id",
    "senderApplicationId": "sender_application_id",
}

# From when on, and before when; None where that is open.
type _Span = tuple[datetime | None, datetime | None]


class ListedMessage(Unprinted, frozen=True):
    """A message of a list, undecoded (`raw`). Never printed.

    at: when it was received (UTC). fits: it passes the filters, and comes after the place where the list continues.
    """

    id: str
    at: datetime
    raw: msgspec.Raw
    fits: bool

    @property
    def place(self) -> tuple[float, str]:
        """Give the key by which a list is sorted, newest first."""
        return -self.at.timestamp(), self.id


class RegistryPage(NamedTuple):
    """What a page holds. Never printed.

    left_out: what could not be used, in words of ours. on_page: how many messages stand on it, usable or not. total:
    of the whole list, None where the registry does not give it. is_about_another: a message is for somebody else.
    """

    messages: tuple[ListedMessage, ...] = ()
    left_out: tuple[str, ...] = ()
    on_page: int = 0
    total: int | None = None
    is_about_another: bool = False

    def __repr__(self) -> str:
        return "RegistryPage(…)"


class _MessagesPage(msgspec.Struct, rename="camel"):
    items: Any = None
    total_items: Any = None


class _RawPage(msgspec.Struct, rename="camel"):
    items: list[msgspec.Raw]
    total_items: Any = None


class _Fields(msgspec.Struct, rename="camel"):
    message_id: Any = None
    receipt_date: Any = None
    expiration_date: Any = None
    read_status: Any = None
    visible: Any = None
    registered_mail: Any = None
    message_type_id: Any = None
    sender_organization_id: Any = None
    sender_application_id: Any = None
    for_the_attention_of: Any = None


class ListQuestion(Unprinted, frozen=True):
    """Whose list is asked for, which messages of it, and when (UTC). Never printed."""

    insz: str
    query: ListQuery
    now: datetime


class _Conditions(NamedTuple):
    """What a message must fit: what it is to say by its members' names, when it was received, when it expires.

    They are read once for all messages of a page: a list has hundreds.
    """

    switches: Sequence[tuple[str, bool]]
    texts: Sequence[tuple[str, str]]
    received: _Span
    expired: _Span


_raw_page = msgspec.json.Decoder(_RawPage).decode
_page = msgspec.json.Decoder(_MessagesPage).decode
_fields = msgspec.json.Decoder(_Fields).decode


def page_of(data: bytes, asked: ListQuestion) -> RegistryPage | str:
    """Read a page; for bytes that are none, give the reason in words of ours."""
    try:
        found = json_text.decode_with(_raw_page, data)
    except json_text.FAILURES:
        return _without_messages(data)
    left_out: list[str] = []
    messages: list[ListedMessage] = []
    conditions = _conditions_of(asked.query.filters)
    is_about_another = False
    for raw in found.items[:MOST_ON_PAGE]:
        if len(memoryview(raw)) > LARGEST_MESSAGE:
            left_out.append("size")
            continue
        try:
            fields = _fields(raw)
        except json_text.FAILURES:
            left_out.append("object")
            continue
        is_about_another |= is_for_another(fields.for_the_attention_of, asked.insz)
        read = _message(fields, raw, asked, conditions)
        if isinstance(read, str):
            left_out.append(read)
        else:
            messages.append(read)
    if len(found.items) > MOST_ON_PAGE:
        left_out.append("many")
    return RegistryPage(
        tuple(messages),
        tuple(f"messages/{reason}" for reason in left_out),
        len(found.items),
        whole(found.total_items),
        is_about_another,
    )


def whole(value: Any) -> int | None:
    """Give a value that is a count; None for any other."""
    return value if type(value) is int and 0 <= value < 10**9 else None


def day_of(written: str | None) -> date | None:
    """Read the day of a filter; None for no filter and for a text that is no day."""
    try:
        return date.fromisoformat(written) if written else None
    except ValueError:
        return None


def is_for_another(attention: Any, insz: str) -> bool:
    """Tell whether a message is for the attention of another person, by its `forTheAttentionOf`."""
    number = attention.get("id") if isinstance(attention, dict) else None
    if isinstance(number, int):
        number = f"{number:011}" if 0 <= number < 10**11 else ""
    if not isinstance(number, str) or len(number) > 40:
        return False
    if number == insz:
        return False
    digits = "".join(sign for sign in number if sign in "0123456789")
    return digits != insz and national_number.is_valid(digits)


def _without_messages(data: bytes) -> RegistryPage | str:
    """Read a page without a list of messages: an empty one if its total says so, else the reason why it is none."""
    try:
        found = _page(data)
    except json_text.FAILURES:
        return json_text.failure(data)
    if found.items is None and whole(found.total_items) == 0:
        return RegistryPage(total=0)
    return "no list"


def _conditions_of(filters: Mapping[str, str]) -> _Conditions:
    return _Conditions(
        [(member, filters[name] == "true") for name, member in _SWITCHES.items() if name in filters],
        [(member, filters[name]) for name, member in _TEXTS.items() if name in filters],
        _span(filters, "received"),
        _span(filters, "expired"),
    )


def _message(fields: _Fields, raw: msgspec.Raw, asked: ListQuestion, conditions: _Conditions) -> ListedMessage | str:
    """Make the message of a list; for one that cannot be used, give the name of the wrong field."""
    id_ = fields.message_id
    if not isinstance(id_, str) or not 0 < len(id_) <= MOST_ID:
        return "messageId"
    at = moments.read(fields.receipt_date)
    if at is None:
        return "receiptDate"
    return ListedMessage(id_, at, raw, _is_past(id_, at, asked.query) and _fits(fields, at, asked.now, conditions))


def _is_past(id_: str, at: datetime, query: ListQuery) -> bool:
    if query.past is None or at < query.past:
        return True
    return at == query.past and query.past_id is not None and id_ > query.past_id


def _fits(fields: _Fields, at: datetime, now: datetime, conditions: _Conditions) -> bool:
    """Tell whether a message passes the filters and has not expired, as far as it says so; in doubt it passes."""
    expires_at = moments.read(fields.expiration_date, ends=True)
    if expires_at is not None and expires_at + MARGIN <= now:
        return False
    for member, is_wanted in conditions.switches:
        flag = getattr(fields, member)
        if isinstance(flag, bool) and flag != is_wanted:
            return False
    for member, wanted in conditions.texts:
        text = getattr(fields, member)
        if isinstance(text, str) and text != wanted:
            return False
    return _is_within(at, conditions.received) and _is_within(expires_at, conditions.expired)


def _is_within(at: datetime | None, span: _Span) -> bool:
    begin, end = span
    if at is None:
        return end is None
    return (end is None or at < end) and (begin is None or at >= begin)


def _span(filters: Mapping[str, str], what: str) -> _Span:
    """Say between which moments lie the days of a filter, which may mean one more at each side."""
    after, before = _beginning(filters.get(f"{what}After")), _beginning(filters.get(f"{what}Before"))
    return after - MARGIN if after else None, before + 2 * MARGIN if before else None


def _beginning(written: str | None) -> datetime | None:
    day = day_of(written)
    return datetime.combine(day, datetime.min.time(), UTC) if day else None
