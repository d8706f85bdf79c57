"""What a transport brings home, before anybody has read it."""

from datetime import datetime

import msgspec


class Answer(msgspec.Struct, frozen=True):
    """The bytes of an answer, whole but unread.

    reference: what the question carried, which the answer must carry too; None where there was no question (a file).
    asked_at:  UTC.
    has_exceptions: the transport's own headers say that something went wrong beside what is in the body.
    is_empty:  the source said "no content" by its protocol, without a body.
    """

    data: bytes
    reference: str | None
    asked_at: datetime
    is_empty: bool = False
    has_exceptions: bool = False
