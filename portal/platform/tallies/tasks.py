"""The job of tallies."""

from datetime import timedelta

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.language.dates import day_here
from portal.platform.sweeping import clock

from . import counting

KEPT_FOR = timedelta(days=730)


@app.periodic(cron="3 5 * * *")
@app.task(name="tallies.expire", queueing_lock="tallies.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Delete, each day, the counts of two years ago."""
    await counting.expire(day_here(await clock.verify(timestamp)) - KEPT_FOR)
