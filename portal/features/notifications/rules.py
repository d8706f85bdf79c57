"""Decisions about notices: checks of their sender, their term, their thread, and positions in addresses. No I/O."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from .bundles import Bundle, BundleRefused
from .section import Notifications
from .types import Position

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)  # by how much the clock of a body may be ahead of ours


def check_sender(bundle: Bundle, of_sender: Notifications, now: datetime) -> None:
    """Raise BundleRefused for a service that is not in the sender's manifest, or a moment that lies in the future."""
    if bundle.product not in of_sender.services:
        raise BundleRefused("ProductId is no service about which this body notifies (any more).")
    if bundle.changed_at > now + CLOCKS_DIFFER:
        raise BundleRefused("DatumNotificatie lies in the future; see that your clock is right.")


def is_over(bundle: Bundle, now: datetime) -> bool:
    """Tell whether the Vervaldatum of a bundle has passed, so that its notices are not kept."""
    return bundle.until is not None and bundle.until <= now


def ends_at(bundle: Bundle, keep: timedelta, now: datetime) -> datetime:
    """Give the end of a notice's term: after `keep`, or at the Vervaldatum where that is sooner."""
    return min(now + keep, bundle.until or datetime.max.replace(tzinfo=now.tzinfo))


def thread_of(body: str, bundle: Bundle) -> bytes:
    """Give what identifies the thread of a bundle: its TransactieId, else its own Id. body: id of its agency."""
    kind = (b"transaction", bundle.transaction) if bundle.transaction else (b"bundle", bundle.id)
    return b"\0".join((body.encode(), kind[0], kind[1].encode()))


def binding(notice_id: UUID) -> bytes:
    """Give the associated data of a sealed notice."""
    return b"notifications_notice\0" + notice_id.bytes


def write_position(position: Position, thread: UUID) -> str:
    """Write the position of a notice with its thread, as text for an address or a form."""
    return f"{(position.at - EPOCH) // timedelta(microseconds=1)}.{position.number}.{thread.hex}"


def state_of(threads: Iterable[tuple[UUID, Position, bool]]) -> bytes:
    """Hash a list (SHA-256): each thread with the position of its newest notice, and whether it is unread."""
    return hashlib.sha256(
        "".join(
            f"{write_position(position, thread)} {is_unread};" for thread, position, is_unread in threads
        ).encode()
    ).digest()


def read_place(text: str) -> tuple[Position, UUID] | None:
    """Read what `write_position` wrote; None for anything else."""
    parts = text[:100].split(".")
    try:
        micros, number, thread = int(parts[0]), int(parts[1]), UUID(parts[2])
        at = EPOCH + timedelta(microseconds=micros)
    except (ValueError, IndexError, OverflowError):
        return None
    return (Position(at, number), thread) if len(parts) == 3 and 0 <= number < 2**31 else None
