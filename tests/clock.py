"""A clock for tests: time passes when everybody waits for it, and never because the machine is slow."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

# Modules that imported `monotonic` by name have a reference of their own, which is replaced too.
OF_OURS = ("portal.", "psycopg.", "psycopg_pool.", "tests.")
# Real seconds after which time passes even at Pace.STANDS, so that a test which hangs reaches its deadlines.
HANGS = 60.0
# Seconds by which a timer ends too late, as every timer does.
LATE = 1e-6


class Pace(Enum):
    """How time passes while the loop has nothing to do but wait."""

    STANDS = "somebody else is at work for us: no timer ends before they have answered"
    PASSES = "as it does in reality"
    JUMPS = "nobody is going to answer: it is at once as late as the next timer is due"


class Clock:
    """The monotonic clock of this process and of the running loop, which must be one of asyncio's own.

    While the loop works, time stands still; how it passes while the loop waits is `pace`. A thread that the loop
    waits for counts as Pace.STANDS. Other processes are not seen: where a test waits for one, its `pace` must tell.

    kernel: real seconds to wait before a jump. Data on a TCP connection between two ends in this loop is under way
    for some microseconds; data on a UNIX socket arrives at once.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, kernel: float) -> None:
        self.pace: Callable[[], Pace] = lambda: Pace.JUMPS
        self._now, self._kernel = time.monotonic(), kernel
        self._selector: Any = loop._selector
        self._select = self._selector.select
        self._in_threads = 0
        self._run_in_thread = loop.run_in_executor

    def now(self) -> float:
        """Give the seconds of this clock."""
        return self._now

    def hold(self, seconds: float) -> None:
        """Let so many seconds pass, as if somebody had held the loop with a computation."""
        self._now += seconds

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for the loop's events, at most so many seconds of this clock."""
        if timeout is None:
            return self._select(None)
        events = self._select(0)
        if events or timeout <= 0:
            return events
        pace = Pace.STANDS if self._in_threads else self.pace()
        if pace is Pace.PASSES:
            began = time.perf_counter()
            events = self._select(timeout)
            self._now += min(time.perf_counter() - began, timeout) if events else timeout
            return events
        if events := self._select(HANGS if pace is Pace.STANDS else self._kernel):
            return events
        self._now += timeout + LATE
        return []

    def run_in_executor(self, executor: Any, work: Callable[..., Any], *given: Any) -> asyncio.Future[Any]:
        """Run work in a thread, and let time stand still meanwhile."""
        self._in_threads += 1
        future = self._run_in_thread(executor, work, *given)
        future.add_done_callback(self._leave_thread)
        return future

    def _leave_thread(self, _: asyncio.Future[Any]) -> None:
        self._in_threads -= 1


@contextmanager
def install_clock(kernel: float = 0) -> Iterator[Clock]:
    """Install a clock in the running loop, and in all modules that read the time, until the block ends."""
    loop = asyncio.get_running_loop()
    clock, real = Clock(loop, kernel), time.monotonic
    readers = [
        module
        for name, module in list(sys.modules.items())
        if name.startswith(OF_OURS) and vars(module).get("monotonic") is real
    ]
    loop.time, loop.run_in_executor = clock.now, clock.run_in_executor
    clock._selector.select = clock.select
    time.monotonic = clock.now
    for module in readers:
        module.monotonic = clock.now
    try:
        yield clock
    finally:
        for module in readers:
            module.monotonic = real
        time.monotonic = real
        del clock._selector.select, loop.time, loop.run_in_executor
