"""The reminders that a citizen asked for: one of a document, at most so many at once.

What the citizen reads back is sealed with their own key; what the worker needs is an errand of its own purpose, by a
key made of their mail key. A reminder is found by a keyed hash of which document it is of.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of
from portal.platform.kit.unprinted import Unprinted

from .. import holding, journalling
from ..registry import reference
from ..types import EboxMessage, key_of
from . import days

EXPORTED = "ebox_reminder"
PURPOSE = b"ebox reminders"
MOST = 100  # of one citizen at once
STAYS = timedelta(days=30)  # in the list, once it was told

OTHERS = "select count(*) from mailbox_reminder where citizen_id = %s and mark <> %s and told_at is null"
# Not in place of a row that is there: the portal cannot read an errand, not even to write over it.
KEEP = "insert into mailbox_reminder (citizen_id, mark, sealed, errand, due_at) values (%s, %s, %s, %s, %s)"
DROP = "delete from mailbox_reminder where citizen_id = %s and mark = %s"
FORGET = "delete from mailbox_reminder where citizen_id = any(%s)"
EXPIRE = "delete from mailbox_reminder where told_at < %s"
ONE = "select due_at from mailbox_reminder where citizen_id = %s and mark = %s and told_at is null"
ALL = """
select mark, sealed, due_at, told_at from mailbox_reminder where citizen_id = %s
order by told_at desc nulls first, due_at
"""


class KeepResult(StrEnum):
    """What came of asking for a reminder."""

    KEPT = "kept"
    TOO_MANY = "too many"


class RemindedDocument(Unprinted, frozen=True):
    """Which document a reminder is of, for its citizen: never what it is about. sender: its organisation's number."""

    provider: str
    id: str
    sender: str
    received_at: datetime


class ReminderErrand(Unprinted, frozen=True):
    """What the worker must know to tell it. sender: the names of who sent the document, by language."""

    provider: str
    id: str
    sender: Mapping[str, str]
    expires_at: datetime | None
    is_registered: bool


class Reminder(Unprinted, frozen=True):
    """A reminder of a citizen. document: None for one that does not open. told_at: None as long as it is open."""

    mark: bytes
    document: RemindedDocument | None
    due_at: datetime
    told_at: datetime | None


_document = msgspec.msgpack.Decoder(RemindedDocument)


async def keep(occasion: Occasion, message: EboxMessage, on: date) -> KeepResult:
    """Keep that a citizen wants to be told of a document on a day, in place of the day that they chose before.

    Raise NotLinked.
    """
    citizen_id, sender = occasion.citizen_id, reference.sender(message.provider, message.sender)
    await citizens.ensure(citizen_id)
    mark = await mark_of(citizen_id, message.key)
    document = RemindedDocument(message.provider, message.id, message.sender, message.received_at)
    names = (sender.long_names or sender.short_names) if sender else {}
    errand = ReminderErrand(message.provider, message.id, names, message.expires_at, message.is_registered)
    sealed = (await citizens.data_box(citizen_id)).seal(msgspec.msgpack.encode(document), binding(mark))
    box = await citizens.errand_box(citizen_id, PURPOSE)
    row = (citizen_id, mark, sealed, box.seal(msgspec.msgpack.encode(errand), binding(mark)), days.moment_of(on))
    async with holding.hold(citizen_id) as conn:
        others = await (await conn.execute(OTHERS, (citizen_id, mark))).fetchone()
        if others and others[0] >= MOST:
            return KeepResult.TOO_MANY
        await conn.execute(DROP, (citizen_id, mark))
        await conn.execute(KEEP, row)
        await journalling.note(conn, journalling.ASK_REMINDER, occasion)
    return KeepResult.KEPT


async def remove(occasion: Occasion, mark: bytes) -> None:
    """Take a reminder away, told or not, if there is one."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        if (await conn.execute(DROP, (occasion.citizen_id, mark))).rowcount:
            await journalling.note(conn, journalling.DROP_REMINDER, occasion)


async def due_at(citizen_id: UUID, key: str) -> datetime | None:
    """Tell when a document (its key) is to be told of again; None for never. Nothing is opened."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id, await mark_of(citizen_id, key)))).fetchone()
    return row[0] if row else None


async def look(occasion: Occasion) -> Sequence[Reminder]:
    """Read all of a citizen's reminders, to be shown to them: the open ones first, the next one on top."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        rows = await (await conn.execute(ALL, (occasion.citizen_id,))).fetchall()
        if rows:
            await journalling.note(conn, journalling.LOOK_REMINDERS, occasion)
    return await _open(occasion.citizen_id, rows)


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Take all reminders of these citizens away, in the caller's transaction, after their links went."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Take away what was told thirty days before then; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - STAYS,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen of which documents they asked to be told again (provider and id), and when."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    return [
        Record(EXPORTED, key_of(one.document.provider, one.document.id) if one.document else None, one.due_at)
        for one in await _open(citizen_id, rows)
    ]


async def mark_of(citizen_id: UUID, key: str) -> bytes:
    """Mark which document a reminder is of: 32 bytes, the same for that citizen alone."""
    return await pseudonym.mark(citizen_id, b"mailbox reminder", key.encode())


def binding(mark: bytes) -> bytes:
    """Name what is sealed in a row."""
    return b"mailbox_reminder\0" + mark


async def _open(citizen_id: UUID, rows: Sequence[tuple[Any, ...]]) -> Sequence[Reminder]:
    box = await citizens.data_box_if_any(citizen_id) if rows else None
    return [
        Reminder(bytes(mark), _read(box, bytes(mark), bytes(sealed)), due, told) for mark, sealed, due, told in rows
    ]


def _read(box: Box | None, mark: bytes, sealed: bytes) -> RemindedDocument | None:
    return content_of(box, sealed, binding(mark), _document.decode)
