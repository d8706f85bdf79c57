"""The nouns of notifications."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from portal.features.profile.types import VerifiedEmail
from portal.platform.kit.unprinted import Unprinted

FEATURE = "notifications"  # under which a session counts what is unread
SCOPE = "notificaties"  # of a body's machines, to notify citizens
# The eBox: in contact preferences the one entry for all its documents, and in the place of a body with its notices.
EBOX = "ebox"


class BundleOutcome(StrEnum):
    """What became of a bundle: it is new, known already, or its Id was used for other contents."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


class EboxNews(StrEnum):
    """What happened to a document of the eBox; the value stands in what is sealed."""

    NEW = "new"
    UNREAD = "unread"
    EXPIRING = "expiring"
    ASKED = "asked"  # the citizen wanted to be told again


class EboxDocument(Unprinted, frozen=True):
    """A document of the eBox of which there is news. Never printed.

    sender: its names by language, none where they are not known. provider, id: what its page is found by. expires_at:
    UTC; None where it does not expire. is_registered: it came as registered mail.
    """

    news: EboxNews
    sender: Mapping[str, str]
    provider: str
    id: str
    expires_at: datetime | None = None
    is_registered: bool = False


class Notice(Unprinted, frozen=True):
    """What is kept of a notice: what annex 1 of the policy names, in the body's codes; "" for what it did not say.

    category:    as the contract names it (`categories.toml`). product: number of the service in the IPDC.
    reference:   the body's own Id of the bundle. transaction: which dossier it is about, as the body names it.
    number:      of the dossier. phase, status: codes of DOSIS; said, detail: the body's own words for the status.
    action:      what is expected of the citizen. until: after which it is of no use any more (UTC).
    document:    of the eBox, where the notice is about one; then nothing else is said. Never printed.
    """

    category: str
    product: str
    reference: str
    transaction: str = ""
    number: str = ""
    phase: str = ""
    status: str = ""
    said: str = ""
    detail: str = ""
    action: str = ""
    until: datetime | None = None
    document: EboxDocument | None = None


class Position(msgspec.Struct, frozen=True, order=True):
    """Where a notice stands in its thread: when, as its body says (UTC), then the order in which they came."""

    at: datetime
    number: int


class Listed(Unprinted, frozen=True):
    """A notice as its citizen sees it. body: the id of its agency. arrived_at: UTC. Never printed.

    notice: None when it cannot be opened any more. is_silent: the body did not want them told.
    """

    body: str
    position: Position
    arrived_at: datetime
    is_silent: bool
    notice: Notice | None


class Thread(msgspec.Struct, frozen=True):
    """All notices about one thing, of which the newest says how it stands.

    is_unread: its content changed since the citizen opened it, or they marked it so. is_new: it changed since they
    saw it in the list. An archived one is neither.
    """

    id: UUID
    newest: Listed
    is_unread: bool
    is_new: bool
    is_archived: bool


class ThreadPage(msgspec.Struct, frozen=True):
    """Some of the threads, the newest first. next: what leads to those after them, "" for none.

    has_waiting: some of what came is not sealed to the citizen yet (`actions.take_in`).
    """

    threads: tuple[Thread, ...]
    next: str
    has_waiting: bool


class ListTop(msgspec.Struct, frozen=True):
    """How the first page of the list stands (`rules.state_of`), and how many there are new since it was seen."""

    state: bytes
    new: int


class Mailed(msgspec.Struct, frozen=True):
    """What became of a mail about a notice. state: as in `notifications_delivery`. at: when (UTC)."""

    state: str
    at: datetime


class History(msgspec.Struct, frozen=True):
    """A thread with its notices, the newest first. next: what leads to older ones, "" for none.

    mails: the newest of those that were sent, or should have been, the newest first.
    """

    thread: Thread
    notices: tuple[Listed, ...]
    next: str
    mails: tuple[Mailed, ...] = ()


class EboxMail(Unprinted, frozen=True):
    """Where mails about the eBox go, and where they could. Never printed.

    emails: the verified addresses, the main one first. email_id: of the chosen one, which may be gone; None for none.
    is_for_all: it was chosen for all services at once. may_mail_expiry: also when a document expires soon.
    """

    emails: Sequence[VerifiedEmail]
    email_id: UUID | None
    is_for_all: bool
    may_mail_expiry: bool

    @property
    def can_be_chosen(self) -> bool:
        """Tell whether an address can be chosen for the eBox, or the one for all services holds for it."""
        return self.address is not None if self.is_for_all else bool(self.emails)

    @property
    def address(self) -> str | None:
        """The chosen address in words; None when none is chosen, or it is not in the profile any more."""
        return next((email.address for email in self.emails if email.id == self.email_id), None)
