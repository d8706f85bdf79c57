"""The process that does the jobs (`manage.py work`)."""

import asyncio
import importlib
import logging
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from django.conf import settings
from procrastinate import JobContext, RetryDecision, utils
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker

from portal.platform.database import pool
from portal.platform.feature import installed

from .errors import GivenUp, TryLater
from .queue import app, now_at
from .retries import GrowingPauses

AT_ONCE = 10  # jobs
# The priority of jobs that come round by themselves. The others have 0, and are done in the order in which they were
# put in: those that failed and are due again come before all later ones, and may be many while a server is down.
ROUNDS_FIRST = 1
# The queue notifies of new jobs at once; polling finds those of which the notification was missed.
POLL_SECONDS = 2.0
GRACE_SECONDS = 3.0  # for the jobs under way when the worker is stopped
AGAIN_SECONDS = 2.0  # before it starts again after an error

log = logging.getLogger("portal.jobs")


def register_tasks() -> None:
    """Import the modules with the tasks of the platform and of this portal's features, which registers them.

    Those that come round by themselves go before all others.
    """
    for module in (*settings.TASKS, *(feature.jobs for feature in installed.features() if feature.jobs)):
        importlib.import_module(module)
    for periodic in app.periodic_registry.periodic_tasks.values():
        periodic.task.priority = ROUNDS_FIRST


class HonestWorker(Worker):
    """A worker that ends when it cannot write to the queue how a job ended.

    The queue takes a job as being done for as long as its worker lives. When only that write fails, because its
    connection was cut, nobody would do the job again until the process stops.

    A job that is to be retried waits by the queue's clock, which decides when it is due: on a machine whose clock is
    two days ahead it would wait for two days longer, and then come too late.
    """

    async def _persist_job_status(self, *arguments: Any, **named: Any) -> None:
        decision: RetryDecision | None = named.get("retry_decision")
        try:
            if decision is not None and decision.retry_at is not None:
                pause = decision.retry_at - utils.utcnow()
                decision.retry_at = await now_at(self.app) + pause
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
            log.error("the queue cannot be reached: %s", _type_and_place(error))
        log.warning("starting again in %s s", AGAIN_SECONDS)
        await asyncio.sleep(AGAIN_SECONDS)


async def log_end(call_next: Callable[[], Awaitable[Any]], context: JobContext, _: Worker) -> Any:
    """Log how a job ended: its task, its number, and of an error the type and place only.

    The message of an error may hold an address. The queue's own log would print it, and is off.

    A periodic job without retries that fails is reported to the queue as done: the log has its error.
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
        log.error("%s %s: failed: %s", job.task_name, job.id, _type_and_place(error))
        raise
    if context.job.queueing_lock is None:
        log.info("%s %s: done", job.task_name, job.id)
    return result


def _type_and_place(error: BaseException) -> str:
    """Write the type of an error and the last four places that it came through, without its message."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return f"{type(error).__name__} at " + " < ".join(
        f"{frame.filename}:{frame.lineno}" for frame in reversed(frames)
    )
