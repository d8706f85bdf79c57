"""Store which messages a citizen marked as paid: their own note, since whether they paid is not known here.

The row of a mark is found by a keyed hash of the message's key; the key itself is sealed with the citizen's data key.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of

from .. import holding, journalling

EXPORTED = "ebox_paid"
HOLDS = timedelta(days=730)  # for how long a mark is kept
MOST = 1_000  # marks of one citizen; beyond, the oldest are deleted

KEEP = "insert into mailbox_paid (citizen_id, mark, sealed, since) values (%s, %s, %s, %s) on conflict do nothing"
KEEP_NEWEST = """
delete from mailbox_paid where citizen_id = %(citizen)s and mark in (
    select mark from mailbox_paid where citizen_id = %(citizen)s order by since desc, mark offset %(most)s
)
"""
DROP = "delete from mailbox_paid where citizen_id = %s and mark = %s"
FORGET = "delete from mailbox_paid where citizen_id = any(%s)"
EXPIRE = "delete from mailbox_paid where since < %s"
MARKS = "select mark, since from mailbox_paid where citizen_id = %s and mark = any(%s)"
ALL = "select mark, sealed, since from mailbox_paid where citizen_id = %s order by since, mark"

_key = msgspec.json.Decoder(str)


async def since_when(citizen_id: UUID, keys: Iterable[str]) -> dict[str, datetime]:
    """Read which of these messages (by their keys, `types.key_of`) the citizen marked as paid, and when (UTC).

    Nothing is decrypted.
    """
    marks = {await _mark_of(citizen_id, key): key for key in keys}
    if not marks:
        return {}
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(MARKS, (citizen_id, list(marks)))).fetchall()
    return {marks[bytes(mark)]: since for mark, since in rows}


async def mark(occasion: Occasion, key: str) -> None:
    """Mark a message (by its key, `types.key_of`) as paid; doing it twice changes nothing more. Raise NotLinked."""
    citizen_id = occasion.citizen_id
    await citizens.ensure(citizen_id)
    mark = await _mark_of(citizen_id, key)
    sealed = (await citizens.data_box(citizen_id)).seal(msgspec.json.encode(key), _binding(mark))
    async with holding.hold(citizen_id) as conn:
        if (await conn.execute(KEEP, (citizen_id, mark, sealed, occasion.now))).rowcount:
            await conn.execute(KEEP_NEWEST, {"citizen": citizen_id, "most": MOST})
            await journalling.note(conn, journalling.MARK_PAID, occasion)


async def unmark(occasion: Occasion, key: str) -> None:
    """Delete the mark of a message (by its key, `types.key_of`), if there is one."""
    mark = await _mark_of(occasion.citizen_id, key)
    async with pool.as_citizen(occasion.citizen_id) as conn:
        if (await conn.execute(DROP, (occasion.citizen_id, mark))).rowcount:
            await journalling.note(conn, journalling.UNMARK_PAID, occasion)


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete all marks of these citizens, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Delete marks that were made HOLDS before this moment, which is now; return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - HOLDS,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen the messages that they marked as paid (provider and id)."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    box = await citizens.data_box_if_any(citizen_id) if rows else None
    return [Record(EXPORTED, _open(box, bytes(mark), bytes(sealed)), since) for mark, sealed, since in rows]


def _open(box: Box | None, mark: bytes, sealed: bytes) -> str | None:
    return content_of(box, sealed, _binding(mark), _key.decode)


async def _mark_of(citizen_id: UUID, key: str) -> bytes:
    return await pseudonym.mark(citizen_id, b"mailbox paid", key.encode())


def _binding(mark: bytes) -> bytes:
    """Give the associated data of what is sealed in a row."""
    return b"mailbox_paid\0" + mark
