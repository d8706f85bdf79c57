"""The jobs of notifications, in the worker.

The names in the queue stay as they are: jobs of an older release wait there.
"""

from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.sweeping import clock

from . import actions, deliveries


@app.periodic(cron="*/10 * * * *")
@app.task(name="notifications.expire", queueing_lock="notifications.expire")
async def expire(timestamp: int) -> None:
    """Delete, every ten minutes, the notices whose term is over."""
    await actions.expire(await clock.verify(timestamp))


@app.task(name="notifications.tell", retry=GrowingPauses())
async def send_one(delivery_id: str) -> None:
    """Send the mail about one notice."""
    await deliveries.send_one(UUID(delivery_id))


@app.task(name="notifications.digest", retry=GrowingPauses())
async def send_digest(digest_id: str) -> None:
    """Send one citizen the mail of the day."""
    await deliveries.send_digest(UUID(digest_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="notifications.gather", queueing_lock="notifications.gather")
async def gather(timestamp: int) -> None:
    """Add jobs for the mails of the day that are due, and settle overdue mails as failed."""
    now = await clock.verify(timestamp)
    await deliveries.gather(now)
    await deliveries.give_up_overdue(now)
