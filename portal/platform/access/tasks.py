"""The jobs of access: they delete what has ended."""

from datetime import UTC, datetime, timedelta

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses

from . import devices, once, pending, sessions

DEVICES_KEPT_FOR = timedelta(days=365)


@app.periodic(cron="* * * * *")
@app.task(name="access.sweep", queueing_lock="access.sweep")
async def sweep(timestamp: int) -> None:
    """Delete the sessions that have ended, with all that was kept for them, and returns too old to be repeated."""
    now = datetime.fromtimestamp(timestamp, UTC)
    await sessions.sweep(now=now)
    await once.expire(now - pending.LIFE)


@app.periodic(cron="17 4 * * *")
@app.task(name="access.expire", queueing_lock="access.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Forget the devices that were not used for a year."""
    await devices.expire((datetime.fromtimestamp(timestamp, UTC) - DEVICES_KEPT_FOR).date())
