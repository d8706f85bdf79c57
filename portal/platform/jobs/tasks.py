"""The job that requeues the jobs of dead workers."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status

from .queue import app, now_at
from .retries import MOST, GrowingPauses


# Only a queueing lock: a lock would stay with the very job of a dead worker that this task is to find.
@app.periodic(cron="* * * * * */10")
@app.task(name="jobs.resume", queueing_lock="jobs.resume", pass_context=True)
async def resume(context: JobContext, timestamp: int) -> None:
    """Requeue the jobs of dead workers.

    A job that failed MOST times, whatever the causes, may be what kills them: it has failed for good, or begins after
    a pause where its task is tried until that gives up itself.
    """
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs(seconds_since_heartbeat=settings.WORKER_SILENT_SECONDS):
        # A job that ended meanwhile cannot be requeued, and need not be. After any other error of the database, it is
        # found again in ten seconds.
        with suppress(ConnectorException):
            pause = 0 if job.attempts < MOST else _pause_after(context.app, job)
            if pause is None:
                await jobs.finish_job(job, status=Status.FAILED, delete_job=False)
            else:
                await jobs.retry_job(job, retry_at=await now_at(context.app) + timedelta(seconds=pause))


def _pause_after(queue: App, job: Job) -> int | None:
    """Give the seconds to wait by the strategy of the job's task; None where it is over, or gone."""
    task = queue.tasks.get(job.task_name)
    strategy = task.retry_strategy if task else None
    return strategy.pause_after(job.attempts + 1) if isinstance(strategy, GrowingPauses) else None
