"""Read a page of a provider's reference data: senders, or kinds of letters. No personal data.

Total: whatever the bytes, nothing is raised. An entry without an id or a name is left out, and noted.
"""

from typing import Any, NamedTuple

from portal.platform.ui import ways

from ..types import ByLanguage, MessageType, Sender
from . import members, outside_text
from .members import Members

MOST_ON_PAGE = 500  # entries that are looked at
MOST_CONTACT = 300  # characters


class ReferencePage[T](NamedTuple):
    """A page of the reference data.

    left_out: places of what could not be read. entries: how many the page has, usable or not. total: how many the
    whole list has, None where that is not given.
    """

    found: tuple[T, ...]
    left_out: tuple[str, ...]
    entries: int
    total: int | None


def senders(data: bytes) -> ReferencePage[Sender] | str:
    """Read a page of organisations; for anything else, return a reason in a word or two."""
    return _page(data, _sender)


def message_types(data: bytes) -> ReferencePage[MessageType] | str:
    """Read a page of kinds of letters; for anything else, return a reason in a word or two."""
    return _page(data, _message_type)


def _page[T](data: bytes, read: Any) -> ReferencePage[T] | str:
    read_list = members.read_list(data)
    if isinstance(read_list, str):
        return read_list
    listed, total = read_list
    unread: list[str] = ["many"] if len(listed) > MOST_ON_PAGE else []
    entries = (read(Members(each, unread, "items")) for each in listed[:MOST_ON_PAGE])
    found = tuple(each for each in entries if each is not None)
    is_count = type(total) is int and 0 <= total < 10**9
    return ReferencePage(found, tuple(dict.fromkeys(unread)), len(listed), total if is_count else None)


def _sender(entry: Members) -> Sender | None:
    number = entry.organisation("organizationId")
    short, long = entry.texts("organizationShortName"), entry.texts("organizationLongName")
    if not number or not (short or long):
        if number:
            entry.misses("organizationShortName")
        return None
    contact = outside_text.line_of(entry.value_of("contactBusiness"), MOST_CONTACT)
    return Sender(number, short or long, long or short, _address(entry.texts("organizationUrl")), contact)


def _message_type(entry: Members) -> MessageType | None:
    id_ = entry.id("messageTypeId", is_needed=True)
    names = entry.texts("messageTypeName", is_needed=True)
    return MessageType(id_, names) if id_ and names else None


def _address(written: ByLanguage) -> str:
    """Give the first address that pages may link to; "" for none."""
    links = (ways.link_of(each) for each in written.values())
    return next((link.address for link in links if link), "")
