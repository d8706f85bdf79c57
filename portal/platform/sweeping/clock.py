"""Whether the clock is believed by which things are taken away. In doubt nothing is.

A clock that is a year ahead would take away all that is kept. So the worker's is compared with those of both
databases, with when the journal was last sealed, and with the newest moment that was believed before: time passes in
steps, as some job asks each minute. What lay still for longer goes on when somebody says that the clock is right
(`manage.py retention --clock-is-right`).
"""

import logging
from datetime import UTC, datetime, timedelta

from portal.platform.database import pool

from .errors import ClockDoubted

APART = timedelta(minutes=5)  # that clocks may be from each other
STEP = timedelta(days=7)  # from one believed moment to the next, unless somebody says that it is right

SEEN = """
select now(), (select sealed_at from journal_batch order by number desc limit 1), trusted_at from sweeping_state
"""
KEYS_CLOCK = "select now()"
BELIEVED = "update sweeping_state set looked_at = now(), trouble = null, trusted_at = %s where only_one"
DOUBTED = "update sweeping_state set looked_at = now(), trouble = %s where only_one"
SAID = """
update sweeping_state set looked_at = now(), trouble = null, trusted_at = %s, trusted_by = %s, trusted_why = %s
where only_one
"""

log = logging.getLogger("portal.sweeping")


async def certain(timestamp: float, now: datetime | None = None) -> datetime:
    """Give the moment of a job that takes away what is over, once it is believed. For the worker.

    timestamp: the job's, in seconds since 1970. now: the clock of this machine, for tests.
    Raise ClockDoubted, after the log and the operators' page were told: then nothing is to be taken away.
    """
    now = now or datetime.now(UTC)
    moment = datetime.fromtimestamp(timestamp, UTC)
    doubt = await _doubt(moment, now)
    async with pool.connection() as conn:
        if doubt is None:
            await conn.execute(BELIEVED, (now,))
        else:
            await conn.execute(DOUBTED, (doubt,))
    if doubt is not None:
        log.critical("NOTHING is taken away, as the clock is in doubt: %s", doubt)
        raise ClockDoubted(doubt)
    return moment


async def say_right(who: str, why: str, now: datetime | None = None) -> str | None:
    """Believe the clock as it is, because somebody says so; returns why that cannot be, None when it is done.

    who: a function, never a name. Clocks that differ from each other are not believed by anybody's word.
    """
    now = now or datetime.now(UTC)
    doubt = await _disagreement(now)
    if doubt is None:
        async with pool.connection() as conn:
            await conn.execute(SAID, (now, who, why))
        log.warning("the clock is right, says %s: %s", who, why)
    return doubt


async def _doubt(moment: datetime, now: datetime) -> str | None:
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
    """Say which database has another time than this machine."""
    main = (await pool.repeatable(SEEN))[0][0]
    ((keys,),) = await pool.repeatable(KEYS_CLOCK, alias=pool.KEYS)
    for name, there in (("the main database", main), ("the key database", keys)):
        if abs(there - now) > APART:
            return f"it is {_write(now)} here, and {_write(there)} at {name}"
    return None


def _write(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
