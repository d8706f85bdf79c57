"""The day of each citizen's last sign-in: noted, given to them, deleted, and begun for citizens without one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.keys import citizens
from portal.platform.mail import actions as mail

from . import rules

EXPORTED = "last_sign_in"
PART = 5000  # citizens in one statement
ANEW_PART = 2000  # citizens in one statement that changes their rows: who signs in waits for no more than these

# A second sign-in on the same day writes nothing. A portal whose clock is behind makes no day earlier. A day that is
# still to come was written by a clock that was ahead, and is replaced.
NOTE = """
insert into privacy_visit (citizen_id, seen_on) values (%s, %s)
on conflict (citizen_id) do update set
    seen_on = greatest(
        excluded.seen_on, case when privacy_visit.seen_on <= current_date + 1 then privacy_visit.seen_on end
    ),
    announced_on = null, retired_on = null
where privacy_visit.seen_on is distinct from excluded.seen_on or privacy_visit.announced_on is not null
returning mail_id
"""
DROP_MAIL_ID = "update privacy_visit set mail_id = null where citizen_id = %s"
BEGIN = "insert into privacy_visit (citizen_id, seen_on) select unnest(%s::uuid[]), %s on conflict do nothing"
# A citizen whose profile went may have signed in since, without a note of it, and given something: two years later
# their years run anew, so that this is found. Who signs in at this very moment is left alone.
ANEW = """
with over as materialized (
    select citizen_id from privacy_visit where retired_on <= %s
    order by retired_on, citizen_id limit %s for update skip locked
)
update privacy_visit v set seen_on = v.retired_on, retired_on = null from over where v.citizen_id = over.citizen_id
"""
ONE = "select seen_on, announced_on, retired_on from privacy_visit where citizen_id = %s"
FORGET = "delete from privacy_visit where citizen_id = %s"


async def note(conn: AsyncConnection[Any], citizen_id: UUID, *, on: date) -> None:
    """Note that a citizen signed in, in the caller's transaction; an announcement to them is void, with its mail."""
    row = await (await conn.execute(NOTE, (citizen_id, on))).fetchone()
    if row is not None and row[0] is not None:
        await mail.withdraw(conn, citizen_id, row[0])
        await conn.execute(DROP_MAIL_ID, (citizen_id,))


async def begin_for_others(on: date) -> None:
    """Let the two years of citizens with keys but no known sign-in begin on a day. For the worker.

    Their last sign-in was before sign-ins were noted, or could not be noted.
    """
    last = UUID(int=0)
    while part := await citizens.with_keys_after(last, PART):
        async with pool.transaction() as conn:
            await conn.execute(BEGIN, (part, on))
        last = part[-1]


async def begin_anew(today: date) -> None:
    """Let the two years of citizens whose profile went almost two years ago run from that day. For the worker.

    Those who gave nothing since have no address for a mail, and nothing to delete.
    """
    until = rules.years_before(today + rules.AHEAD)
    while True:
        async with pool.transaction() as conn:
            if not (await conn.execute(ANEW, (until, ANEW_PART))).rowcount:
                return


async def export(citizen_id: UUID) -> Sequence[Record]:
    """Give the days that we keep of a citizen's sign-ins."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id,))).fetchone()
    if row is None:
        return ()
    days = dict(zip(("seen_on", "announced_on", "retired_on"), (day and day.isoformat() for day in row), strict=True))
    return (Record(EXPORTED, days, datetime.combine(row[0] or row[2], time(), UTC)),)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's row, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_id,))
