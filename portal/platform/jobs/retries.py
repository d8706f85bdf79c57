"""When a job that did not come about is tried again."""

import asyncio

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from .errors import GivenUp

# Seconds after each failure; the last one again and again. Together two days, which outlasts a weekend's outage of
# most things, and a mistake of ours that is mended the next morning.
PAUSES = (2, 5, 15, 60, 120, 300, 600, 1200, 1800, 3600)
MOST = len(PAUSES) + 47


def pause_after(failures: int) -> int | None:
    """Say how many seconds to wait after this many failures (one or more); None: no more."""
    if failures >= MOST:
        return None
    return PAUSES[min(failures, len(PAUSES)) - 1]


class GrowingPauses(BaseRetryStrategy):
    """Try again after growing pauses, for two days, whatever went wrong; not after GivenUp."""

    def pause_after(self, failures: int) -> int | None:
        """Say how many seconds to wait after this many failures (one or more); None: no more."""
        return pause_after(failures)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Decide; a job that was cut short because the worker stops starts again at once elsewhere."""
        if isinstance(exception, GivenUp):
            return None
        if isinstance(exception, (asyncio.CancelledError, JobAborted)):
            return RetryDecision()
        pause = self.pause_after(job.attempts + 1)
        return None if pause is None else RetryDecision(retry_in={"seconds": pause})


class EqualPauses(GrowingPauses):
    """Try again after the same pause each time, until the task itself gives up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def pause_after(self, failures: int) -> int | None:
        """Say how many seconds to wait: always as many."""
        return self.seconds
