"""The names of the records of a session: of which inquiry each is, about whom, and of which kind."""

from enum import StrEnum
from typing import Any, NamedTuple

import msgspec

from portal.platform.access import sessions
from portal.platform.access.types import Session

from ..inquiry import Inquiry

# It begins the handle of an inquiry's values in the name of a record; that of a child stands there by itself.
_OF_VALUES = "="
_encode = msgspec.msgpack.Encoder().encode


class RecordKind(StrEnum):
    """The kind of a record: an answer, or the outcome of the last attempt. Its value ends the record's name."""

    ANSWER = ""
    PART = " !part"  # an answer that lacks what asking again may bring
    TROUBLE = " !trouble"  # no answer, so no personal data


class RecordName(NamedTuple):
    """What the name of a record says: of which inquiry it is, whether it is about a child, and its kind."""

    inquiry: str
    is_about_child: bool
    kind: RecordKind


def base_name(session: Session, inquiry: Inquiry[Any, Any], about: str | None) -> str:
    """Give the name of the records of an inquiry, before their kind (a RecordKind is put after it).

    It is the inquiry's; for a child, or with values, also with handles that only this session derives.
    """
    whose = () if about is None else (sessions.person_handle(session, about),)
    which = (_OF_VALUES + sessions.item_handle(session, values_of(inquiry)),) if inquiry.values else ()
    return " ".join((inquiry.name, *whose, *which))


def read_name(name: str) -> RecordName:
    """Read the name of a record, as `base_name` and its kind make it."""
    kind = next(kind for kind in reversed(RecordKind) if name.endswith(kind))
    inquiry, *handles = name.removesuffix(kind).split(" ")
    return RecordName(inquiry, any(not handle.startswith(_OF_VALUES) for handle in handles), kind)


def values_of(inquiry: Inquiry[Any, Any]) -> bytes:
    """Pack the values of an inquiry, the same in whatever order they were given; b"" for none."""
    return _encode(sorted(inquiry.values.items())) if inquiry.values else b""
