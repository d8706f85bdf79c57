"""Nouns of contact: a question, and its receipt."""

from datetime import datetime

import msgspec

from portal.platform.kit.unprinted import Unprinted


class Question(Unprinted, frozen=True):
    """What somebody asks the contact centre. Never printed.

    topic:    in our words, as the form lists it.
    text:     what they typed, at most `rules.LONGEST_TEXT` characters.
    reply_to: an address that `mail.addresses.is_usable` takes, or nothing.
    phone:    a number that `rules.is_phone` takes, or nothing; one of the two is there.
    """

    topic: str
    text: str
    reply_to: str
    phone: str


class Receipt(msgspec.Struct, frozen=True):
    """When a question was taken in, and until when it waits.

    at:          UTC.
    waits_until: UTC, when it is passed on; None: that was done, or is being done.
    """

    at: datetime
    waits_until: datetime | None
