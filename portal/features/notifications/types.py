"""The nouns of notifications."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

SCOPE = "notificaties"  # of a body's machines, to notify citizens


class BundleOutcome(StrEnum):
    """What became of a bundle: it is new, known already, or its Id was used for other contents."""

    NEW = "new"
    KNOWN = "known"
    CONTRADICTS = "contradicts"


class Notice(msgspec.Struct, frozen=True):
    """What is kept of a notice: what annex 1 of the policy names, in the body's codes; "" for what it did not say.

    category:    as the contract names it (`categories.toml`). product: number of the service in the IPDC.
    reference:   the body's own Id of the bundle. transaction: which dossier it is about, as the body names it.
    number:      of the dossier. phase, status: codes of DOSIS; said, detail: the body's own words for the status.
    action:      what is expected of the citizen. until: after which it is of no use any more (UTC).
    Never printed.
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

    def __repr__(self) -> str:
        return "Notice(…)"


class Position(msgspec.Struct, frozen=True, order=True):
    """Where a notice stands in its thread: when, as its body says (UTC), then the order in which they came."""

    at: datetime
    number: int


class Listed(msgspec.Struct, frozen=True):
    """A notice as its citizen sees it. body: the id of its agency. arrived_at: UTC. Never printed.

    notice: None when it cannot be opened any more. is_silent: the body did not want them told.
    """

    body: str
    position: Position
    arrived_at: datetime
    is_silent: bool
    notice: Notice | None

    def __repr__(self) -> str:
        return "Listed(…)"


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
