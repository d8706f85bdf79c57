"""Repeat erasures: a key database that was put back from a back-up has keys again that were erased since.

For as long as such a back-up can be kept, the main database holds a mark of those keys: a hash of their public half.
A mark leads to nobody, since what related the keys to a citizen was erased with them.
"""

import logging
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import citizens

PUT = "insert into access_erased (mark, ends_at) values (%s, %s) on conflict (mark) do nothing"
MARKS = "select mark from access_erased order by mark"
EXPIRE = "delete from access_erased where ends_at < %s"
PART = 1000  # marks that one statement looks for

log = logging.getLogger("portal.access")


async def note(conn: AsyncConnection[Any], citizen_id: UUID, now: datetime) -> None:
    """Keep the mark of a citizen's keys, in the transaction that erases everything else of them."""
    mark = await citizens.erasing_mark(citizen_id)
    if mark is not None:
        await conn.execute(PUT, (mark, now + timedelta(days=settings.KEYS_BACKUP_DAYS)))


async def repeat() -> int:
    """Erase the keys that a back-up brought back; returns of how many citizens. For the worker."""
    marks = [bytes(mark) for (mark,) in await pool.repeatable(MARKS)]
    gone = 0
    for start in range(0, len(marks), PART):
        gone += await citizens.erase_again(marks[start : start + PART])
    if gone:
        log.warning("the key database had keys again of %s that were erased: erased once more", gone)
    return gone


async def expire(now: datetime) -> int:
    """Delete the marks of keys that no back-up can hold any more; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (now,))
