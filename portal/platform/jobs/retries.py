"""Strategies for retrying failed jobs: after which pauses, and for how long."""

import asyncio

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.exceptions import JobAborted
from procrastinate.jobs import Job

from .errors import GivenUp

# Seconds after each failure; the last one repeats. Together they make two days, which outlasts an outage over a
# weekend, or a bug of ours that is fixed the next morning.
PAUSES = (2, 5, 15, 60, 120, 300, 600, 1200, 1800, 3600)
MOST = len(PAUSES) + 47  # failures, after which a job has failed for good


def pause_after(failures: int) -> int | None:
    """Tell how many seconds to wait after this many failures (one or more); None: do not retry."""
    if failures >= MOST:
        return None
    return PAUSES[min(failures, len(PAUSES)) - 1]


class GrowingPauses(BaseRetryStrategy):
    """Retry after growing pauses, for two days, whatever the error was; never after GivenUp."""

    def pause_after(self, failures: int) -> int | None:
        """Tell how many seconds to wait after this many failures (one or more); None: do not retry."""
        return pause_after(failures)

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Decide when to retry. A job that was interrupted because its worker stops restarts at once on another."""
        if isinstance(exception, GivenUp):
            return None
        if isinstance(exception, (asyncio.CancelledError, JobAborted)):
            return RetryDecision()
        pause = self.pause_after(job.attempts + 1)
        return None if pause is None else RetryDecision(retry_in={"seconds": pause})


class EndlessPauses(GrowingPauses):
    """Retry after growing pauses, until the task itself gives up."""

    def pause_after(self, failures: int) -> int:
        """Tell how many seconds to wait: the last pause repeats."""
        return PAUSES[min(failures, len(PAUSES)) - 1]


class EqualPauses(GrowingPauses):
    """Retry after equal pauses, until the task itself gives up."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds

    def pause_after(self, failures: int) -> int | None:
        """Tell how many seconds to wait: always as many."""
        return self.seconds
