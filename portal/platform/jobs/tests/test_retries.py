"""When a job is tried again."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from procrastinate import JobContext
from procrastinate.jobs import Job

from portal.platform.jobs import queue, worker
from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.jobs.retries import MOST, PAUSES, EndlessPauses, EqualPauses, GrowingPauses, pause_after
from portal.platform.jobs.worker import log_end

TWO_DAYS = 2 * 24 * 3600
A_DAY = 24 * 3600


def job(attempts: int) -> Job:
    return Job(queue="default", lock=None, queueing_lock=None, task_name="test", attempts=attempts)


def test_pauses_grow_and_end_after_two_days() -> None:
    pauses = [pause_after(failures) for failures in range(1, MOST)]
    assert pauses[: len(PAUSES)] == sorted(PAUSES)
    assert TWO_DAYS <= sum(pauses) < TWO_DAYS + 3600
    assert pause_after(MOST) is None


@pytest.mark.parametrize("error", [TryLater("x"), ValueError()])
def test_failed_job_is_tried_after_its_pause(error: Exception) -> None:
    before = datetime.now(UTC)
    decision = GrowingPauses().get_retry_decision(exception=error, job=job(3))
    assert before <= decision.retry_at - timedelta(seconds=PAUSES[3]) <= datetime.now(UTC)
    assert GrowingPauses().get_retry_decision(exception=error, job=job(MOST - 1)) is None


def test_what_was_given_up_is_not_tried_again() -> None:
    assert GrowingPauses().get_retry_decision(exception=GivenUp(), job=job(0)) is None


def test_job_cut_short_by_a_stop_starts_again_at_once() -> None:
    assert GrowingPauses().get_retry_decision(exception=asyncio.CancelledError(), job=job(0)).retry_at is None


def test_equal_pauses_do_not_end_by_themselves() -> None:
    before = datetime.now(UTC)
    decision = EqualPauses(300).get_retry_decision(exception=TryLater("x"), job=job(MOST + 5))
    assert before <= decision.retry_at - timedelta(seconds=300) <= datetime.now(UTC)
    assert EqualPauses(300).get_retry_decision(exception=GivenUp(), job=job(0)) is None


def test_growing_pauses_without_an_end_stay_as_long_as_the_last() -> None:
    endless = EndlessPauses()
    assert [endless.pause_after(failures) for failures in (1, MOST - 1, MOST + 500)] == [2, PAUSES[-1], PAUSES[-1]]
    assert endless.get_retry_decision(exception=GivenUp(), job=job(0)) is None


def test_what_comes_round_within_a_day_never_waits_for_another_try() -> None:
    """Its own lock would keep the next rounds out: after an outage of two hours sealing would begin an hour late."""
    worker.register_tasks()
    rounds = list(queue.app.periodic_registry.periodic_tasks.values())
    often = {each.task.name for each in rounds if each.croniter.get_next() - each.croniter.get_prev() < A_DAY}
    assert {each.task.name for each in rounds if each.task.retry_strategy is None} == often
    assert {"journal.seal", "jobs.resume"} < often


@pytest.mark.parametrize(
    ("task", "lock", "ends"),
    [("jobs.resume", "jobs.resume", True), ("jobs.resume", None, False), ("mail.expire", "mail.expire", False)],
)
async def test_round_that_failed_is_logged_and_leaves_no_job(
    task: str, lock: str | None, ends: bool, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail() -> None:
        raise ValueError("lies@example.org")

    context = JobContext(
        app=queue.app,
        job=Job(id=7, queue="default", lock=None, queueing_lock=lock, task_name=task),
        abort_reason=lambda: None,
        start_timestamp=0,
    )
    with caplog.at_level(logging.ERROR, "portal.jobs"):
        if ends:
            assert await log_end(fail, context, None) is None
        else:
            with pytest.raises(ValueError, match="lies"):
                await log_end(fail, context, None)
    assert [message.partition(" at ")[0] for message in caplog.messages] == [f"{task} 7: failed: ValueError"]
