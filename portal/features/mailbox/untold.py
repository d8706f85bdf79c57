"""That the federation does not know yet how it stands with a link: a row until it does.

Which of the two is to be told is not kept: it is what the link says when it is told. wish: a new one each time it
changes, so that who tells the one before sees that it is not the last. Whoever tells holds the row for a moment: two
words never race each other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record

from . import section

EXPORTED = "ebox_untold"
KEPT_FOR = timedelta(days=30)  # that a withdrawal is tried to be told
HELD = timedelta(seconds=10)  # longer than a word may be on its way

# Whoever holds it goes on holding it, and tells what changed meanwhile.
PUT = """
insert into mailbox_untold (citizen_id, wish, due_at, ends_at) values (%s, %s, %s, %s)
on conflict (citizen_id) do update set wish = excluded.wish, ends_at = excluded.ends_at
"""
HOLD = "update mailbox_untold set due_at = %s where citizen_id = %s and due_at <= %s returning wish"
LET_GO = "update mailbox_untold set due_at = %s where citizen_id = %s"
SETTLE = "delete from mailbox_untold where citizen_id = %s and wish = %s"
# What is still to be told of who had everything erased stays for its own term (`farewells`).
FORGET = """
delete from mailbox_untold u where u.citizen_id = any(%s)
    and not exists (select from mailbox_farewell f where f.citizen_id = u.citizen_id)
"""
EXPIRE = "delete from mailbox_untold where ends_at < %s"
EXPORT = "select due_at from mailbox_untold where citizen_id = %s"


async def put(
    conn: AsyncConnection[Any], citizen_id: UUID, now: datetime, *, is_linked: bool, ends_at: datetime | None = None
) -> bool:
    """Keep, in the transaction that makes or ends a link, that it is to be told, where the federation takes it.

    ends_at: of a withdrawal, until when it is tried, where not for KEPT_FOR. Tells whether the federation takes it.
    """
    until = None if is_linked else ends_at or now + KEPT_FOR
    agency = section.federation()
    box = section.dutch(agency) if agency else None
    if box is None or not box.consents:
        return False
    await conn.execute(PUT, (citizen_id, uuid4(), now, until))
    return True


async def hold(conn: AsyncConnection[Any], citizen_id: UUID, now: datetime) -> UUID | None:
    """Take the turn to tell; gives the wish, None where there is nothing to tell or another has the turn.

    As long as the caller's transaction is open, the link does not change.
    """
    row = await (await conn.execute(HOLD, (now + HELD, citizen_id, now))).fetchone()
    return row[0] if row else None


async def let_go(citizen_id: UUID, now: datetime) -> None:
    """Give the turn back: it is still to be told."""
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(LET_GO, (now, citizen_id))


async def settle(citizen_id: UUID, wish: UUID, now: datetime) -> bool:
    """Forget it once it is told; False where it changed meanwhile, and then the turn is given back."""
    async with pool.as_citizen(citizen_id) as conn:
        if (await conn.execute(SETTLE, (citizen_id, wish))).rowcount:
            return True
        await conn.execute(LET_GO, (now, citizen_id))
    return False


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Take away what is untold of these citizens, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Take away withdrawals that could not be told in their time; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (before,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen that the federation does not know yet what they chose."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(EXPORT, (citizen_id,))).fetchall()
    return [Record(EXPORTED, "nog te melden aan de eBox", at) for (at,) in rows]
