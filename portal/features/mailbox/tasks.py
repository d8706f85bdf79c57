"""The periodic jobs of the mailbox, in the worker.

timestamp, of each: when it was due, in seconds since 1970. `pull`, `remind` and `expire` work only by a clock that is
certain; else they raise ClockDoubted, and take in and delete nothing.
"""

from datetime import UTC, datetime

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.sweeping import clock

from . import actions
from .link import deaths


@app.periodic(cron="* * * * * */20")
@app.task(name="mailbox.pull", queueing_lock="mailbox.pull")
async def pull(timestamp: int) -> None:
    """Fetch events of documents, every twenty seconds, for citizens who linked their eBox.

    Only by a clock that is certain: with one that is ahead, news of documents that seem to have expired would be
    passed over for good.
    """
    await clock.verify(timestamp)
    await actions.take_in_events(datetime.now(UTC))


@app.periodic(cron="*/5 * * * *")
@app.task(name="mailbox.remind", queueing_lock="mailbox.remind")
async def remind(timestamp: int) -> None:
    """Send reminders of documents, on the day that citizens chose.

    Only by a clock that is certain: with one that is ahead, reminders would go out too soon, and those of documents
    that seem to have expired would be deleted.
    """
    await actions.send_reminders(await clock.verify(timestamp))


@app.periodic(cron="13 0-5 * * *")
@app.task(name="mailbox.end_links", queueing_lock="mailbox.end_links")
async def end_links(timestamp: int) -> None:
    """End the links of citizens who died. Each night has several runs; each goes on where the one before stopped."""
    await deaths.end_links(datetime.now(UTC))


@app.periodic(cron="47 4 * * *")
@app.task(name="mailbox.expire", queueing_lock="mailbox.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Delete, each day, what has a term that is over (`actions.expire`)."""
    await actions.expire(await clock.verify(timestamp))
