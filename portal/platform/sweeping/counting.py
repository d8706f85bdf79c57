"""Count how many rows of each table are past their term, and how many will be by another day."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

import msgspec
from psycopg.types.json import Jsonb

from portal.platform.database import pool, terms
from portal.platform.language.dates import BRUSSELS

KEEP = "update sweeping_state set counted_at = now(), overdue = %s where only_one"
STATE = """
select looked_at, trouble, counted_at, overdue, now() - looked_at, now() - counted_at from sweeping_state
"""

log = logging.getLogger("portal.sweeping")


class TableCount(msgspec.Struct, frozen=True):
    """The count of one table.

    term: in words. older_than_term: rows that a sweep should have deleted. would_go: rows past their term by the day
    that was asked.
    """

    table: str
    term: str
    older_than_term: int
    would_go: int


class SweepReport(msgspec.Struct, frozen=True):
    """The state of sweeping, for operators. Moments are UTC, None for never.

    looked_at: when a job last verified the clock. trouble: why the clock was in doubt then. counted_at: when the
    tables were last counted, or, until they were, when the clock was first trusted. overdue: table -> rows that a
    sweep should have deleted, as of then.
    """

    looked_at: datetime | None
    trouble: str | None
    counted_at: datetime | None
    overdue: Mapping[str, int]


class SweepAge(NamedTuple):
    """How long ago the clock was verified and the tables were counted, by the database's clock; None for never."""

    looked: timedelta | None
    counted: timedelta | None


async def count(on: date) -> Sequence[TableCount]:
    """Count every table; on: the day (of Belgium) for `would_go`. For the worker."""
    end = datetime.combine(on + timedelta(days=1), time(), BRUSSELS).astimezone(UTC)
    counts = []
    for each in terms.terms():
        overdue = await terms.count_overdue(each, end)
        counts.append(TableCount(each.table, each.term.term, overdue.now, overdue.then))
    return counts


async def keep_count(on: date) -> int:
    """Count every table, and store for operators how many rows are past their term; returns the sum."""
    overdue = {each.table: each.older_than_term for each in await count(on) if each.older_than_term}
    async with pool.connection() as conn:
        await conn.execute(KEEP, (Jsonb(overdue),))
    for table, rows in overdue.items():
        log.error("older than their term: %s rows of %s", rows, table)
    return sum(overdue.values())


async def report() -> tuple[SweepReport, SweepAge]:
    """Read the state of sweeping and its age, for operators."""
    *state, looked, counted = (await pool.repeatable(STATE))[0]
    return SweepReport(*state), SweepAge(looked, counted)
