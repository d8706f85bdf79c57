"""The time of a test: it passes when everybody waits for it, and never because the machine is slow."""

import asyncio
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Any

# Modules that took `monotonic` by name read it there.
OF_OURS = ("portal.", "psycopg.", "psycopg_pool.", "tests.")
# Real seconds after which time passes all the same, so that a test which hangs comes to its deadlines.
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

    While the loop works time stands still; what happens when it waits is the `pace`. A thread that the loop waits for
    is somebody else at work. Other processes are not seen: where a test waits for one, `pace` must know of it.
    kernel: real seconds that it has before a jump. What goes through TCP between two ends in this loop is on its way
    for some microseconds, what goes through UNIX sockets is not.
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
        """Hold the loop, as whoever computes for so long does."""
        self._now += seconds

    def select(self, timeout: float | None = None) -> list[Any]:
        """Wait for what the loop waits for, at most so many seconds of this clock."""
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
        """Have a thread do it, and let time stand still meanwhile."""
        self._in_threads += 1
        future = self._run_in_thread(executor, work, *given)
        future.add_done_callback(self._leave_thread)
        return future

    def _leave_thread(self, _: asyncio.Future[Any]) -> None:
        self._in_threads -= 1


@contextmanager
def install_clock(kernel: float = 0) -> Iterator[Clock]:
    """Put such a clock into the running loop, and into all that reads the time, for a while."""
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
