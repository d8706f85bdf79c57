"""The jobs of contact, in the worker.

Aliases are the names of the release before, whose jobs may wait in the queue.
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
    """Delete, each hour, counts of more than an hour ago."""
    await limits.expire(await clock.verify(timestamp) - limits.WINDOW)
