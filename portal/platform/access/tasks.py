"""The jobs of access: they delete what has ended, and finish and repeat erasures."""

from datetime import timedelta
from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.keys import citizens
from portal.platform.sweeping import clock

from . import devices, erasing, machine_clients, once, pending, repeating, sessions

DEVICES_KEPT_FOR = timedelta(days=365)


@app.periodic(cron="* * * * *")
@app.task(name="access.sweep", queueing_lock="access.sweep")
async def sweep(timestamp: int) -> None:
    """Delete sessions that ended, with all that was kept for them, old answers to returns, and machines' tokens."""
    now = await clock.verify(timestamp)
    await sessions.sweep(now=now)
    await once.expire(now - pending.LIFE)
    await machine_clients.expire(now)


@app.periodic(cron="17 4 * * *")
@app.task(name="access.expire", queueing_lock="access.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Forget the devices that were not used for a year."""
    await devices.expire((await clock.verify(timestamp) - DEVICES_KEPT_FOR).date())


@app.task(name=erasing.FINISH, retry=GrowingPauses())
async def finish_erasing(erasure_id: str) -> None:
    """Finish an erasure that was left half-way."""
    await erasing.finish(UUID(erasure_id))


@app.periodic(cron="47 * * * *")
@app.task(name="access.erasures", queueing_lock="access.erasures")
async def erasures(timestamp: int) -> None:
    """Finish erasures whose job gave up, and drop what was kept about erasures of long enough ago."""
    now = await clock.verify(timestamp)
    await erasing.finish_overdue(now - timedelta(hours=1))
    await citizens.expire(now)
    await repeating.expire(now)


@app.periodic(cron="* * * * *")
@app.task(name="access.repeat_erasures", queueing_lock="access.repeat_erasures")
async def repeat_erasures(timestamp: int) -> None:
    """Erase keys again that a back-up brought back, before their citizens keep anything with them."""
    await repeating.repeat()
