"""The process that does the jobs."""

import asyncio
import importlib
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from django.conf import settings
from procrastinate import JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from portal.platform.database import pool
from portal.platform.feature import installed

from .errors import GivenUp, TryLater
from .queue import app
from .retries import GrowingPauses

AT_ONCE = 10
# The queue notifies of new jobs at once; polling finds those of which the notification was missed.
POLL_SECONDS = 2.0
GRACE_SECONDS = 3.0
AGAIN_SECONDS = 2.0

log = logging.getLogger("portal.jobs")


def learn_tasks() -> None:
    """Let the queue know every task of the platform and of the features that this portal has."""
    for module in (*settings.TASKS, *(feature.jobs for feature in installed.features() if feature.jobs)):
        importlib.import_module(module)


class HonestWorker(Worker):
    """A worker that ends when it cannot write how a job ended.

    The queue believes that a job is being done for as long as its worker lives. If only the writing of its end
    fails, because that connection was cut, nobody would do the job again until the process stops.
    """

    async def _persist_job_status(self, *arguments: Any, **named: Any) -> None:
        try:
            await super()._persist_job_status(*arguments, **named)
        except ConnectorException:
            log.error("the end of a job could not be written; its worker ends, so that the job is done again")
            self.stop()  # type: ignore[no-untyped-call]  # procrastinate leaves it untyped
            raise


async def work() -> None:
    """Do jobs until cancelled; then give those under way some seconds to finish, and requeue the others."""
    while True:
        try:
            await pool.wait_for_answer()
            async with app.open_async():
                await HonestWorker(
                    app,
                    concurrency=AT_ONCE,
                    install_signal_handlers=False,
                    fetch_job_polling_interval=POLL_SECONDS,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=GRACE_SECONDS,
                    update_heartbeat_interval=settings.WORKER_SILENT_SECONDS / 3,
                    stalled_worker_timeout=settings.WORKER_SILENT_SECONDS,
                    worker_middleware=[log_end],
                ).run()  # type: ignore[no-untyped-call]  # as above
        except (ConnectorException, psycopg.Error, OSError) as error:
            log.error("the queue cannot be reached: %s", _kind(error))
        log.warning("starting again in %s s", AGAIN_SECONDS)
        await asyncio.sleep(AGAIN_SECONDS)


async def log_end(call_next: Callable[[], Awaitable[Any]], context: JobContext, _: Worker) -> Any:
    """Tell in the log how a job ended: its task, its number, and of an error the kind and place only.

    The message of an error may hold an address. The queue's own log would print it, and is off.

    A job that comes round by itself and is not tried again ends here as if it were done: the log says what it was.
    """
    try:
        return await _log_run(call_next, context)
    except Exception:
        if context.job.queueing_lock and context.app.tasks[context.job.task_name].retry_strategy is None:
            return None
        raise


async def _log_run(call_next: Callable[[], Awaitable[Any]], context: JobContext) -> Any:
    job = context.job
    try:
        result = await call_next()
    except TryLater as error:
        # Tasks of ours that are retried have such a strategy; others are not retried.
        strategy = context.app.tasks[job.task_name].retry_strategy
        pause = strategy.pause_after(job.attempts + 1) if isinstance(strategy, GrowingPauses) else None
        level = logging.ERROR if pause is None else logging.WARNING
        then = "given up" if pause is None else f"again in {pause} s"
        log.log(level, "%s %s: later (%s), %s", job.task_name, job.id, error.detail, then)
        raise
    except GivenUp as error:
        log.error("%s %s: given up (%s)", job.task_name, job.id, error.detail)
        raise
    except Exception as error:
        log.error("%s %s: failed: %s", job.task_name, job.id, _kind(error))
        raise
    if context.job.queueing_lock is None:
        log.info("%s %s: done", job.task_name, job.id)
    return result


def _kind(error: BaseException) -> str:
    """Name an error and where it came from, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return f"{type(error).__name__} at " + " < ".join(f"{one.filename}:{one.lineno}" for one in reversed(frames))
