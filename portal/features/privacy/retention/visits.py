"""The day of the last sign-in: noted, given to its citizen, forgotten, and begun for who has none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.keys import citizens

from . import rules

EXPORTED = "last_sign_in"
PART = 5000  # citizens that are looked at together

# A sign-in of the same day changes nothing, and writes nothing. A portal whose clock is behind makes nobody's day an
# earlier one; one that was ahead left a day that is still to come, which counts for nothing.
NOTE = """
insert into privacy_visit (citizen_id, seen_on) values (%s, %s)
on conflict (citizen_id) do update set
    seen_on = greatest(
        excluded.seen_on, case when privacy_visit.seen_on <= current_date + 1 then privacy_visit.seen_on end
    ),
    announced_on = null, retired_on = null
where privacy_visit.seen_on is distinct from excluded.seen_on or privacy_visit.announced_on is not null
"""
BEGIN = "insert into privacy_visit (citizen_id, seen_on) select unnest(%s::uuid[]), %s on conflict do nothing"
# What somebody gave since their profile went, at a sign-in that could not be noted, is looked for after two years.
ANEW = "update privacy_visit set seen_on = retired_on, retired_on = null where retired_on <= %s"
ONE = "select seen_on, announced_on, retired_on from privacy_visit where citizen_id = %s"
FORGET = "delete from privacy_visit where citizen_id = %s"


async def note(conn: AsyncConnection[Any], citizen_id: UUID, *, on: date) -> None:
    """Note that a citizen signed in, in the caller's transaction; what was announced to them holds no more."""
    await conn.execute(NOTE, (citizen_id, on))


async def begin_for_others(on: date) -> None:
    """Let the two years of who has keys and no known sign-in begin on a day. For the worker.

    Those are citizens from before this was noted, and whose sign-in could not be noted.
    """
    last = UUID(int=0)
    while part := await citizens.with_keys_after(last, PART):
        async with pool.transaction() as conn:
            await conn.execute(BEGIN, (part, on))
        last = part[-1]


async def begin_anew(today: date) -> None:
    """Let the two years of whose profile went before almost two years run from that day, as if they were here then.

    For the worker. Who gave nothing since is told nothing, and nothing of theirs goes.
    """
    async with pool.transaction() as conn:
        await conn.execute(ANEW, (rules.years_before(today + rules.AHEAD),))


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give a citizen what we keep of when they were here."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
    if row is None:
        return ()
    said = dict(zip(("seen_on", "announced_on", "retired_on"), (day and day.isoformat() for day in row), strict=True))
    return (Record(EXPORTED, said, datetime.combine(row[0] or row[2], time(), UTC)),)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take it away, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))
