"""Tell reminders on their day, for the worker: each becomes a notice with its mail, as news of the eBox does.

A reminder, its notice and its mail are one transaction, so nothing is lost or told twice, whatever dies. Nobody is
asked for the document: the worker has no key of tokens, and the citizen asked to be told whatever became of it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from portal.features.notifications import actions as notifications
from portal.features.notifications.actions import DocumentNews
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.platform.database import pool
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.keys.boxes import content_of

from .. import journalling
from ..events import boxes, marks
from ..events.boxes import WatchedBox
from . import storage
from .storage import ReminderErrand

PART = 100  # of one transaction
KEPT_FOR = timedelta(days=730)  # that its notice stays, where its document does not disappear before

DUE = "select distinct citizen_id from mailbox_reminder where told_at is null and due_at <= %s limit %s"
# As whoever takes in events does: who withdraws takes the box first, and waits, or has done so already.
HELD_BOXES = "select citizen_id, sealed from mailbox_box where citizen_id = any(%s) order by citizen_id for share"
# Another worker that is at one of them is not waited for.
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
    """A reminder that is to be told, with its box. Never printed."""

    citizen_id: UUID
    mark: bytes
    errand: ReminderErrand
    box: WatchedBox

    def __repr__(self) -> str:
        return "_DueReminder(…)"


async def send_due(now: datetime) -> int:
    """Tell all that are due; returns how many."""
    total = 0
    while True:
        async with pool.connection() as conn:
            rows = await (await conn.execute(DUE, (now, PART))).fetchall()
        if not rows:
            return total
        async with pool.transaction() as conn:
            told, held = await _send(conn, [citizen_id for (citizen_id,) in rows], now)
        total += told
        if not held:  # another worker has them all
            return total


async def _send(conn: AsyncConnection[Any], citizen_ids: list[UUID], now: datetime) -> tuple[int, int]:
    """Tell what is due of these citizens, in the caller's transaction; gives how many, and how many were seen to."""
    kept = {who: bytes(one) for who, one in await (await conn.execute(HELD_BOXES, (sorted(citizen_ids),))).fetchall()}
    rows = await (await conn.execute(HELD, (citizen_ids, now, PART))).fetchall()
    due, gone = await _open(kept, rows, now)
    if due:
        subjects = await errands.keys_of(list({one.citizen_id for one in due}), storage.PURPOSE)
        occasions = [Occasion(who, now, str(uuid4()), WORKER, one.subject) for who, one in subjects.items()]
        await journalling.note_for(conn, journalling.TELL_REMINDER, occasions)
        await notifications.put_documents(conn, [await _news(one, now) for one in due], now)
        await conn.execute(TOLD, (now, [one.citizen_id for one in due], [one.mark for one in due]))
    if gone:
        await conn.execute(DROP, ([who for who, _ in gone], [mark for _, mark in gone]))
    return len(due), len(rows)


async def _open(
    kept: dict[UUID, bytes], rows: list[tuple[Any, ...]], now: datetime
) -> tuple[list[_DueReminder], list[tuple[UUID, bytes]]]:
    """Open them, each with its box; what has no box any more, does not open or is over is to go."""
    citizen_ids = list({row[0] for row in rows})
    box_keys = await errands.keys_of(citizen_ids, boxes.PURPOSE)
    keys = await errands.keys_of(citizen_ids, storage.PURPOSE)
    due: list[_DueReminder] = []
    gone: list[tuple[UUID, bytes]] = []
    unopened = 0
    for citizen_id, mark, sealed in rows:
        box = boxes.unseal(box_keys.get(citizen_id), kept[citizen_id]) if citizen_id in kept else None
        errand = _read(keys.get(citizen_id), bytes(mark), bytes(sealed))
        unopened += errand is None
        if box is None or errand is None or (errand.expires_at is not None and errand.expires_at <= now):
            gone.append((citizen_id, bytes(mark)))
        else:
            due.append(_DueReminder(citizen_id, bytes(mark), errand, box))
    if unopened:
        log.error("%s reminders do not open", unopened)
    return due, gone


def _read(keys: errands.ErrandKeys | None, mark: bytes, sealed: bytes) -> ReminderErrand | None:
    return content_of(keys.box if keys else None, sealed, storage.binding(mark), _errand.decode)


async def _news(one: _DueReminder, now: datetime) -> DocumentNews:
    errand = one.errand
    thread = await marks.of_message(one.box.number, errand.provider, errand.id)
    document = EboxDocument(
        EboxNews.ASKED, errand.sender, errand.provider, errand.id, errand.expires_at, errand.is_registered
    )
    ends_at = min(errand.expires_at or now + KEPT_FOR, now + KEPT_FOR)
    return DocumentNews(one.citizen_id, one.box.public_key, thread, document, ends_at)
