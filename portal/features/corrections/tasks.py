"""The jobs of corrections."""

from uuid import UUID

from django.conf import settings

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import EqualPauses, GrowingPauses
from portal.platform.sweeping import clock

from . import actions, rules


# It is tried at once, then after equal pauses; the action itself ends the tries (`rules.last_try`).
@app.task(name=actions.DELIVER, retry=EqualPauses(settings.CORRECTIONS_RETRY_SECONDS))
async def deliver(report_id: str) -> None:
    """Make one try to deliver a report."""
    await actions.deliver(UUID(report_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="corrections.give_up_overdue", queueing_lock="corrections.give_up_overdue")
async def give_up_overdue(timestamp: int) -> None:
    """Mark reports as failed that were not delivered in time, so that their pages say so."""
    await actions.give_up_overdue(await clock.verify(timestamp))


@app.periodic(cron="52 4 * * *")
@app.task(name="corrections.expire", queueing_lock="corrections.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Take away reports of which nothing was heard for two years."""
    await actions.expire(await clock.verify(timestamp) - rules.KEPT_FOR)
