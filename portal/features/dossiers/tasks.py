"""The daily job of dossiers that removes what is past its term."""

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.sweeping import clock

from . import actions


@app.periodic(cron="41 4 * * *")
@app.task(name="dossiers.expire", queueing_lock="dossiers.expire", retry=GrowingPauses())
async def expire(timestamp: int) -> None:
    """Delete, each day, the marks and the reports whose term is over."""
    await actions.expire(await clock.verify(timestamp))
