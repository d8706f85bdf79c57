"""The jobs of the mailbox."""

from datetime import UTC, datetime

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.sweeping import clock

from . import actions
from .link import deaths


@app.periodic(cron="* * * * * */20")
@app.task(name="mailbox.pull", queueing_lock="mailbox.pull")
async def pull(timestamp: int) -> None:
    """Take in what happened to documents of those who linked their eBox."""
    await actions.take_in_events(datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="mailbox.remind", queueing_lock="mailbox.remind")
async def remind(timestamp: int) -> None:
    """Tell people again of the documents of which they asked that, on the day that they chose.

    By a clock that is ahead all would be told too soon, and those of documents that are over taken away.
    """
    await actions.send_reminders(await clock.verify(timestamp))


@app.periodic(cron="13 0-5 * * *")
@app.task(name="mailbox.end_links", queueing_lock="mailbox.end_links")
async def end_links(timestamp: int) -> None:
    """End, each night, the links of who died: each run takes up where the one before stopped."""
    await deaths.end_links(datetime.now(UTC))


@app.periodic(cron="47 4 * * *")
@app.task(name="mailbox.expire", queueing_lock="mailbox.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Forget, each day, that events were taken whose term is over."""
    await actions.expire(await clock.verify(timestamp))
