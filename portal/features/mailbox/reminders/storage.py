"""Store the reminders that citizens ask for: one of a document, and at most MOST that are not sent yet.

A row has two sealed parts: one for the citizen, with their data key, and an *errand*, which only the worker can open,
by a key derived from their mail key. Rows are found by a keyed hash of the document (`mark_of`).
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
MOST = 100  # reminders of one citizen that are not sent yet
STAYS = timedelta(days=30)  # for how long a reminder stays in the list after it was sent

OTHERS = "select count(*) from mailbox_reminder where citizen_id = %s and mark <> %s and told_at is null"
# An insert after DROP and no upsert: the portal's role may not read `errand`, which `on conflict do update` needs.
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
    """Whether a reminder was stored."""

    KEPT = "kept"
    TOO_MANY = "too many"


class RemindedDocument(Unprinted, frozen=True):
    """The document of a reminder, as its citizen reads it back: never its subject. sender: its KBO number."""

    provider: str
    id: str
    sender: str
    received_at: datetime


class ReminderErrand(Unprinted, frozen=True):
    """What the worker needs to send a reminder. sender: the names of the document's sender, by language."""

    provider: str
    id: str
    sender: Mapping[str, str]
    expires_at: datetime | None
    is_registered: bool


class Reminder(Unprinted, frozen=True):
    """A reminder of a citizen. document: None where it cannot be decrypted. told_at: None until it was sent (UTC)."""

    mark: bytes
    document: RemindedDocument | None
    due_at: datetime
    told_at: datetime | None


_document = msgspec.msgpack.Decoder(RemindedDocument)


async def keep(occasion: Occasion, message: EboxMessage, on: date) -> KeepResult:
    """Store a reminder of a document for a day in Belgium; it replaces one of the same document. Raise NotLinked."""
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
    """Delete a reminder by its mark, sent or not, if there is one."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        if (await conn.execute(DROP, (occasion.citizen_id, mark))).rowcount:
            await journalling.note(conn, journalling.DROP_REMINDER, occasion)


async def due_at(citizen_id: UUID, key: str) -> datetime | None:
    """Tell when the reminder of a document (by its key, `key_of`) is due (UTC), or None. Nothing is decrypted."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id, await mark_of(citizen_id, key)))).fetchone()
    return row[0] if row else None


async def look(occasion: Occasion) -> Sequence[Reminder]:
    """Read all reminders of a citizen to show them, and journal that: those that are due first, then those sent."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        rows = await (await conn.execute(ALL, (occasion.citizen_id,))).fetchall()
        if rows:
            await journalling.note(conn, journalling.LOOK_REMINDERS, occasion)
    return await _open(occasion.citizen_id, rows)


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete all reminders of these citizens, in the caller's transaction, after their links."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Delete reminders that were sent STAYS before then; return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - STAYS,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen the documents of their reminders (provider and id), and when each is due."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    return [
        Record(EXPORTED, key_of(one.document.provider, one.document.id) if one.document else None, one.due_at)
        for one in await _open(citizen_id, rows)
    ]


async def mark_of(citizen_id: UUID, key: str) -> bytes:
    """Give the mark of a document (by its key, `key_of`): a keyed hash of 32 bytes, another for every citizen."""
    return await pseudonym.mark(citizen_id, b"mailbox reminder", key.encode())


def binding(mark: bytes) -> bytes:
    """Give the associated data of what is sealed in a row."""
    return b"mailbox_reminder\0" + mark


async def _open(citizen_id: UUID, rows: Sequence[tuple[Any, ...]]) -> Sequence[Reminder]:
    box = await citizens.data_box_if_any(citizen_id) if rows else None
    return [
        Reminder(bytes(mark), _read(box, bytes(mark), bytes(sealed)), due, told) for mark, sealed, due, told in rows
    ]


def _read(box: Box | None, mark: bytes, sealed: bytes) -> RemindedDocument | None:
    return content_of(box, sealed, binding(mark), _document.decode)
