"""A job whose end could not be written is done again: its worker ends, so that the queue gives it to another."""

import asyncio

import pytest
from procrastinate import App
from procrastinate.exceptions import ConnectorException
from procrastinate.testing import InMemoryConnector

from portal.platform.jobs.worker import HonestWorker


class Cut(InMemoryConnector):
    """A queue in memory whose connection is cut while the end of a job is written."""

    async def finish_job_run(self, job_id: int, status: str, delete_job: bool) -> None:
        raise ConnectorException

    async def retry_job_run(self, job_id: int, **named: object) -> None:
        raise ConnectorException


@pytest.mark.parametrize("fails", [False, True])
async def test_worker_ends_when_the_end_of_a_job_cannot_be_written(fails: bool) -> None:
    connector = Cut()
    app = App(connector=connector)

    @app.task(name="test.one", retry=fails)
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
