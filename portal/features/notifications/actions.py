"""What a citizen does with notices, and how those are forgotten."""

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

MOST_TAKEN_IN = 200  # notices that waited, at one look
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
# Up to where they saw it: neither behind what they archived before nor ahead of what there is.
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
# Locked, so that forgetting waits: who is erased meanwhile gets no keys after that.
WAITING = """
select id, sealed from notifications_notice where citizen_id = %s and is_waiting order by id limit %s for update
"""
TAKE_IN = """
update notifications_notice n set sealed = given.sealed, is_waiting = false
from unnest(%(ids)s::uuid[], %(sealed)s::bytea[]) given(id, sealed)
where n.citizen_id = %(citizen)s and n.id = given.id and n.is_waiting
"""
# What takes notices in (`notifications_receive`) does the same: what came meanwhile would stay behind otherwise.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('notifications ' || %s::uuid, 0))"
FORGET = (
    ONE_BY_ONE,
    # In the order in which notices come and are swept: nobody waits for each other in a circle.
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
PART = 500  # of a sweep: its locks are let go after so many notices
SWEEP = "select from generate_series(1, notifications_sweep(%s, %s))"  # a row for each that went
SWEEP_BUNDLES = """
delete from notifications_bundle where mark in (
    select mark from notifications_bundle where ends_at < %s order by ends_at limit %s
)
"""


async def note_opening(citizen_id: UUID, thread: UUID, newest: Position) -> int:
    """Remember that a citizen opened a thread that stood there; returns how many threads are unread now.

    What came meanwhile stays unread.
    """
    given = {"citizen": citizen_id, "thread": thread, "at": newest.at, "number": newest.number}
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(OPENED, given)
        row = await (await conn.execute(UNREAD, (citizen_id,))).fetchone()
    return int(row[0]) if row else 0


async def mark_unread(citizen_id: UUID, thread: UUID) -> bool:
    """Mark a thread as unread; False when the citizen has none such."""
    return await _change(MARK_UNREAD, citizen_id, thread)


async def archive(citizen_id: UUID, thread: UUID, shown: Position) -> bool:
    """Archive a thread that stood there, until a later loud change brings it back; False when there is none such.

    What came since it was shown is not archived.
    """
    given = {"citizen": citizen_id, "thread": thread, "at": shown.at, "number": shown.number}
    async with pool.as_citizen(citizen_id) as conn:
        return bool((await conn.execute(ARCHIVE, given)).rowcount)


async def take_back(citizen_id: UUID, thread: UUID) -> bool:
    """Take a thread out of the archive; False when the citizen has none such."""
    return await _change(TAKE_BACK, citizen_id, thread)


async def take_in(citizen_id: UUID) -> int:
    """Seal to the citizen what waited for them to come, and give them keys when they have none; returns how many."""
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
                continue  # shown as what cannot be read any more
            found[notice_id] = (content, rules.binding(notice_id))
        sealed_anew = await arrivals.seal_anew(citizen_id, list(found.values()))
        given = {"citizen": citizen_id, "ids": list(found), "sealed": sealed_anew}
        return (await conn.execute(TAKE_IN, given)).rowcount


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away all that was notified to a citizen, in the caller's transaction; their keys are erased after it."""
    await _forget(conn, citizen_id, FORGET)


async def forget_late(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Do the same once all was erased, and leave what was notified since and waits for its citizen."""
    await _forget(conn, citizen_id, FORGET_LATE)


async def expire(before: datetime) -> int:
    """Take away notices whose term ended before then; returns how many. For the worker."""
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
