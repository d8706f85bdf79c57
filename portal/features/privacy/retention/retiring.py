"""Take away what somebody gave us who was not here for two years: all of many citizens in one transaction."""

import asyncio
from datetime import date, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.keys import errands
from portal.platform.language.dates import day_here

from . import journalling, rules

PART = 2000  # citizens in one transaction: their rows are held no longer than that takes
AT_ONCE = 2  # transactions: while one writes in the journal, another deletes

# Who signs in at this very moment waits, or is left alone.
HOLD = """
select seen_on, citizen_id from privacy_visit
where seen_on <= %s and announced_on <= %s and (seen_on, citizen_id) > (%s, %s)
order by seen_on, citizen_id limit %s for update skip locked
"""
RETIRED = """
update privacy_visit set seen_on = null, announced_on = null, mail_id = null, retired_on = %s
where citizen_id = any(%b)
"""
# A main database that was put back has rows of who was erased since. Nobody erases these again.
DROP_KEYLESS = "delete from privacy_visit where citizen_id = any(%b)"


async def retire(now: datetime) -> int:
    """Take it away of all whose two years are over and who were told a month ago; returns of how many.

    For the worker. Features say by `Tables.retire` what it is. Who signs in just then is left to the next round.
    """
    over = _Over(day_here(now))
    done = await asyncio.gather(*(_retire_over(over, now) for _ in range(AT_ONCE)), return_exceptions=True)
    for one in done:
        if isinstance(one, BaseException):
            raise one
    return over.gone


class _Over:
    """Who is over, part by part, each of them to one transaction."""

    def __init__(self, today: date) -> None:
        self.today = today
        self.gone = 0
        self._last = (date.min, UUID(int=0))  # of those held, in the order in which they are
        self._taking = asyncio.Lock()

    async def hold(self, conn: AsyncConnection[Any]) -> list[UUID]:
        """Hold the next of them, in the caller's transaction; none where there are no others."""
        async with self._taking:
            until = (rules.years_before(self.today), self.today - rules.AHEAD)
            held = await conn.execute(HOLD, (*until, *self._last, PART), binary=True)
            rows = await held.fetchall()
            self._last = rows[-1] if rows else self._last
        return [citizen_id for _, citizen_id in rows]


async def _retire_over(over: _Over, now: datetime) -> None:
    """Do so part by part until there are no others."""
    while True:
        async with pool.long_transaction() as conn:
            citizen_ids = await over.hold(conn)
            if not citizen_ids:
                return
            await _retire(conn, citizen_ids, over.today, now)
        over.gone += len(citizen_ids)


async def _retire(conn: AsyncConnection[Any], citizen_ids: list[UUID], today: date, now: datetime) -> None:
    """Do so of these, whose rows the transaction holds. Of who has no keys not even the day stays."""
    # While the database takes it away, it is found how the journal names them.
    naming = asyncio.create_task(errands.subjects_of(citizen_ids))
    try:
        await pool.name_citizens(conn, citizen_ids)
        touched: set[UUID] = set()
        for feature in installed.with_tables():
            if feature.tables and feature.tables.retire:
                touched |= set(await feature.tables.retire(conn, citizen_ids))
        await conn.execute(RETIRED, (today, citizen_ids))
        names = await naming
    finally:
        naming.cancel()
        await asyncio.gather(naming, return_exceptions=True)
    if keyless := [one for one in citizen_ids if one not in names]:
        await conn.execute(DROP_KEYLESS, (keyless,))
    # Who has no keys has no name in the journal either.
    await journalling.note_retired(conn, [name for one in touched if (name := names.get(one)) is not None], now)
