"""The types of contact: a question, and its receipt."""

from datetime import datetime

import msgspec

from portal.platform.kit.unprinted import Unprinted


class Question(Unprinted, frozen=True):
    """A question to the contact centre.

    topic:    the title of its topic in Dutch.
    text:     as typed, at most `rules.LONGEST_TEXT` characters.
    reply_to: an address that `mail.addresses.is_usable` accepts, or "".
    phone:    a number that `rules.is_phone` accepts, or ""; one of the two is there.
    """

    topic: str
    text: str
    reply_to: str
    phone: str


class Receipt(msgspec.Struct, frozen=True):
    """When a question was accepted, and until when it waits.

    at:          UTC.
    waits_until: when it is sent (UTC); None where it was sent, or is being sent.
    """

    at: datetime
    waits_until: datetime | None
