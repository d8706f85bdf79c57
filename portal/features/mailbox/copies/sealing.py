"""The associated data (of AEAD) with which each value of an archive is sealed and opened. No I/O.

A part is bound to its copy, its item, its number, and whether it is the last; to its citizen by their key. So nobody
who writes in the database can reorder parts, cut an item short, or move a part to another copy. The number of parts
is sealed in the facts.
"""

from datetime import UTC, datetime
from uuid import UUID

PART = 512 * 1024  # bytes of a part before it is sealed; the last one of an item may be shorter
LETTER = 0  # the item that is the letter; files are numbered from 1


def of_consent(consent: str, since: datetime) -> bytes:
    """Give the associated data of a consent. consent: the name of the text agreed to; since: when (aware)."""
    return b"mailbox_archive\0" + consent.encode() + b"\0" + _moment(since)


def of_facts(copy_id: UUID, mark: bytes, kept_at: datetime) -> bytes:
    """Give the associated data of the facts of a copy. mark: of its document; kept_at: as in its row (aware)."""
    return b"mailbox_copy\0" + copy_id.bytes + mark + _moment(kept_at)


def of_part(copy_id: UUID, item: int, number: int, *, is_last: bool) -> bytes:
    """Give the associated data of a part of an item. item: LETTER, or the number of a file; number: from 0."""
    return b"mailbox_copy_part\0" + copy_id.bytes + item.to_bytes(4) + number.to_bytes(4) + bytes([is_last])


def _moment(when: datetime) -> bytes:
    # In UTC, since the database gives moments back in the time zone of its session.
    return when.astimezone(UTC).isoformat().encode()
