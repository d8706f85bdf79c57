"""The kinds of mail that the features of this portal send; reads a sealed message back as its kind."""

from functools import cache
from typing import Union

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError

from .types import MailContent, MailMessage


class KindUnknown(PortalError):
    """No feature of this portal declares such a kind of mail: the feature that sent it is switched off."""

    code = "mail_kind"


class _UnreadMessage(msgspec.Struct, frozen=True):
    """A message of which the content is not read yet."""

    to: str
    nickname: str
    content: msgspec.Raw


def message_of(words: bytes) -> MailMessage:
    """Read a message as `msgspec.json.encode` wrote it. Raise KindUnknown."""
    if not all_kinds():
        # A union needs at least one kind.
        raise KindUnknown
    read = msgspec.json.decode(words, type=_UnreadMessage)
    try:
        return MailMessage(read.to, read.nickname, _decoder().decode(read.content))
    except msgspec.ValidationError:
        raise KindUnknown from None


@cache
def all_kinds() -> tuple[type[MailContent], ...]:
    """List every kind, in the order of the features."""
    return tuple(kind for feature in installed.features() for kind in feature.mails if issubclass(kind, MailContent))


@cache
def _decoder() -> msgspec.json.Decoder[MailContent]:
    return msgspec.json.Decoder(Union[all_kinds()])  # noqa: UP007 - a tuple of types has no bar
