"""Nouns of mail: to whom, and what every kind of mail owes."""

from datetime import datetime, timedelta
from typing import ClassVar

import msgspec

# Old news frightens more than it helps.
NEWS_FOR = timedelta(days=3)


class Content(msgspec.Struct, frozen=True):
    """What a mail says. Each kind is a subclass of its feature (`Feature.mails`), with a `tag` by which it is kept.

    subject: in Dutch, with nothing personal in it.
    words:   the template of its paragraphs, parted by empty lines; it knows the fields of the kind by their names.
    """

    subject: ClassVar[str]
    words: ClassVar[str]

    @property
    def large(self) -> str:
        """Give the paragraph that is shown in large letters, such as a code; "" for none."""
        return ""

    @property
    def is_sound(self) -> bool:
        """Tell whether it can be sent at all."""
        return True

    def useful_until(self, created_at: datetime) -> datetime:
        """Say from when on it would come too late."""
        return created_at + NEWS_FOR


class Message(msgspec.Struct, frozen=True):
    """One mail to one person. Never printed: `repr` is empty on purpose.

    to:       an address that `addresses.usable` takes.
    nickname: confirmed by the citizen; empty: the mail has no greeting, as the questions and answers promise.
    """

    to: str
    nickname: str
    content: Content

    def __repr__(self) -> str:
        return "Message(…)"


class Question(msgspec.Struct, frozen=True):
    """What somebody asks the contact centre. Never printed: `repr` is empty on purpose.

    topic:    in our words, as the form lists it.
    text:     what they typed, at most `rules.LONGEST_QUESTION` characters.
    reply_to: an address that `addresses.usable` takes, or nothing.
    phone:    a number that `rules.is_phone` takes, or nothing; one of the two is there.
    """

    topic: str
    text: str
    reply_to: str
    phone: str

    def __repr__(self) -> str:
        return "Question(…)"


class Taken(msgspec.Struct, frozen=True):
    """That a question was taken in.

    at:          UTC.
    waits_until: UTC, when it is passed on; None: that was done, or is being done.
    """

    at: datetime
    waits_until: datetime | None
