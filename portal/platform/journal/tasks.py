"""The job of the journal."""

from portal.platform.jobs.queue import app

from . import sealing


@app.periodic(cron="* * * * * */10")
@app.task(name="journal.seal", queueing_lock="journal.seal")
async def seal(timestamp: int) -> None:
    """Seal what was written since."""
    await sealing.seal_batches()
