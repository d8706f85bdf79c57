"""When a job is tried again."""

import asyncio
from datetime import UTC, datetime

import pytest
from procrastinate.jobs import Job

from portal.platform.jobs.errors import GivenUp, TryLater
from portal.platform.jobs.retries import MOST, PAUSES, EqualPauses, GrowingPauses, pause_after

TWO_DAYS = 2 * 24 * 3600


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
    assert round((decision.retry_at - before).total_seconds()) == PAUSES[3]
    assert GrowingPauses().get_retry_decision(exception=error, job=job(MOST - 1)) is None


def test_what_was_given_up_is_not_tried_again() -> None:
    assert GrowingPauses().get_retry_decision(exception=GivenUp(), job=job(0)) is None


def test_job_cut_short_by_a_stop_starts_again_at_once() -> None:
    assert GrowingPauses().get_retry_decision(exception=asyncio.CancelledError(), job=job(0)).retry_at is None


def test_equal_pauses_do_not_end_by_themselves() -> None:
    before = datetime.now(UTC)
    decision = EqualPauses(300).get_retry_decision(exception=TryLater("x"), job=job(MOST + 5))
    assert round((decision.retry_at - before).total_seconds()) == 300
    assert EqualPauses(300).get_retry_decision(exception=GivenUp(), job=job(0)) is None
