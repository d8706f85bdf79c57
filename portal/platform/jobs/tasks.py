"""What keeps the queue itself in order."""

from django.conf import settings
from procrastinate import JobContext
from procrastinate.jobs import Status

from .queue import app
from .retries import MOST

KEPT_HOURS = 14 * 24


# The queueing lock alone: a lock would be held for ever by the very job that this is to find.
@app.periodic(cron="* * * * * */10")
@app.task(name="jobs.resume", queueing_lock="jobs.resume", pass_context=True)
async def resume(context: JobContext, timestamp: int) -> None:
    """Put back what dead workers were doing; end what brought workers down again and again."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_SILENT_SECONDS):
        if job.attempts < MOST:
            await jobs.retry_job(job)
        else:
            await jobs.finish_job(job, status=Status.FAILED, delete_job=False)


@app.periodic(cron="17 * * * *")
@app.task(name="jobs.forget", queueing_lock="jobs.forget", pass_context=True)
async def forget(context: JobContext, timestamp: int) -> None:
    """Forget what failed a fortnight ago; what succeeded is gone at once."""
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEPT_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
