"""What each sealed value of an archive is bound to; no I/O.

A part opens as what it is alone: of this copy and item, in this place, and the last one or not. So parts cannot be
put in another order, left out at the end, or taken from another copy. How many there are stands in the sealed facts.
"""

from datetime import UTC, datetime
from uuid import UUID

PART = 512 * 1024  # bytes of a part before it is sealed; the last one of an item may be shorter
LETTER = 0  # the item that is the letter; files are numbered from 1


def of_consent(consent: str, since: datetime) -> bytes:
    """Name the yes to this text at this moment."""
    return b"mailbox_archive\0" + consent.encode() + b"\0" + _moment(since)


def of_facts(copy_id: UUID, mark: bytes, kept_at: datetime) -> bytes:
    """Name what a copy is of."""
    return b"mailbox_copy\0" + copy_id.bytes + mark + _moment(kept_at)


def of_part(copy_id: UUID, item: int, number: int, *, is_last: bool) -> bytes:
    """Name a part of an item of a copy."""
    return b"mailbox_copy_part\0" + copy_id.bytes + item.to_bytes(4) + number.to_bytes(4) + bytes([is_last])


def _moment(when: datetime) -> bytes:
    return when.astimezone(UTC).isoformat().encode()
