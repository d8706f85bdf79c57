"""Take away what somebody gave us who was not here for two years: all of many citizens in one transaction."""

import asyncio
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.language.dates import day_here

from . import journalling, rules

PART = 2000  # citizens in one transaction: their rows are held no longer than that takes
type _Place = tuple[date, UUID]  # of a row, in the order in which they are read
BEGINNING: _Place = (date.min, UUID(int=0))

OVER = """
select seen_on, citizen_id from privacy_visit
where seen_on <= %s and announced_on <= %s and (seen_on, citizen_id) > (%s, %s) order by seen_on, citizen_id limit %s
"""
# Who signs in at this very moment waits, or is left alone.
HOLD = """
select citizen_id from privacy_visit
where citizen_id = any(%s) and seen_on <= %s and announced_on <= %s order by citizen_id for update skip locked
"""
RETIRED = """
update privacy_visit set seen_on = null, announced_on = null, retired_on = %s where citizen_id = any(%s)
"""


async def retire(now: datetime) -> int:
    """Take it away of all whose two years are over and who were told a month ago; returns of how many.

    For the worker. Features say by `Tables.retire` what it is. Who signs in just then is left to the next round.
    """
    today, gone = day_here(now), 0
    following = asyncio.create_task(_over(today, BEGINNING))
    try:
        while part := await following:
            # While the database takes these away, it is found how the journal names the next.
            following = asyncio.create_task(_over(today, part[-1][:2]))
            gone += await _retire({citizen_id: name for _, citizen_id, name in part}, today, now)
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    return gone


async def _over(today: date, last: _Place) -> list[tuple[date, UUID, UUID | None]]:
    """List who is over, from behind a place on, with how the journal names them; None for who has no keys."""
    async with pool.connection() as conn:
        over = await conn.execute(OVER, (rules.years_before(today), today - rules.AHEAD, *last, PART))
        rows = await over.fetchall()
    names = await errands.subjects_of([citizen_id for _, citizen_id in rows]) if rows else {}
    return [(seen_on, citizen_id, names.get(citizen_id)) for seen_on, citizen_id in rows]


async def _retire(names: Mapping[UUID, UUID | None], today: date, now: datetime) -> int:
    part = list(names)
    async with pool.as_citizens(part) as conn:
        held = await conn.execute(HOLD, (part, rules.years_before(today), today - rules.AHEAD))
        citizen_ids = [row[0] for row in await held.fetchall()]
        touched: set[UUID] = set()
        for feature in installed.with_tables():
            if feature.tables and feature.tables.retire:
                touched |= set(await feature.tables.retire(conn, citizen_ids))
        await conn.execute(RETIRED, (today, citizen_ids))
        await journalling.note_retired(conn, _occasions(touched, names, now))
    return len(citizen_ids)


def _occasions(touched: Collection[UUID], names: Mapping[UUID, UUID | None], now: datetime) -> list[Occasion]:
    """Make the occasion of each; who has no keys has no name in the journal either."""
    return [
        Occasion(citizen_id, now, str(uuid4()), WORKER, name)
        for citizen_id in sorted(touched)
        if (name := names[citizen_id]) is not None
    ]
