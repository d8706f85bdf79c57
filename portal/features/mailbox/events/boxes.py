"""Store the box of each citizen who linked their eBox, so that the worker can tell whose an event is.

A box is an errand: the national number, and the proven public key of the citizen's pair, sealed with a key derived
from their mail key, which portal and worker can both derive. It is found by its mark, a keyed hash of the national
number; only the worker has that key, so the portal adds a box without mark and the worker adds the mark.
"""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import citizens, errands
from portal.platform.keys.boxes import Box, content_of
from portal.platform.keys.errands import ErrandKeys
from portal.platform.kit.unprinted import Unprinted

from . import marks

PURPOSE = b"ebox events"
BOUND = b"mailbox_box"
PART = 500  # boxes that are marked at once

PUT = "insert into mailbox_box (citizen_id, sealed) values (%s, %s)"
IS_THERE = "select from mailbox_box where citizen_id = %s"
DROP = "delete from mailbox_box where citizen_id = any(%s)"
HOLD = "select from mailbox_box where citizen_id = any(%s) order by citizen_id for update"
NEW = """
select citizen_id, sealed from mailbox_box where mark is null and citizen_id > %s order by citizen_id limit %s
"""
# No citizen has two pseudonyms: a second box with the same mark is a forged row, and gets none.
MARK = """
update mailbox_box b set mark = given.mark
from unnest(%s::uuid[], %s::bytea[]) given(citizen_id, mark)
where b.citizen_id = given.citizen_id and b.mark is null
    and not exists (select from mailbox_box other where other.mark = given.mark)
"""

log = logging.getLogger("portal.mailbox")


class WatchedBox(Unprinted, frozen=True):
    """What the worker must know of a box.

    national_number: of its citizen. public_key: of the citizen's pair, as proven when they linked their eBox. since:
    when they did (UTC); None in old rows, which lack it.
    """

    national_number: str = msgspec.field(name="number")
    public_key: bytes
    since: datetime | None = None


_box = msgspec.msgpack.Decoder(WatchedBox)


async def put(conn: AsyncConnection[Any], citizen_id: UUID, national_number: str, since: datetime) -> None:
    """Store the box of a citizen who has keys, in the caller's transaction; it replaces an older one."""
    box = WatchedBox(national_number, await citizens.public_key(citizen_id), since)
    sealed = (await citizens.errand_box(citizen_id, PURPOSE)).seal(msgspec.msgpack.encode(box), BOUND)
    await drop(conn, [citizen_id])
    await conn.execute(PUT, (citizen_id, sealed))


async def is_there(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    """Tell whether a citizen has a box, in the caller's transaction."""
    return await (await conn.execute(IS_THERE, (citizen_id,))).fetchone() is not None


async def hold(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Lock the boxes of these citizens, in the order that all jobs use, so that none deadlock. For the worker."""
    await conn.execute(HOLD, (citizen_ids,))


async def drop(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete these boxes, in the caller's transaction: events of them are ignored from then on."""
    await conn.execute(DROP, (citizen_ids,))


def unseal(keys: ErrandKeys | None, sealed: bytes) -> WatchedBox | None:
    """Decrypt a box; None where that fails, or the citizen's keys are gone."""
    return open_box(keys.box, sealed) if keys else None


def open_box(errand_box: Box, sealed: bytes) -> WatchedBox | None:
    """Decrypt a box with the citizen's errand box of PURPOSE; None where that fails."""
    return content_of(errand_box, sealed, BOUND, _box.decode)


async def mark_new() -> None:
    """Add the mark to boxes that have none yet, from the number that is sealed in them. For the worker."""
    last = UUID(int=0)
    while True:
        async with pool.connection() as conn:
            rows = await (await conn.execute(NEW, (last, PART))).fetchall()
        if not rows:
            return
        # Boxes that cannot be decrypted stay without mark; the loop goes on behind them.
        last = rows[-1][0]
        keys = await errands.keys_of([citizen_id for citizen_id, _ in rows], PURPOSE)
        found: dict[bytes, UUID] = {}
        for citizen_id, sealed in rows:
            box = unseal(keys.get(citizen_id), bytes(sealed))
            if box is not None:
                found[await marks.of_box(box.national_number)] = citizen_id
        async with pool.connection() as conn:
            await conn.execute(MARK, (list(found.values()), list(found)))
        if len(found) < len(rows):
            log.error("%s boxes cannot be decrypted", len(rows) - len(found))
        if len(rows) < PART:
            return
