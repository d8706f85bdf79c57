"""The jobs of the profile."""

from portal.platform.jobs.queue import app
from portal.platform.sweeping import clock

from . import actions, rules


@app.periodic(cron="11 * * * *")
@app.task(name="profile.expire", queueing_lock="profile.expire")
async def expire(timestamp: int) -> None:
    """Each hour, delete proposals that were never confirmed, and counts of codes and dismissals that are old."""
    await actions.expire(await clock.verify(timestamp) - rules.CODES_PER)
