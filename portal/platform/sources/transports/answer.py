"""The answer of a transport's `ask`, before its `read`."""

from datetime import datetime

import msgspec

from portal.platform.wire.received import UnreadableBytes, decode

from ..reading.outcomes import Down


class AnswerText(msgspec.Struct, frozen=True):
    """The text of an answer in UTF-8 (`received.decode`), unread.

    reference: of the question, which the answer must carry too; None where there was no question (a file).
    asked_at:  UTC.
    is_empty:  the source said "no content" by its protocol, without a body.
    has_exceptions: a header says that something went wrong, beside what the body says.
    has_more:  a multipart body had other parts, which are not read.
    """

    data: bytes
    reference: str | None
    asked_at: datetime
    is_empty: bool = False
    has_exceptions: bool = False
    has_more: bool = False


def of_file(data: bytes, asked_at: datetime, content_type: str = "") -> AnswerText | Down:
    """Make the answer that a source would have sent with this text and Content-Type ("" for none)."""
    try:
        text = decode(data, content_type)
    except UnreadableBytes as error:
        return Down("unreadable", error.detail)
    return AnswerText(text.data, None, asked_at, has_more=text.has_more)
