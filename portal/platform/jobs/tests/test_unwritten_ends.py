"""The end of a job, as its worker writes it to the queue: by the queue's clock, and where it cannot be written."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.testing import InMemoryConnector

from portal.platform.jobs import queue
from portal.platform.jobs.retries import PAUSES, GrowingPauses
from portal.platform.jobs.worker import HonestWorker

AHEAD = timedelta(days=2)


class Ahead(InMemoryConnector):
    """A queue in memory whose clock is ahead of ours."""

    async def execute_query_one_async(self, query: str, **arguments: Any) -> dict[str, Any]:
        if query == queue.CLOCK:
            return {"now": datetime.now(UTC) + AHEAD}
        return await super().execute_query_one_async(query, **arguments)


class Cut(Ahead):
    """A queue in memory whose connection is cut while the end of a job is written."""

    async def finish_job_run(self, job_id: int, status: str, delete_job: bool) -> None:
        raise ConnectorException

    async def retry_job_run(self, job_id: int, **named: object) -> None:
        raise ConnectorException


@pytest.mark.parametrize("fails", [False, True])
async def test_worker_ends_when_the_end_of_a_job_cannot_be_written(fails: bool) -> None:
    connector = Cut()
    app = App(connector=connector)

    @app.task(name="test.one", retry=GrowingPauses() if fails else False)
    async def one() -> None:
        if fails:
            raise ValueError

    async with app.open_async():
        await one.defer_async()
        async with asyncio.timeout(60):
            await HonestWorker(app, install_signal_handlers=False, shutdown_graceful_timeout=1).run()
    # The job is nobody's now, by which `jobs.resume` finds it.
    ((status, owner),) = {(job["status"], job["worker_id"]) for job in connector.jobs.values()}
    assert (status, owner) == ("doing", None)


async def test_job_that_failed_waits_by_the_clock_of_the_queue() -> None:
    """By that of a machine that is two days ahead, it would be done two days later, when its mail is of no use."""
    connector = Ahead()
    app = App(connector=connector)

    @app.task(name="test.one", retry=GrowingPauses())
    async def one() -> None:
        raise ValueError

    async with app.open_async():
        await one.defer_async()
        before = datetime.now(UTC)
        await HonestWorker(app, wait=False, install_signal_handlers=False).run()
    ((status, at),) = {(job["status"], job["scheduled_at"]) for job in connector.jobs.values()}
    assert status == "todo"
    assert before <= at - AHEAD - timedelta(seconds=PAUSES[0]) <= datetime.now(UTC) + timedelta(seconds=1)
