"""Nouns of mail: to whom, and which of the mails that there are."""

from datetime import datetime

import msgspec


class ConfirmAddress(msgspec.Struct, frozen=True, tag="confirm_address"):
    """The code with which somebody shows that an address is theirs: six digits, and until when it holds."""

    code: str
    valid_until: datetime

    def __repr__(self) -> str:
        return "ConfirmAddress(…)"


class NewDevice(msgspec.Struct, frozen=True, tag="new_device"):
    """Somebody signed in as the citizen with a device that was not seen before.

    means, device: as the citizen reads them, in Dutch: "itsme", "Firefox op Windows".
    """

    at: datetime
    means: str
    device: str


class AddressChanged(msgspec.Struct, frozen=True, tag="address_changed"):
    """The contact address was changed or taken away; goes to the address as it was."""

    at: datetime


# Each has its template, `templates/mail/TAG.txt`, and its subject in `composing`.
Content = ConfirmAddress | NewDevice | AddressChanged


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
