"""The jobs of the profile."""

from portal.platform.jobs.queue import app
from portal.platform.sweeping import clock

from . import actions, rules


@app.periodic(cron="11 * * * *")
@app.task(name="profile.expire", queueing_lock="profile.expire")
async def expire(timestamp: int) -> None:
    """Take away, each hour, what was entered and never confirmed."""
    await actions.expire(await clock.verify(timestamp) - rules.CODES_PER)
