"""Announce to the federation that a link ended, for citizens who had everything erased here.

Their sessions and keys are gone, so no page of theirs can announce it any more. What stays for at most KEPT_FOR, in
an unlogged table, is their national number, sealed with a key that the databases do not have. It goes once the
federation confirms, when they link their eBox again, or after its term (decision 0062).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import pseudonym

from . import announcements

PURPOSE = b"mailbox farewell"
KEPT_FOR = timedelta(days=7)
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # the shortest and longest wait between two tries

# Also who withdrew their link, as long as that is not announced: the federation still has them as linked.
MAY_BE_LINKED = """
select 1 from mailbox_link where citizen_id = %(citizen)s
union all select 1 from mailbox_untold where citizen_id = %(citizen)s
"""
PUT = """
insert into mailbox_farewell (citizen_id, sealed, due_at, ends_at) values (%s, %s, %s, %s)
on conflict (citizen_id) do update
set sealed = excluded.sealed, due_at = excluded.due_at, ends_at = excluded.ends_at
"""
DUE = """
select citizen_id, sealed, ends_at from mailbox_farewell where due_at <= %(now)s and ends_at > %(now)s
order by due_at limit 100
"""
STANDS = "select 1 from mailbox_farewell where citizen_id = %s"
LATER = "update mailbox_farewell set due_at = %s where citizen_id = %s"
DROP = "delete from mailbox_farewell where citizen_id = %s"


async def put(conn: AsyncConnection[Any], citizen_id: UUID, national_number: str, now: datetime) -> bool:
    """Add a farewell in the transaction that erases all else; False where the federation need not hear anything."""
    if await (await conn.execute(MAY_BE_LINKED, {"citizen": citizen_id})).fetchone() is None:
        return False
    ends_at = now + KEPT_FOR
    if not await announcements.put(conn, citizen_id, now, is_linked=False, ends_at=ends_at):
        return False
    box = await pseudonym.passing_box(citizen_id, PURPOSE)
    await conn.execute(PUT, (citizen_id, box.seal(national_number.encode(), PURPOSE), now, ends_at))
    return True


async def due(now: datetime) -> Sequence[tuple[UUID, bytes, datetime]]:
    """List at most a hundred farewells that are due: citizen, sealed national number, end of the term (UTC)."""
    async with pool.connection() as conn:
        return await (await conn.execute(DUE, {"now": now})).fetchall()


async def stands(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Tell whether a citizen's farewell is still to be sent, in the transaction of `announcements.take_turn`."""
    return await (await conn.execute(STANDS, (citizen_id,))).fetchone() is not None


async def number_in(citizen_id: UUID, sealed: bytes) -> str:
    """Decrypt the national number of a farewell. Raise CannotOpen."""
    return (await pseudonym.passing_box(citizen_id, PURPOSE)).open(sealed, PURPOSE).decode()


async def wait(citizen_id: UUID, now: datetime, ends_at: datetime) -> None:
    """Set the next try: after as long as it has been tried already, within SOONEST and LATEST."""
    tried_for = now - (ends_at - KEPT_FOR)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(LATER, (now + min(max(tried_for, SOONEST), LATEST), citizen_id))


async def drop(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a farewell in the caller's transaction, which links the eBox again: pages announce that from then on."""
    await conn.execute(DROP, (citizen_id,))
