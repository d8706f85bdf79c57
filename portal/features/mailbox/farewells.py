"""Announce to the federation that a link ended, for citizens who had everything erased, or were away for two years.

No page of theirs can announce it. What stays for at most KEPT_FOR, in an unlogged table, is their national number,
sealed. It goes once the federation confirms, when they link their eBox again, or after its term (decision 0062).
Of citizens who had everything erased it is sealed with a key that the databases do not have and that needs none of
theirs. Of those who were away the worker, which has no such key, keeps what the box held: their own keys stay.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import citizens, pseudonym, subjects
from portal.platform.keys.errors import CannotOpen

from . import announcements
from .events import boxes

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
# Of many, by the worker: `put` of one whose box is there. A wish of before holds no more.
DROP_WISHES = "delete from mailbox_untold where citizen_id = any(%s)"
PUT_OF_MANY = """
with untold as (
    insert into mailbox_untold (citizen_id, wish, due_at, ends_at)
    select citizen_id, gen_random_uuid(), now(), now() + %(kept_for)s from mailbox_box
    where citizen_id = any(%(citizens)s) returning citizen_id
)
insert into mailbox_farewell (citizen_id, sealed, due_at, ends_at)
select citizen_id, b.sealed, now(), now() + %(kept_for)s from untold join mailbox_box b using (citizen_id)
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


async def put_of_many(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Keep the same of who did not sign in for two years, before their boxes go. The transaction names them."""
    if announcements.is_wanted():
        await conn.execute(DROP_WISHES, (citizen_ids,))
        await conn.execute(PUT_OF_MANY, {"citizens": citizen_ids, "kept_for": KEPT_FOR})


async def due(now: datetime) -> Sequence[tuple[UUID, bytes, datetime]]:
    """List at most a hundred farewells that are due: citizen, sealed national number, end of the term (UTC)."""
    async with pool.connection() as conn:
        return await (await conn.execute(DUE, {"now": now})).fetchall()


async def stands(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Tell whether a citizen's farewell is still to be sent, in the transaction of `announcements.take_turn`."""
    return await (await conn.execute(STANDS, (citizen_id,))).fetchone() is not None


async def open_number(citizen_id: UUID, sealed: bytes) -> tuple[str, UUID]:
    """Decrypt the national number of a farewell, and name its citizen for the journal: at random after an erasure.

    Raise CannotOpen, or KeysGone where the keys of a citizen who was away went since.
    """
    with suppress(CannotOpen):
        return (await pseudonym.passing_box(citizen_id, PURPOSE)).open(sealed, PURPOSE).decode(), uuid4()
    box = boxes.open_box(await citizens.errand_box(citizen_id, boxes.PURPOSE), sealed)
    # The worker writes these: another's number in it would have the portal speak for that other.
    if box is None or await pseudonym.citizen_id(box.national_number) != citizen_id:
        raise CannotOpen("a farewell")
    return box.national_number, await subjects.of(citizen_id)


async def wait(citizen_id: UUID, now: datetime, ends_at: datetime) -> None:
    """Set the next try: after as long as it has been tried already, within SOONEST and LATEST."""
    tried_for = now - (ends_at - KEPT_FOR)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(LATER, (now + min(max(tried_for, SOONEST), LATEST), citizen_id))


async def drop(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a farewell in the caller's transaction, which links the eBox again: pages announce that from then on."""
    await conn.execute(DROP, (citizen_id,))
