"""The jobs of sweeping: they count what is past its term, and delete old jobs from the queue."""

from procrastinate import JobContext

from portal.platform.jobs.queue import app
from portal.platform.jobs.retries import GrowingPauses
from portal.platform.language.dates import day_here

from . import clock, counting

JOBS_KEPT_HOURS = 14 * 24


@app.periodic(cron="31 6 * * *")
@app.task(name="sweeping.count", queueing_lock="sweeping.count", retry=GrowingPauses())
async def count(timestamp: int) -> None:
    """Count, after the sweeps of the night, the rows that are past their term."""
    await counting.keep_count(day_here(await clock.verify(timestamp)))


@app.periodic(cron="17 * * * *")
@app.task(name="jobs.forget", queueing_lock="jobs.forget", pass_context=True)
async def forget_jobs(context: JobContext, timestamp: int) -> None:
    """Delete jobs that failed a fortnight ago; those that succeed are deleted at once."""
    await clock.verify(timestamp)
    await context.app.job_manager.delete_old_jobs(
        nb_hours=JOBS_KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
