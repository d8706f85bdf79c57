"""The job of notifications."""

from datetime import UTC, datetime

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses

from . import actions


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.expire", queueing_lock="notifications.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Take away, every ten minutes, the notices whose term is over."""
    await actions.expire(datetime.fromtimestamp(timestamp, UTC))
