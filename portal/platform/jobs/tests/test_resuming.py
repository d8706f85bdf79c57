"""The job of a dead worker begins anew; one that failed often fails for good only where its task wants that."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from procrastinate import App, BaseRetryStrategy, JobContext

from portal.platform.jobs import tasks
from portal.platform.jobs.retries import MOST, EndlessPauses, EqualPauses, GrowingPauses

from .test_unwritten_ends import AHEAD, Ahead


@pytest.mark.parametrize(
    ("strategy", "failures", "pause"),
    [
        (GrowingPauses(), 3, 0),
        (None, 3, 0),
        (EqualPauses(300), MOST - 1, 0),
        # A report that could not be tried for hours still has its day.
        (EqualPauses(300), MOST + 3, 300),
        (EndlessPauses(), MOST, 3600),
        (GrowingPauses(), MOST, None),
        (None, MOST, None),
    ],
)
async def test_job_of_a_dead_worker(strategy: BaseRetryStrategy | None, failures: int, pause: int | None) -> None:
    connector = Ahead()
    app = App(connector=connector)

    @app.task(name="test.one", retry=strategy or False)
    async def one() -> None:
        """Do nothing."""

    async with app.open_async():
        job_id = await one.defer_async()
        row: dict[str, Any] = connector.jobs[job_id]
        row |= {"status": "doing", "attempts": failures, "worker_id": None}
        connector.events[job_id].append({"type": "started", "at": datetime.now(UTC) - timedelta(hours=1)})
        (stalled,) = await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30)
        before = datetime.now(UTC) + AHEAD
        await tasks.resume(
            JobContext(app=app, worker_name="w", job=stalled, start_timestamp=0.0, abort_reason=lambda: None),
            timestamp=0,
        )
    if pause is None:
        assert row["status"] == "failed"
        return
    begins_in = (row["scheduled_at"] - before).total_seconds()
    assert (row["status"], pause <= begins_in < pause + 60) == ("todo", True)
