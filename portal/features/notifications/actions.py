"""Read marks, the archive, and deletion of notices; and the door to the other writes of this feature.

Positions (`types.Position`) say how far a citizen has read: what arrived after the page was made stays unread.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import arrivals
from portal.platform.keys.errors import CannotOpen

from . import preference_actions, rules
from .documents import DocumentNews as DocumentNews
from .documents import forget_documents as forget_documents
from .documents import put_documents as put_documents
from .preference_actions import AddressUnknown as AddressUnknown
from .preference_actions import mail_about_ebox as mail_about_ebox
from .preference_actions import no_mail_about_ebox as no_mail_about_ebox
from .types import Position

MOST_TAKEN_IN = 200  # waiting notices that one visit of the list seals to the citizen
OPENED = """
update notifications_thread set (opened_at, opened_number, is_marked_unread) = (
    case when (opened_at, opened_number) > (%(at)s, %(number)s) then opened_at else %(at)s end,
    case when (opened_at, opened_number) > (%(at)s, %(number)s) then opened_number else %(number)s end,
    false
)
where citizen_id = %(citizen)s and thread = %(thread)s and (
    is_marked_unread or opened_at is null or (opened_at, opened_number) < (%(at)s, %(number)s)
)
"""
UNREAD = "select notifications_unread(%s)"
MARK_UNREAD = "update notifications_thread set is_marked_unread = true where citizen_id = %s and thread = %s"
# Up to the shown position, but never before the position that is archived already, nor after the newest notice.
ARCHIVE = """
update notifications_thread set (archived_at, archived_number) = (
    select place.at, place.number from (values
        (archived_at, archived_number),
        (
            case when (newest_at, newest_number) < (%(at)s, %(number)s) then newest_at else %(at)s end,
            case when (newest_at, newest_number) < (%(at)s, %(number)s) then newest_number else %(number)s end
        )
    ) place(at, number)
    where place.at is not null order by place.at desc, place.number desc limit 1
)
where citizen_id = %(citizen)s and thread = %(thread)s
"""
TAKE_BACK = """
update notifications_thread set (archived_at, archived_number) = (null, null)
where citizen_id = %s and thread = %s
"""
# Locked, so that erasing waits: a citizen who is erased meanwhile must not get new keys here.
WAITING = """
select id, sealed from notifications_notice where citizen_id = %s and is_waiting order by id limit %s for update
"""
TAKE_IN = """
update notifications_notice n set sealed = given.sealed, is_waiting = false
from unnest(%(ids)s::uuid[], %(sealed)s::bytea[]) given(id, sealed)
where n.citizen_id = %(citizen)s and n.id = given.id and n.is_waiting
"""
# `notifications_receive` takes the same lock: a notice that it adds meanwhile would survive the deletion otherwise.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('notifications ' || %s::uuid, 0))"
FORGET = (
    ONE_BY_ONE,
    # Threads are locked in the order that receiving and sweeping use, so that none deadlock.
    "select from notifications_thread where citizen_id = %s order by thread for update",
    "delete from notifications_thread where citizen_id = %s",
    "delete from notifications_notice where citizen_id = %s",
)
FORGET_LATE = (
    *FORGET[:2],
    "delete from notifications_notice where citizen_id = %s and not is_waiting",
    """
    delete from notifications_thread t where t.citizen_id = %s and not exists (
        select from notifications_notice n where n.citizen_id = t.citizen_id and n.thread = t.thread
    )
    """,
)
PART = 500  # notices that one transaction of a sweep deletes, and so locks
SWEEP = "select from generate_series(1, notifications_sweep(%s, %s))"  # a row for each notice that it deleted
SWEEP_BUNDLES = """
delete from notifications_bundle where mark in (
    select mark from notifications_bundle where ends_at < %s order by ends_at limit %s
)
"""


async def note_opening(citizen_id: UUID, thread: UUID, newest: Position) -> int:
    """Note that a citizen opened a thread whose newest notice was at this position; return how many are unread now.

    A notice that arrived meanwhile stays unread.
    """
    given = {"citizen": citizen_id, "thread": thread, "at": newest.at, "number": newest.number}
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(OPENED, given)
        row = await (await conn.execute(UNREAD, (citizen_id,))).fetchone()
    return int(row[0]) if row else 0


async def mark_unread(citizen_id: UUID, thread: UUID) -> bool:
    """Mark a thread as unread; False where the citizen has no such thread."""
    return await _change(MARK_UNREAD, citizen_id, thread)


async def archive(citizen_id: UUID, thread: UUID, shown: Position) -> bool:
    """Archive a thread up to the position that was shown; False where the citizen has no such thread.

    A notice after that position that is not silent brings the thread back, also one that arrived before this call.
    """
    given = {"citizen": citizen_id, "thread": thread, "at": shown.at, "number": shown.number}
    async with pool.as_citizen(citizen_id) as conn:
        return bool((await conn.execute(ARCHIVE, given)).rowcount)


async def take_back(citizen_id: UUID, thread: UUID) -> bool:
    """Take a thread out of the archive; False where the citizen has no such thread."""
    return await _change(TAKE_BACK, citizen_id, thread)


async def take_in(citizen_id: UUID) -> int:
    """Seal waiting notices to the citizen, who gets keys where they have none; return how many were sealed.

    Notices wait, sealed for the installation, while their citizen has no keys (`keys.arrivals`).
    """
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(WAITING, (citizen_id, MOST_TAKEN_IN))).fetchall()
        if not rows:
            return 0
        opener = await arrivals.opener(citizen_id, [bytes(sealed) for _, sealed in rows])
        found: dict[UUID, tuple[bytes, bytes]] = {}
        for notice_id, sealed in rows:
            try:
                content = opener.open(bytes(sealed), rules.binding(notice_id))
            except CannotOpen:
                continue  # It stays, and pages show it as a notice that cannot be read.
            found[notice_id] = (content, rules.binding(notice_id))
        sealed_anew = await arrivals.seal_anew(citizen_id, list(found.values()))
        given = {"citizen": citizen_id, "ids": list(found), "sealed": sealed_anew}
        return (await conn.execute(TAKE_IN, given)).rowcount


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete all notices and preferences of a citizen, in the caller's transaction, before their keys are erased."""
    await _forget(conn, citizen_id, FORGET)


async def forget_late(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete the same after all else was erased, but leave waiting notices, which arrived since then."""
    await _forget(conn, citizen_id, FORGET_LATE)


async def expire(before: datetime) -> int:
    """Delete notices and bundles whose term ended before then; return how many notices. For the worker."""
    total = 0
    while gone := await pool.sweep(SWEEP, (before, PART)):
        total += gone
    while await pool.sweep(SWEEP_BUNDLES, (before, PART)):
        pass
    return total


async def _forget(conn: AsyncConnection[Any], citizen_id: UUID, statements: Sequence[str]) -> None:
    for statement in statements:
        await conn.execute(statement.encode(), (citizen_id,))
    await preference_actions.forget(conn, citizen_id)


async def _change(statement: str, citizen_id: UUID, thread: UUID) -> bool:
    async with pool.as_citizen(citizen_id) as conn:
        return bool((await conn.execute(statement.encode(), (citizen_id, thread))).rowcount)
