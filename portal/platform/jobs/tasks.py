"""The job that requeues the jobs of dead workers."""

from contextlib import suppress

from django.conf import settings
from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Status

from .queue import app
from .retries import MOST


# Only a queueing lock: a lock would stay with the very job of a dead worker that this task is to find.
@app.periodic(cron="* * * * * */10")
@app.task(name="jobs.resume", queueing_lock="jobs.resume", pass_context=True)
async def resume(context: JobContext, timestamp: int) -> None:
    """Requeue the jobs of dead workers; fail those that brought down several workers."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_SILENT_SECONDS):
        # A job that ended meanwhile cannot be requeued, and need not be.
        with suppress(ConnectorException):
            if job.attempts < MOST:
                await jobs.retry_job(job)
            else:
                await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
