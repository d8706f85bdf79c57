"""The jobs of mail."""

from datetime import UTC, datetime
from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses

from . import actions, contact_centre, question_limits


@app.task(name=actions.DELIVER, retry=GrowingPauses())
async def deliver(mail_id: str) -> None:
    """Send one mail of the outbox."""
    await actions.deliver(UUID(mail_id))


@app.task(name=contact_centre.PASS_ON, retry=GrowingPauses())
async def pass_on(question_id: str) -> None:
    """Send one question to the contact centre."""
    await contact_centre.deliver(UUID(question_id))


@app.periodic(cron="37 4 * * *")
@app.task(name="mail.expire", queueing_lock="mail.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Take away what could not be sent in a fortnight."""
    before = datetime.fromtimestamp(timestamp, UTC) - actions.KEPT_FOR
    await actions.expire(before)
    await contact_centre.expire(before)


@app.periodic(cron="23 * * * *")
@app.task(name="mail.forget_networks", queueing_lock="mail.forget_networks")
async def forget_networks(timestamp: int) -> None:
    """Take away, each hour, what was counted longer than an hour ago."""
    await question_limits.expire(datetime.fromtimestamp(timestamp, UTC) - question_limits.WINDOW)
