"""The types of the archive: the copies that a citizen keeps of eBox documents."""

from datetime import datetime
from uuid import UUID

from portal.platform.kit.unprinted import Unprinted

from ..types import BusinessDatum, ByLanguage, PaymentData


class ArchiveConsent(Unprinted, frozen=True):
    """A citizen's consent to an archive. consent: name of the text that they agreed to; since: when (UTC)."""

    consent: str
    since: datetime


class CopyExtent(Unprinted, frozen=True):
    """The extent of a letter or file in a copy. size: bytes; sha256: of them, in hex; parts: how many hold them."""

    size: int
    sha256: str
    parts: int


class CopyFile(Unprinted, frozen=True):
    """A file in a copy: how its provider described it, and what was received.

    is_proven: the sender gave a digest, and the received bytes have it.
    """

    titles: ByLanguage
    file_name: str
    media_type: str
    is_main: bool
    is_signed: bool
    is_proven: bool
    extent: CopyExtent


class MissingFile(Unprinted, frozen=True):
    """A file that a copy lacks, or its text or payment.

    why: "digest", its bytes had another digest; "nothing", it was gone; "no-address", its id fits in no address;
    "no-text", "no-payment", it is no file: its provider had none of a document that says to have one.
    title: of a file, its title, else its file name; "" where it has neither.
    """

    title: str
    why: str


class CopyFacts(Unprinted, frozen=True):
    """Which document a copy holds, and where it came from. Times are UTC.

    provider, message_id: their ids at the source; address: that of the source's Message Registry. provider_names,
    sender_names, type_names: their names when the copy was made; empty where they were unknown.
    letter: the extent of the letter (`CopyLetter`). is_partial: part of what its provider said could not be read.
    """

    provider: str
    message_id: str
    address: str
    provider_names: ByLanguage
    subjects: ByLanguage
    sender: str
    sender_names: ByLanguage
    type_names: ByLanguage
    received_at: datetime
    is_registered: bool
    is_partial: bool
    letter: CopyExtent
    files: tuple[CopyFile, ...] = ()
    missing: tuple[MissingFile, ...] = ()


class CopyLetter(Unprinted, frozen=True):
    """The letter of a document: its texts as the provider sent them, its business data, and its request for payment.

    payment: None where it asks for none, or its provider had none. is_payment_whole: all of the request could be
    read.
    """

    texts: ByLanguage
    business_data: tuple[BusinessDatum, ...] = ()
    payment: PaymentData | None = None
    is_payment_whole: bool = True


class MailboxCopy(Unprinted, frozen=True):
    """A copy of a document. kept_at: UTC. size: bytes. facts: None where they can no longer be decrypted."""

    id: UUID
    kept_at: datetime
    size: int
    facts: CopyFacts | None


class ArchiveUse(Unprinted, frozen=True):
    """How much a citizen keeps. copies: how many; size: bytes of all copies together."""

    copies: int
    size: int


class CopyState(Unprinted, frozen=True):
    """Whether a citizen has an archive, and its copy of a document. copy_id, kept_at: None for no copy."""

    has_archive: bool
    copy_id: UUID | None = None
    kept_at: datetime | None = None
