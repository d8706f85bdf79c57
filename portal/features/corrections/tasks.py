"""The jobs of corrections."""

from uuid import UUID

from django.conf import settings

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import EqualPauses, GrowingPauses
from portal.platform.sweeping import clock

from . import actions, rules


# At once, then every five minutes; the action itself ends it (`rules.last_try`).
@app.task(name=actions.DELIVER, retry=EqualPauses(settings.CORRECTIONS_RETRY_SECONDS))
async def deliver(report_id: str) -> None:
    """Deliver one report."""
    await actions.deliver(UUID(report_id))


@app.periodic(cron="*/5 * * * *")
@app.task(name="corrections.give_up_overdue", queueing_lock="corrections.give_up_overdue")
async def give_up_overdue(timestamp: int) -> None:
    """Fail visibly what was not delivered in time."""
    await actions.give_up_overdue(await clock.verify(timestamp))


@app.periodic(cron="52 4 * * *")
@app.task(name="corrections.expire", queueing_lock="corrections.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Take away reports of which nothing was heard for two years."""
    await actions.expire(await clock.verify(timestamp) - rules.KEPT_FOR)
