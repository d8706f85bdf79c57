"""The jobs of contact, in the worker.

An alias is the name of a task in the release before, whose jobs may wait in the queue. Questions still go into the
queue under theirs (`actions.PASS_ON`), so that workers of that release can send them too.
"""

from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.sweeping import clock

from . import actions, limits


@app.task(name="contact.pass_on", aliases=[actions.PASS_ON], retry=GrowingPauses())
async def pass_on(question_id: str) -> None:
    """Send one question to the contact centre."""
    await actions.deliver(UUID(question_id))


@app.periodic(cron="41 4 * * *")
@app.task(name="contact.expire", queueing_lock="contact.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Delete, each day, questions of more than a fortnight ago, sent or not."""
    await actions.expire(await clock.verify(timestamp) - actions.KEPT_FOR)


@app.periodic(cron="23 * * * *")
@app.task(name="contact.forget_networks", aliases=["mail.forget_networks"], queueing_lock="contact.forget_networks")
async def forget_networks(timestamp: int) -> None:
    """Delete, each hour, what was counted of networks more than an hour ago (`limits`); the next hour tries again."""
    await limits.expire(await clock.verify(timestamp) - limits.WINDOW)
