"""The jobs of mail."""

from uuid import UUID

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import EndlessPauses, GrowingPauses
from portal.platform.sweeping import clock

from . import actions


@app.task(name=actions.DELIVER, retry=EndlessPauses())
async def deliver(mail_id: str) -> None:
    """Send one mail of the outbox, and retry for as long as it is useful (`MailContent.useful_until`)."""
    await actions.deliver(UUID(mail_id))


@app.periodic(cron="37 4 * * *")
@app.task(name="mail.expire", queueing_lock="mail.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Delete the mails that could not be sent in a fortnight."""
    await actions.expire(await clock.verify(timestamp) - actions.KEPT_FOR)
