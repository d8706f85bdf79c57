"""Take away what somebody gave us who was not here for two years: all of many citizens in one transaction."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID, uuid4

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.language.dates import day_here

from . import journalling, rules

PART = 500  # citizens in one transaction: their rows are held no longer than that takes
PURPOSE = b"retention"

OVER = """
select citizen_id from privacy_visit where seen_on <= %s and announced_on <= %s order by seen_on, citizen_id limit %s
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

    For the worker. Features say by `Tables.retire` what it is.
    """
    today, gone = day_here(now), 0
    while part := await _over(today):
        retired = await _retire(part, today, now)
        if not retired:
            break  # all of them are signing in; the next round looks again
        gone += retired
    return gone


async def _over(today: date) -> list[UUID]:
    async with pool.connection() as conn:
        over = await conn.execute(OVER, (rules.years_before(today), today - rules.AHEAD, PART))
        return [row[0] for row in await over.fetchall()]


async def _retire(part: list[UUID], today: date, now: datetime) -> int:
    keys = await errands.keys_of(part, PURPOSE)
    async with pool.as_citizens(part) as conn:
        held = await conn.execute(HOLD, (part, rules.years_before(today), today - rules.AHEAD))
        citizen_ids = [row[0] for row in await held.fetchall()]
        touched: set[UUID] = set()
        for feature in installed.with_tables():
            if feature.tables and feature.tables.retire:
                touched |= set(await feature.tables.retire(conn, citizen_ids))
        await conn.execute(RETIRED, (today, citizen_ids))
        await journalling.note_retired(conn, _occasions(touched, keys, now))
    return len(citizen_ids)


def _occasions(touched: Collection[UUID], keys: dict[UUID, errands.ErrandKeys], now: datetime) -> list[Occasion]:
    """Make the occasion of each; who has no keys has no name in the journal either."""
    return [
        Occasion(citizen_id, now, str(uuid4()), WORKER, keys[citizen_id].subject)
        for citizen_id in sorted(touched)
        if citizen_id in keys
    ]
