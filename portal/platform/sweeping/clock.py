"""Verify the clock by which rows are deleted. While it is in doubt, nothing is deleted.

By a clock that is a year ahead everything would be past its term. So the worker's clock is compared with those of
both databases, with the moment at which the journal was last sealed, and with the newest moment that was trusted
before: jobs ask each minute, so a great step is suspect. After a longer standstill, somebody has to say that the
clock is right (`manage.py retention --clock-is-right`).
"""

import logging
from datetime import UTC, datetime, timedelta

from portal.platform.database import pool

from .errors import ClockDoubted

APART = timedelta(minutes=5)  # by which clocks may differ
STEP = timedelta(days=7)  # at most, from one trusted moment to the next

SEEN = """
select now(), (select sealed_at from journal_batch order by number desc limit 1), trusted_at from sweeping_state
"""
KEYS_CLOCK = "select now()"
# Operators are told when nothing was counted for long: where nothing ever was, since the clock was first trusted.
BELIEVED = """
update sweeping_state set looked_at = now(), trouble = null, trusted_at = %s, counted_at = coalesce(counted_at, now())
where only_one returning now()
"""
DOUBTED = "update sweeping_state set looked_at = now(), trouble = %s where only_one"
TRUSTED = """
update sweeping_state set looked_at = now(), trouble = null, trusted_at = %s, trusted_by = %s, trusted_why = %s,
    counted_at = coalesce(counted_at, now())
where only_one
"""

log = logging.getLogger("portal.sweeping")


async def verify(timestamp: float, now: datetime | None = None) -> datetime:
    """Verify the clock for a job that deletes, and give the moment (UTC) by which it may. For the worker.

    That is when the job was due, or the main database's clock where that is behind: what lives for minutes does not
    end early because the clock of a worker is ahead.

    timestamp: when the job was due, in seconds since 1970. now: the clock of this machine, for tests.
    Raise ClockDoubted, once it is logged and noted for the operators' page: the job may not delete anything.
    """
    now = now or datetime.now(UTC)
    moment = datetime.fromtimestamp(timestamp, UTC)
    doubt = await _doubt(moment, now)
    async with pool.connection() as conn:
        if doubt is None:
            row = await (await conn.execute(BELIEVED, (now,))).fetchone()
        else:
            await conn.execute(DOUBTED, (doubt,))
    if doubt is not None:
        log.critical("NOTHING is deleted, as the clock is in doubt: %s", doubt)
        raise ClockDoubted(doubt)
    return min(moment, row[0]) if row else moment


async def verify_now() -> None:
    """Verify the clock for a job that ends something for good, as too late or over. For the worker.

    Raise ClockDoubted.
    """
    await verify(datetime.now(UTC).timestamp())


async def trust(who: str, why: str, now: datetime | None = None) -> str | None:
    """Trust the clock as it is, because somebody says that it is right; returns the reason when that is refused.

    who: a job title, never the name of a person. Clocks that differ from each other are refused whoever says so.
    """
    now = now or datetime.now(UTC)
    doubt = await _disagreement(now)
    if doubt is None:
        async with pool.connection() as conn:
            await conn.execute(TRUSTED, (now, who, why))
        log.warning("the clock is right, says %s: %s", who, why)
    return doubt


async def _doubt(moment: datetime, now: datetime) -> str | None:
    """Tell why the clock is in doubt; None when it is not. moment: of the job."""
    if moment - now > APART:
        return f"a job is of {_write(moment)}, and it is {_write(now)} on its machine"
    apart = await _disagreement(now)
    if apart is not None:
        return apart
    ((_, sealed_at, trusted_at),) = await pool.repeatable(SEEN)
    if sealed_at is not None and sealed_at - now > APART:
        return f"the journal was last sealed on {_write(sealed_at)}, and it is {_write(now)} here"
    before = trusted_at or sealed_at
    if before is not None and now - before > STEP:
        return f"{(now - before).days} days passed since it was last certain ({_write(before)})"
    return None


async def _disagreement(now: datetime) -> str | None:
    """Tell which database has another time than this machine; None when they agree."""
    main = (await pool.repeatable(SEEN))[0][0]
    ((keys,),) = await pool.repeatable(KEYS_CLOCK, alias=pool.KEYS)
    for name, clock in (("the main database", main), ("the key database", keys)):
        if abs(clock - now) > APART:
            return f"it is {_write(now)} here, and {_write(clock)} at {name}"
    return None


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
