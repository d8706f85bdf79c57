"""Announcements to the federation that a link began or ended: a row for each that it has not confirmed yet.

A row does not say which of the two: that is read from the link when it is sent (`link.announcing`, and `farewells`
after all was erased). `wish` is a new random id with each change, which tells the sender that the link changed
meanwhile. A sender takes the turn for some seconds, so two messages about one link are never under way at once.
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
KEPT_FOR = timedelta(days=30)  # for how long a withdrawal is tried
TURN = timedelta(seconds=10)  # A message to the federation takes less.

# A new wish leaves `due_at` alone: whoever has the turn keeps it, and sends the new wish as well.
PUT = """
insert into mailbox_untold (citizen_id, wish, due_at, ends_at) values (%s, %s, %s, %s)
on conflict (citizen_id) do update set wish = excluded.wish, ends_at = excluded.ends_at
"""
TAKE_TURN = "update mailbox_untold set due_at = %s where citizen_id = %s and due_at <= %s returning wish"
RETURN_TURN = "update mailbox_untold set due_at = %s where citizen_id = %s"
SETTLE = "delete from mailbox_untold where citizen_id = %s and wish = %s"
# The row of a citizen who had everything erased stays for a term of its own (`farewells`).
FORGET = """
delete from mailbox_untold u where u.citizen_id = any(%s)
    and not exists (select from mailbox_farewell f where f.citizen_id = u.citizen_id)
"""
EXPIRE = "delete from mailbox_untold where ends_at < %s"
EXPORT = "select due_at from mailbox_untold where citizen_id = %s"


async def put(
    conn: AsyncConnection[Any], citizen_id: UUID, now: datetime, *, is_linked: bool, ends_at: datetime | None = None
) -> bool:
    """Add an announcement in the transaction that makes or ends a link; False where no federation takes any.

    ends_at: until when a withdrawal is tried; None for KEPT_FOR.
    """
    until = None if is_linked else ends_at or now + KEPT_FOR
    if is_wanted():
        await conn.execute(PUT, (citizen_id, uuid4(), now, until))
    return is_wanted()


def is_wanted() -> bool:
    """Whether there is a federation that wants to be told of links."""
    agency = section.federation()
    box = section.dutch(agency) if agency else None
    return box is not None and bool(box.consents)


async def take_turn(conn: AsyncConnection[Any], citizen_id: UUID, now: datetime) -> UUID | None:
    """Take the turn to send, and give the wish; None where there is nothing to send, or somebody else has the turn.

    While the caller's transaction is open, the link cannot change.
    """
    row = await (await conn.execute(TAKE_TURN, (now + TURN, citizen_id, now))).fetchone()
    return row[0] if row else None


async def return_turn(citizen_id: UUID, now: datetime) -> None:
    """Give the turn back after a failure: anybody may try again at once."""
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(RETURN_TURN, (now, citizen_id))


async def settle(citizen_id: UUID, wish: UUID, now: datetime) -> bool:
    """Delete the row whose wish is confirmed; False, with the turn given back, where the wish changed meanwhile."""
    async with pool.as_citizen(citizen_id) as conn:
        if (await conn.execute(SETTLE, (citizen_id, wish))).rowcount:
            return True
        await conn.execute(RETURN_TURN, (now, citizen_id))
    return False


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete the rows of these citizens, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Delete announcements of withdrawals that were tried in vain until then; return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before,))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen that the federation does not know their choice yet, and from when on it is announced."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(EXPORT, (citizen_id,))).fetchall()
    return [Record(EXPORTED, "nog te melden aan de eBox", at) for (at,) in rows]
