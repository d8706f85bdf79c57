"""What a transport brings home, before anybody has read it."""

from datetime import datetime

import msgspec

from portal.platform.wire.received import UnreadableBytes, decode

from ..reading.outcomes import Down


class AnswerText(msgspec.Struct, frozen=True):
    """The text of an answer in UTF-8 (`received.decode`), unread.

    reference: what the question carried, which the answer must carry too; None where there was no question (a file).
    asked_at:  UTC.
    has_exceptions: the transport's own headers say that something went wrong beside what is in the body.
    has_more: other parts of a multipart body came with it, which nobody reads.
    is_empty:  the source said "no content" by its protocol, without a body.
    """

    data: bytes
    reference: str | None
    asked_at: datetime
    is_empty: bool = False
    has_exceptions: bool = False
    has_more: bool = False


def of_file(data: bytes, asked_at: datetime, content_type: str = "") -> AnswerText | Down:
    """Take a file for what a source would have sent, with the header that it would have had; "" for none."""
    try:
        text = decode(data, content_type)
    except UnreadableBytes as error:
        return Down("unreadable", error.detail)
    return AnswerText(text.data, None, asked_at, has_more=text.has_more)
