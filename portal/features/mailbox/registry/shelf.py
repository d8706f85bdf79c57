"""What is read for everybody alike and kept in this process: given at once, and read anew beside that."""

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
    """One thing that is kept.

    name: of what it is, for the log. reading: reads it; trouble comes back as a value. fresh_s: how long it is given
    without being read anew; failed_s: after a failure, before it is tried again. is_whole: tells of what was read
    whether nothing lacks; what lacks something counts as a failure, and takes the place of nothing whole. trouble:
    of the last try, None where that brought something.
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
        """Seconds since what is kept was read."""
        return time.monotonic() - self._read_at

    async def look_up(self, seconds: float) -> T | None:
        """Give what is kept; where nothing is yet, wait so long for it at most. None: see `trouble`, or late."""
        task = self.renew()
        if self.value is None and task is not None:
            # The reading goes on when nobody waits for it any longer, for whoever comes next.
            await asyncio.wait([task], timeout=seconds)
        return self.value

    def renew(self) -> asyncio.Task[None] | None:
        """Begin to read it anew where it is time for that; gives who is reading it, None where nobody is."""
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
            # A fault of ours. The type only: the message of an error can quote a value.
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
