"""Of whom the federation is still to be told that their eBox is not linked, after they had everything erased.

Nothing of theirs is left by which a page or the worker could tell it. Their national number is, sealed, unlogged and
for days: it goes once the federation has heard it, when they link their eBox anew, and after its term.
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
SOONEST, LATEST = timedelta(minutes=1), timedelta(hours=6)  # between two tries

# The federation may have heard a yes, also where it was taken back and not told.
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


async def put(conn: AsyncConnection[Any], citizen_id: UUID, number: str, now: datetime) -> bool:
    """Keep, in the transaction that erases, that a link is to be told away; False where there can be none."""
    if await (await conn.execute(MAY_BE_LINKED, {"citizen": citizen_id})).fetchone() is None:
        return False
    ends_at = now + KEPT_FOR
    if not await announcements.put(conn, citizen_id, now, is_linked=False, ends_at=ends_at):
        return False
    box = await pseudonym.passing_box(citizen_id, PURPOSE)
    await conn.execute(PUT, (citizen_id, box.seal(number.encode(), PURPOSE), now, ends_at))
    return True


async def due(now: datetime) -> Sequence[tuple[UUID, bytes, datetime]]:
    """List of whom it is to be tried: whose, their number sealed, and until when."""
    async with pool.connection() as conn:
        return await (await conn.execute(DUE, {"now": now})).fetchall()


async def stands(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Tell whether a citizen's farewell is still to be sent, in the transaction of `announcements.take_turn`."""
    return await (await conn.execute(STANDS, (citizen_id,))).fetchone() is not None


async def number_in(citizen_id: UUID, sealed: bytes) -> str:
    """Open whose it is. Raise CannotOpen."""
    return (await pseudonym.passing_box(citizen_id, PURPOSE)).open(sealed, PURPOSE).decode()


async def wait(citizen_id: UUID, now: datetime, ends_at: datetime) -> None:
    """Try again later, and ever later: after as long as it was tried already."""
    tried_for = now - (ends_at - KEPT_FOR)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(LATER, (now + min(max(tried_for, SOONEST), LATEST), citizen_id))


async def drop(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take it away in the caller's transaction: from here on pages tell how it stands."""
    await conn.execute(DROP, (citizen_id,))
