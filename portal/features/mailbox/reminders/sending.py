"""Send reminders on their day, for the worker: each becomes a notice with its mail, as news of the eBox does.

The row, its notice and its mail change in one transaction, so no reminder is lost or sent twice when a process stops.
The provider is not asked for the document: the worker cannot make source tokens, and the citizen wants the reminder
even if they have read the document meanwhile.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.features.notifications import actions as notifications
from portal.features.notifications.actions import DocumentNews
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.platform.database import pool
from portal.platform.keys import errands
from portal.platform.keys.boxes import content_of

from .. import journalling
from ..events import boxes, marks
from ..events.boxes import WatchedBox
from . import storage
from .storage import ReminderErrand

PART = 100  # reminders of one transaction
KEPT_FOR = timedelta(days=730)  # for how long a notice stays, unless its document expires before

DUE = "select distinct citizen_id from mailbox_reminder where told_at is null and due_at <= %s limit %s"
# Locks boxes as `events.pulling` does: a withdrawal, which deletes the box first, comes wholly before or after this.
HELD_BOXES = "select citizen_id, sealed from mailbox_box where citizen_id = any(%s) order by citizen_id for share"
# Rows that another worker has locked are left to it.
HELD = """
select citizen_id, mark, errand from mailbox_reminder
where citizen_id = any(%s) and told_at is null and due_at <= %s order by citizen_id, mark limit %s
for update skip locked
"""
TOLD = """
update mailbox_reminder r set told_at = %s, errand = null from unnest(%s::uuid[], %s::bytea[]) given(citizen_id, mark)
where r.citizen_id = given.citizen_id and r.mark = given.mark
"""
DROP = """
delete from mailbox_reminder r using unnest(%s::uuid[], %s::bytea[]) given(citizen_id, mark)
where r.citizen_id = given.citizen_id and r.mark = given.mark
"""

log = logging.getLogger("portal.mailbox")
_errand = msgspec.msgpack.Decoder(ReminderErrand)


class _DueReminder(NamedTuple):
    """A reminder that is due, with its citizen's box. Its repr hides its content."""

    citizen_id: UUID
    mark: bytes
    errand: ReminderErrand
    box: WatchedBox

    def __repr__(self) -> str:
        return "_DueReminder(…)"


async def send_due(now: datetime) -> int:
    """Send all reminders that are due; return how many."""
    total = 0
    while True:
        async with pool.connection() as conn:
            rows = await (await conn.execute(DUE, (now, PART))).fetchall()
        if not rows:
            return total
        async with pool.transaction() as conn:
            sent, locked = await _send(conn, [citizen_id for (citizen_id,) in rows], now)
        total += sent
        if not locked:  # another worker has locked all of them
            return total


async def _send(conn: AsyncConnection[Any], citizen_ids: list[UUID], now: datetime) -> tuple[int, int]:
    """Send what is due of these citizens, in the caller's transaction; return how many were sent, how many locked.

    Those that were locked and not sent are deleted.
    """
    held = await (await conn.execute(HELD_BOXES, (sorted(citizen_ids),))).fetchall()
    sealed_boxes = {citizen_id: bytes(sealed) for citizen_id, sealed in held}
    rows = await (await conn.execute(HELD, (citizen_ids, now, PART))).fetchall()
    due, gone = await _open(sealed_boxes, rows, now)
    if due:
        keys = await errands.keys_of(list({one.citizen_id for one in due}), storage.PURPOSE)
        await journalling.note_for(conn, journalling.TELL_REMINDER, [one.subject for one in keys.values()], now)
        await notifications.put_documents(conn, [await _news(one, now) for one in due], now)
        await conn.execute(TOLD, (now, [one.citizen_id for one in due], [one.mark for one in due]))
    if gone:
        await conn.execute(DROP, ([who for who, _ in gone], [mark for _, mark in gone]))
    return len(due), len(rows)


async def _open(
    sealed_boxes: dict[UUID, bytes], rows: list[tuple[Any, ...]], now: datetime
) -> tuple[list[_DueReminder], list[tuple[UUID, bytes]]]:
    """Decrypt rows with their boxes; return those to send, and those to delete (citizen, mark).

    A row is deleted where its citizen has no box any more, where it cannot be decrypted, or its document has expired.
    """
    citizen_ids = list({row[0] for row in rows})
    box_keys = await errands.keys_of(citizen_ids, boxes.PURPOSE)
    keys = await errands.keys_of(citizen_ids, storage.PURPOSE)
    due: list[_DueReminder] = []
    gone: list[tuple[UUID, bytes]] = []
    unopened = 0
    for citizen_id, mark, sealed in rows:
        sealed_box = sealed_boxes.get(citizen_id)
        box = boxes.unseal(box_keys.get(citizen_id), sealed_box) if sealed_box is not None else None
        errand = _read(keys.get(citizen_id), bytes(mark), bytes(sealed))
        unopened += errand is None
        if box is None or errand is None or (errand.expires_at is not None and errand.expires_at <= now):
            gone.append((citizen_id, bytes(mark)))
        else:
            due.append(_DueReminder(citizen_id, bytes(mark), errand, box))
    if unopened:
        log.error("%s reminders cannot be decrypted", unopened)
    return due, gone


def _read(keys: errands.ErrandKeys | None, mark: bytes, sealed: bytes) -> ReminderErrand | None:
    return content_of(keys.box if keys else None, sealed, storage.binding(mark), _errand.decode)


async def _news(one: _DueReminder, now: datetime) -> DocumentNews:
    errand = one.errand
    thread = await marks.of_message(one.box.national_number, errand.provider, errand.id)
    document = EboxDocument(
        EboxNews.ASKED, errand.sender, errand.provider, errand.id, errand.expires_at, errand.is_registered
    )
    ends_at = min(errand.expires_at or now + KEPT_FOR, now + KEPT_FOR)
    return DocumentNews(one.citizen_id, one.box.public_key, thread, document, ends_at)
