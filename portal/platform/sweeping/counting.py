"""How many rows of each table outlived their term, and how many will have by another day."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from psycopg.types.json import Jsonb

from portal.platform.database import pool, terms
from portal.platform.language.dates import BRUSSELS

KEEP = "update sweeping_state set counted_at = now(), overdue = %s where only_one"
STATE = "select looked_at, trouble, counted_at, overdue from sweeping_state"

log = logging.getLogger("portal.sweeping")


class TableCount(msgspec.Struct, frozen=True):
    """One table: its term in words, how many rows outlived it in spite of a sweep, how many will by some day."""

    table: str
    term: str
    older_than_term: int
    would_go: int


class SweepReport(msgspec.Struct, frozen=True):
    """How sweeping goes, for operators. Moments are UTC, None for never.

    trouble: why the clock was not believed when a job last asked. overdue: by table, as it was counted.
    """

    looked_at: datetime | None
    trouble: str | None
    counted_at: datetime | None
    overdue: Mapping[str, int]


async def count(on: date) -> Sequence[TableCount]:
    """Count every table; on: the day (of Belgium) for `would_go`. For the worker."""
    end = datetime.combine(on + timedelta(days=1), time(), BRUSSELS).astimezone(UTC)
    found = []
    for each in terms.terms():
        late = await terms.count_overdue(each, end)
        found.append(TableCount(each.table, each.term.term, late.now, late.then))
    return found


async def keep_count(on: date) -> int:
    """Count every table and keep what outlived its term for operators; returns how many rows. For the worker."""
    overdue = {each.table: each.older_than_term for each in await count(on) if each.older_than_term}
    async with pool.connection() as conn:
        await conn.execute(KEEP, (Jsonb(overdue),))
    for table, rows in overdue.items():
        log.error("older than their term: %s rows of %s", rows, table)
    return sum(overdue.values())


async def report() -> SweepReport:
    """Tell operators how sweeping goes."""
    return SweepReport(*(await pool.repeatable(STATE))[0])
