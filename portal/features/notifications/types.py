"""The types of notifications that other features and pages use."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from portal.features.profile.types import VerifiedEmail
from portal.platform.kit.unprinted import Unprinted

FEATURE = "notifications"  # key of the count of unread threads in `Session.unread`
SCOPE = "notificaties"  # of access tokens with which machines of bodies notify citizens
# The eBox, in the place of a service in contact preferences, and of a body in notices.
EBOX = "ebox"


class BundleOutcome(StrEnum):
    """The outcome of a bundle: it is new, was stored before, or its Id was used before with other contents."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


class EboxNews(StrEnum):
    """What happened to a document of the eBox; the value is stored, sealed."""

    NEW = "new"
    UNREAD = "unread"
    EXPIRING = "expiring"
    ASKED = "asked"  # the day came for which the citizen set a reminder


class EboxDocument(Unprinted, frozen=True):
    """A document of the eBox of which there is news.

    sender: names of its sender by language, empty where they are not known. provider, id: those of its message, which
    lead to its page. expires_at: UTC; None where it does not expire. is_registered: it is registered mail.
    """

    news: EboxNews
    sender: Mapping[str, str]
    provider: str
    id: str
    expires_at: datetime | None = None
    is_registered: bool = False


class Notice(Unprinted, frozen=True):
    """What is kept of a notice: what annex 1 of the policy names; "" for what the body did not send.

    category: of `categories.toml`. product: number of the service in the IPDC. reference: the body's Id of the
    bundle. transaction: the body's id of what the notice is about. number: of the dossier. phase, status: codes of
    DOSIS. said, detail: the body's own words for the status. action: what the citizen is to do. until: UTC, after
    which it is of no use; None for no such moment. document: of the eBox, where the notice is about one; then only
    category and product are filled.
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
    """The place of a notice in its thread: when it changed, by its body (UTC), then the number of its arrival."""

    at: datetime
    number: int


class ListedNotice(Unprinted, frozen=True):
    """A notice as its citizen sees it. body: id of its agency, or EBOX. arrived_at: UTC.

    notice: None where it cannot be decrypted. is_silent: the body did not want the citizen notified.
    """

    body: str
    position: Position
    arrived_at: datetime
    is_silent: bool
    notice: Notice | None


class Thread(msgspec.Struct, frozen=True):
    """All notices about one thing, of which the newest gives its current status.

    is_unread: a notice that is not silent came since the citizen opened it, or they marked it as unread. is_new: one
    came since they saw it in the list. An archived thread is neither.
    """

    id: UUID
    newest: ListedNotice
    is_unread: bool
    is_new: bool
    is_archived: bool


class ThreadPage(msgspec.Struct, frozen=True):
    """A page of threads, the newest first. next: the place from which the next page goes on, "" for none.

    has_waiting: some notices are not sealed to the citizen yet (`actions.take_in`).
    """

    threads: tuple[Thread, ...]
    next: str
    has_waiting: bool


class ListTop(msgspec.Struct, frozen=True):
    """The state of the first page of the list (`rules.state_of`), and how many of its threads are new."""

    state: bytes
    new: int


class NoticeMail(msgspec.Struct, frozen=True):
    """A mail about a notice that was settled.

    state, why: as in `notifications_delivery`. at: when it was settled (UTC).
    """

    state: str
    why: str | None
    at: datetime


class History(msgspec.Struct, frozen=True):
    """A thread with a page of its notices, the newest first. next: the place of the next page, "" for none.

    mails: the newest of those that were sent, or should have been, the newest first.
    """

    thread: Thread
    notices: tuple[ListedNotice, ...]
    next: str
    mails: tuple[NoticeMail, ...] = ()


class EboxMail(Unprinted, frozen=True):
    """Where mails about the eBox go, and where they could go.

    emails: the verified addresses, the main one first. email_id: of the chosen one, which may have left the profile;
    None for none. is_for_all: it was chosen for all services. may_mail_expiry: also about documents that expire soon.
    """

    emails: Sequence[VerifiedEmail]
    email_id: UUID | None
    is_for_all: bool
    may_mail_expiry: bool

    @property
    def can_be_chosen(self) -> bool:
        """Whether an address can be chosen for the eBox, or the one for all services can be used."""
        return self.address is not None if self.is_for_all else bool(self.emails)

    @property
    def address(self) -> str | None:
        """The chosen address; None where none is chosen, or it has left the profile."""
        return next((email.address for email in self.emails if email.id == self.email_id), None)
