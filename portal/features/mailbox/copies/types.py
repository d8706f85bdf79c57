"""The nouns of copies."""

from datetime import datetime
from uuid import UUID

from portal.platform.kit.unprinted import Unprinted

from ..types import BusinessDatum, ByLanguage, PaymentData


class ArchiveConsent(Unprinted, frozen=True):
    """That a citizen agreed to an archive. consent: the text to which they said yes; since: when (UTC)."""

    consent: str
    since: datetime


class CopyExtent(Unprinted, frozen=True):
    """How much an item of a copy is. size: bytes; sha256: of all of them, in hex; parts: in how many it is stored."""

    size: int
    sha256: str
    parts: int


class CopyFile(Unprinted, frozen=True):
    """A file of a copy: how its provider described it, and what came.

    is_proven: its sender gave a digest, and it is that of what came.
    """

    titles: ByLanguage
    file_name: str
    media_type: str
    is_main: bool
    is_signed: bool
    is_proven: bool
    extent: CopyExtent


class MissingFile(Unprinted, frozen=True):
    """A file that is not in a copy. why: "digest", what came was another file; "nothing", it was there no more.

    title: its title, or its name; "" for neither.
    """

    title: str
    why: str


class CopyFacts(Unprinted, frozen=True):
    """What a copy is of, and where it came from. Moments are UTC.

    provider, message_id: its names at its source; address: of that source's Message Registry. provider_names,
    sender_names, type_names: who and what that was when the copy was made; empty where nobody said.
    letter: how much its letter is (`CopyLetter`). is_partial: not all of what its provider said could be read.
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
    """What a document says: its text by language as its provider sent it, its data, and what it wanted paid.

    payment: None where it wanted nothing. is_payment_whole: all that was said of it was read.
    """

    texts: ByLanguage
    business_data: tuple[BusinessDatum, ...] = ()
    payment: PaymentData | None = None
    is_payment_whole: bool = True


class MailboxCopy(Unprinted, frozen=True):
    """A copy of a document. kept_at: UTC. size: bytes. facts: None where they cannot be opened any more."""

    id: UUID
    kept_at: datetime
    size: int
    facts: CopyFacts | None


class ArchiveUse(Unprinted, frozen=True):
    """How much somebody keeps: copies, and bytes of all of them."""

    copies: int
    size: int


class CopyState(Unprinted, frozen=True):
    """How a document stands to an archive. has_archive: its citizen has one. copy_id: None for no copy."""

    has_archive: bool
    copy_id: UUID | None = None
    kept_at: datetime | None = None
