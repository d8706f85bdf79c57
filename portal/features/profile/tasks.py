"""The jobs of the profile."""

from datetime import UTC, datetime

from portal.platform.jobs.queue import app

from . import actions, rules


@app.periodic(cron="11 * * * *")
@app.task(name="profile.expire", queueing_lock="profile.expire")
async def expire(timestamp: int) -> None:
    """Take away, each hour, what was entered and never confirmed."""
    await actions.expire(datetime.fromtimestamp(timestamp, UTC) - rules.CODES_PER)
