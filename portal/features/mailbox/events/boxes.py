"""The box of who linked their eBox, kept so that the worker finds whose an event is while they are away.

It is an errand of its own purpose: the number and the proven public half of the citizen's pair, sealed with a key
that is made of their mail key, which the portal and the worker can make. The mark, by which it is found, is under a
key that the worker alone holds, who adds it.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import citizens, errands
from portal.platform.keys.boxes import content_of
from portal.platform.keys.errands import ErrandKeys
from portal.platform.kit.unprinted import Unprinted

from . import marks

PURPOSE = b"ebox events"
BOUND = b"mailbox_box"
PART = 500  # boxes that are marked at once

PUT = "insert into mailbox_box (citizen_id, sealed) values (%s, %s)"
DROP = "delete from mailbox_box where citizen_id = any(%s)"
HOLD = "select from mailbox_box where citizen_id = any(%s) order by citizen_id for update"
NEW = """
select citizen_id, sealed from mailbox_box where mark is null and citizen_id > %s order by citizen_id limit %s
"""
# Nobody has two pseudonyms: where a mark stands already, a row is not what it says.
MARK = """
update mailbox_box b set mark = given.mark
from unnest(%s::uuid[], %s::bytea[]) given(citizen_id, mark)
where b.citizen_id = given.citizen_id and b.mark is null
    and not exists (select from mailbox_box other where other.mark = given.mark)
"""

log = logging.getLogger("portal.mailbox")


class WatchedBox(Unprinted, frozen=True):
    """What the worker must know of a box. Never printed.

    number: the national number. public_key: of the citizen's pair, as it was proven when they linked it. since: when
    they did; None where that was not kept.
    """

    number: str
    public_key: bytes
    since: datetime | None = None


_box = msgspec.msgpack.Decoder(WatchedBox)


async def put(conn: AsyncConnection[Any], citizen_id: UUID, number: str, since: datetime) -> None:
    """Keep the box of a citizen who has keys, in the caller's transaction, in place of what was there."""
    box = WatchedBox(number, await citizens.public_key(citizen_id), since)
    sealed = (await citizens.errand_box(citizen_id, PURPOSE)).seal(msgspec.msgpack.encode(box), BOUND)
    await drop(conn, [citizen_id])
    await conn.execute(PUT, (citizen_id, sealed))


async def hold(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Wait for who puts in news of these citizens, in the order in which the worker holds many boxes: nobody waits
    for each other in a circle. For the worker.
    """
    await conn.execute(HOLD, (citizen_ids,))


async def drop(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Take these away, in the caller's transaction: events of those boxes are dropped unread from then on."""
    await conn.execute(DROP, (citizen_ids,))


def unseal(keys: ErrandKeys | None, sealed: bytes) -> WatchedBox | None:
    """Open a box; None for one that does not, or whose keys are gone."""
    return content_of(keys.box if keys else None, sealed, BOUND, _box.decode)


async def mark_new() -> None:
    """Mark the boxes that have no mark yet, by what is sealed in them. For the worker."""
    last = UUID(int=0)
    while True:
        async with pool.connection() as conn:
            rows = await (await conn.execute(NEW, (last, PART))).fetchall()
        if not rows:
            return
        # Those that do not open stay without: they keep none behind them from getting theirs.
        last = rows[-1][0]
        keys = await errands.keys_of([citizen_id for citizen_id, _ in rows], PURPOSE)
        found: dict[bytes, UUID] = {}
        for citizen_id, sealed in rows:
            box = unseal(keys.get(citizen_id), bytes(sealed))
            if box is not None:
                found[await marks.of_box(box.number)] = citizen_id
        async with pool.connection() as conn:
            await conn.execute(MARK, (list(found.values()), list(found)))
        if len(found) < len(rows):
            log.error("%s boxes do not open", len(rows) - len(found))
        if len(rows) < PART:
            return
