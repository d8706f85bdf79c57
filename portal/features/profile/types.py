"""Nouns of the profile: what somebody gave us, and with which consent. Nothing here is ever printed."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

from django.utils.translation import gettext_noop as _

from portal.platform.kit.unprinted import Unprinted
from portal.platform.mail.types import MailContent

_CODE = re.compile(r"[0-9]{6}")
DISMISSAL = b"what asks for attention"  # the purpose under which a page carries a dismissal, sealed for its session


# The kind of a proposal for one more e-mail address: the value stands in the database, beside those of KeptKind.
OTHER_EMAIL = "other_email"


class KeptKind(StrEnum):
    """What there is one of; of e-mail addresses, the main one. The value stands in the database."""

    NICKNAME = "nickname"
    PHOTO = "photo"
    EMAIL = "email"


class PostalAddress(Unprinted, frozen=True):
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
class KeptEmail:
    """A verified e-mail address, as it is kept. address: None when it cannot be read any more."""

    id: UUID
    address: str | None
    consent: str
    since: datetime


@dataclass(frozen=True, slots=True, repr=False)
class VerifiedEmail:
    """An address that a citizen showed to be theirs.

    id: stays the same when another becomes the main one, and when the main one is replaced; an address that was
    removed and is given again has another.
    """

    id: UUID
    address: str
    is_main: bool


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
    """All that a citizen gave us. email: the main one."""

    nickname: Kept[str] | None
    photo: Kept[bytes] | None
    email: Kept[str] | None
    other_emails: Sequence[KeptEmail]
    addresses: Sequence[SavedAddress]


class Dismissal(Unprinted, frozen=True):
    """That somebody does not want to be told of something: by which rule it was found, due to what.

    rule: FEATURE.RULE. cause: what it was due to; as long as that stays the same, it is not shown. Never printed.
    """

    rule: str
    cause: str


class Trial(StrEnum):
    """What came of a code that was tried."""

    CONFIRMED = "confirmed"
    WRONG = "wrong"
    USED_UP = "used_up"
    EXPIRED = "expired"
    NONE = "none"


class ConfirmAddress(MailContent, frozen=True, tag="confirm_address"):
    """The code with which somebody shows that an address is theirs: six digits, and until when it holds."""

    subject = _("Uw code voor Mijn Burgerprofiel")
    words = "profile/mail/confirm_address.txt"

    code: str
    valid_until: datetime

    def __repr__(self) -> str:
        return "ConfirmAddress(…)"

    @property
    def large(self) -> str:
        """Give the code."""
        return self.code

    @property
    def is_sound(self) -> bool:
        """Tell whether the code is one."""
        return _CODE.fullmatch(self.code) is not None

    def useful_until(self, created_at: datetime) -> datetime:
        """Say until when the code holds."""
        return self.valid_until


class NewDevice(MailContent, frozen=True, tag="new_device"):
    """Somebody signed in as the citizen with a device that was not seen before.

    means, device: as the citizen reads them, in Dutch: "itsme", "Firefox op Windows".
    """

    subject = _("Aangemeld in Mijn Burgerprofiel met een nieuw toestel")
    words = "profile/mail/new_device.txt"

    at: datetime
    means: str
    device: str


class AddressChanged(MailContent, frozen=True, tag="address_changed"):
    """An e-mail address was replaced or taken away; goes to that very address, as the last mail."""

    subject = _("Uw e-mailadres in Mijn Burgerprofiel is gewijzigd")
    words = "profile/mail/address_changed.txt"

    at: datetime


class AddressesChanged(MailContent, frozen=True, tag="addresses_changed"):
    """Something changed among the addresses of a citizen; goes to those that stay. It names no address.

    what: an address was added, one was removed, or another is the main one.
    """

    subject = _("Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd")
    words = "profile/mail/addresses_changed.txt"

    at: datetime
    what: Literal["added", "removed", "main"]
