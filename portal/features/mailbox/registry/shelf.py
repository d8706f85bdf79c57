"""A cache of one value that is the same for all citizens: given at once, and read again in the background."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from portal.platform.sources.reading.outcomes import Down, Late

log = logging.getLogger("portal.mailbox")


@dataclass(slots=True, eq=False)
class Shelf[T]:
    """One value in the cache.

    name: of the value, for the log. reading: reads it, and returns trouble as a value. fresh_s: seconds until it is
    read again; failed_s: the same after a failure. is_whole: tells whether a value lacks nothing; one that does
    counts as a failure, and never replaces a whole one. value: None until one was read. trouble: of the last try,
    None where that gave a value.
    """

    name: str
    reading: Callable[[], Awaitable[T | Down | Late]]
    fresh_s: float
    failed_s: float
    is_whole: Callable[[T], bool] = lambda _: True
    value: T | None = None
    trouble: Down | Late | None = None
    _read_at: float = 0.0
    _again_at: float = 0.0
    _task: asyncio.Task[None] | None = None

    @property
    def age_s(self) -> float:
        """Seconds since the value was read."""
        return time.monotonic() - self._read_at

    async def look_up(self, seconds: float) -> T | None:
        """Give the value; where there is none yet, wait for it at most `seconds`.

        Returns None where there is none after that: `trouble` says why, or is None where the reading still goes on.
        """
        task = self.renew()
        if self.value is None and task is not None:
            # The task outlives this wait, for whoever asks next.
            await asyncio.wait([task], timeout=seconds)
        return self.value

    def renew(self) -> asyncio.Task[None] | None:
        """Begin to read the value again where that is due; give the task that reads it, None for none."""
        if self._task is not None and self._is_under_way(self._task):
            return self._task
        if time.monotonic() < self._again_at:
            return None
        self._task = asyncio.create_task(self._keep())
        return self._task

    def _is_under_way(self, task: asyncio.Task[Any]) -> bool:
        return not task.done() and task.get_loop() is asyncio.get_running_loop()

    async def _keep(self) -> None:
        try:
            found = await self.reading()
        except Exception as error:
            # A fault of this program. Its type only is logged: a message can quote a value.
            log.error("%s not read: %s", self.name, type(error).__name__)
            found = Down("fault", type(error).__name__)
        now = time.monotonic()
        if isinstance(found, Down | Late):
            self.trouble, self._again_at = found, now + self.failed_s
            return
        self.trouble = None
        is_whole = self.is_whole(found)
        self._again_at = now + (self.fresh_s if is_whole else self.failed_s)
        if is_whole or self.value is None or not self.is_whole(self.value):
            self.value, self._read_at = found, now
