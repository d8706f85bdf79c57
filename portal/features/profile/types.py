"""Nouns of the profile: what somebody gave us, and with which consent. Nothing here is ever printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec


class Kind(StrEnum):
    """What there is one of. The value stands in the database."""

    NICKNAME = "nickname"
    PHOTO = "photo"
    EMAIL = "email"


class PostalAddress(msgspec.Struct, frozen=True):
    """A Belgian address as the citizen wrote it; `box` may be empty, `label` is their own name for it."""

    label: str
    street: str
    number: str
    box: str
    postcode: str
    municipality: str

    @property
    def lines(self) -> tuple[str, str]:
        """Write it as on an envelope."""
        street = f"{self.street} {self.number}"
        return (f"{street} bus {self.box}" if self.box else street), f"{self.postcode} {self.municipality}"

    def __repr__(self) -> str:
        return "PostalAddress(…)"


@dataclass(frozen=True, slots=True, repr=False)
class Kept[Value]:
    """One thing that is kept. value: None when it cannot be read any more.

    consent: the version of the text that was agreed to (`templates/profile/consent`). since: UTC.
    """

    value: Value | None
    consent: str
    since: datetime


@dataclass(frozen=True, slots=True, repr=False)
class SavedAddress:
    """One of the saved addresses. address: None when it cannot be read any more."""

    id: UUID
    address: PostalAddress | None
    consent: str
    since: datetime


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """What was entered and is not confirmed, so not used. mail_id: of the mail with the code."""

    id: UUID
    value: str
    made_at: datetime
    valid_until: datetime
    attempts_left: int
    mail_id: UUID | None


@dataclass(frozen=True, slots=True, repr=False)
class Profile:
    """All that a citizen gave us."""

    nickname: Kept[str] | None
    photo: Kept[bytes] | None
    email: Kept[str] | None
    addresses: Sequence[SavedAddress]


@dataclass(frozen=True, slots=True, repr=False)
class MailContact:
    """Where mail to a citizen goes, and how it greets: nickname is empty when there is none."""

    address: str
    nickname: str


class Trial(StrEnum):
    """What came of a code that was tried."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    USED_UP = "used_up"
    EXPIRED = "expired"
    NONE = "none"
