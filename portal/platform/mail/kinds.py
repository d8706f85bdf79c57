"""The kinds of mail that the features of this portal send, and a message read back as the kind that it is."""

from functools import cache
from typing import Union

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError

from .types import Content, Message


class KindUnknown(PortalError):
    """No feature of this portal declares such a kind of mail: the one that sent it was left out."""

    code = "mail_kind"


class _UnreadMessage(msgspec.Struct, frozen=True):
    """A message of which the content is not read yet."""

    to: str
    nickname: str
    content: msgspec.Raw


def message_of(words: bytes) -> Message:
    """Read a message as `msgspec.json.encode` wrote it. Raise KindUnknown."""
    if not all_kinds():
        # A union needs at least one kind.
        raise KindUnknown
    read = msgspec.json.decode(words, type=_UnreadMessage)
    try:
        return Message(read.to, read.nickname, _decoder().decode(read.content))
    except msgspec.ValidationError:
        raise KindUnknown from None


@cache
def all_kinds() -> tuple[type[Content], ...]:
    """List every kind, in the order of the features."""
    return tuple(kind for feature in installed.features() for kind in feature.mails if issubclass(kind, Content))


@cache
def _decoder() -> msgspec.json.Decoder[Content]:
    return msgspec.json.Decoder(Union[all_kinds()])  # noqa: UP007 - a tuple of types has no bar
