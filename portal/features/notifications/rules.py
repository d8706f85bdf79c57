"""What is decided about notices without asking anybody."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from .bundles import Bundle, BundleRefused
from .section import Notifications
from .types import Position

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(minutes=5)  # that a body's clock may be ahead of ours


def check_sender(bundle: Bundle, of_sender: Notifications, now: datetime) -> None:
    """Raise BundleRefused for a service that is none of the sender's, and for a moment that has yet to come."""
    if bundle.product not in of_sender.services:
        raise BundleRefused("ProductId is no service about which this body notifies (any more).")
    if bundle.changed_at > now + CLOCKS_DIFFER:
        raise BundleRefused("DatumNotificatie lies in the future; see that your clock is right.")


def is_over(bundle: Bundle, now: datetime) -> bool:
    """Tell whether a bundle comes when it is of no use any more."""
    return bundle.until is not None and bundle.until <= now


def ends_at(bundle: Bundle, keep: timedelta, now: datetime) -> datetime:
    """Say when a notice's term is over."""
    return min(now + keep, bundle.until or datetime.max.replace(tzinfo=now.tzinfo))


def thread_of(body: str, bundle: Bundle) -> bytes:
    """Name what a bundle is about: its dossier, or else nothing but itself."""
    kind = (b"transaction", bundle.transaction) if bundle.transaction else (b"bundle", bundle.id)
    return b"\0".join((body.encode(), kind[0], kind[1].encode()))


def binding(notice_id: UUID) -> bytes:
    """Name what is sealed in a row."""
    return b"notifications_notice\0" + notice_id.bytes


def write_position(position: Position, thread: UUID) -> str:
    """Write a place in a list or a thread, for an address or a form."""
    return f"{(position.at - EPOCH) // timedelta(microseconds=1)}.{position.number}.{thread.hex}"


def state_of(threads: Iterable[tuple[UUID, Position, bool]]) -> bytes:
    """Digest how a list stands: each thread with its newest notice, and whether it is unread."""
    return hashlib.sha256(
        "".join(
            f"{write_position(position, thread)} {is_unread};" for thread, position, is_unread in threads
        ).encode()
    ).digest()


def read_place(text: str) -> tuple[Position, UUID] | None:
    """Read such a place; None for what we did not write."""
    parts = text[:100].split(".")
    try:
        micros, number, thread = int(parts[0]), int(parts[1]), UUID(parts[2])
        at = EPOCH + timedelta(microseconds=micros)
    except (ValueError, IndexError, OverflowError):
        return None
    return (Position(at, number), thread) if len(parts) == 3 and 0 <= number < 2**31 else None
