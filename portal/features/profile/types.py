"""Types of the profile: values that citizens gave us, and the mails about them. No value is ever printed."""

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
    """A kind of value of which a citizen has one; EMAIL is the main address. The text stands in the database."""

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
        """Write street and municipality as on an envelope."""
        street = f"{self.street} {self.number}"
        return (f"{street} bus {self.box}" if self.box else street), f"{self.postcode} {self.municipality}"


@dataclass(frozen=True, slots=True, repr=False)
class Kept[Value]:
    """A kept value. value: None when it cannot be read any more.

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
    """An e-mail address that a citizen confirmed with a code.

    id: stays the same when another becomes the main one, and when the main one is replaced; an address that was
    removed and is given again has another.
    """

    id: UUID
    address: str
    is_main: bool


@dataclass(frozen=True, slots=True, repr=False)
class Proposal:
    """A nickname or e-mail address that is not used until it is confirmed.

    mail_id: of the mail with the code; None for a nickname, which is confirmed on a page.
    """

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
    """A signal that a citizen does not want to see any more (`feature.home.Signal`). Never printed.

    rule: FEATURE.RULE. cause: what the signal was due to; another cause is shown again. It is found by a hash of its
    JSON: were a field added or renamed, all that was dismissed before would be shown again.
    """

    rule: str
    cause: str


class Trial(StrEnum):
    """The result of trying a code. NONE: there is nothing to confirm."""

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
        """Give the code, which the mail shows in large digits."""
        return self.code

    @property
    def is_sound(self) -> bool:
        """Tell whether the code is six digits."""
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
    """An e-mail address was replaced or taken away: the last mail to that address."""

    subject = _("Uw e-mailadres in Mijn Burgerprofiel is gewijzigd")
    words = "profile/mail/address_changed.txt"

    at: datetime


class AddressesChanged(MailContent, frozen=True, tag="addresses_changed"):
    """The e-mail addresses of a citizen changed: a mail to the main one, which names no address.

    what: an address was added, one was removed, or another one is the main one.
    """

    subject = _("Uw e-mailadressen in Mijn Burgerprofiel zijn gewijzigd")
    words = "profile/mail/addresses_changed.txt"

    at: datetime
    what: Literal["added", "removed", "main"]
