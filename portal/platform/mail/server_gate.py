"""Whether a mail may go to the mail server now: a few at once, and none just after the server hung again and again.

Mails share the worker with all other jobs. A server that hangs would hold all its places, a minute each, and mails
that are due again come before jobs that were put in later: reports of errors would stand still, and be given up. A
server that fails at once holds no place, and is asked whenever a mail is due.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal.platform.jobs.errors import GivenUp, TryLater

from .errors import ServerAway

AT_ONCE = 5  # mails under way in a process: half of the jobs that a worker does at once
PATIENCE = 2.0  # seconds that a mail waits for its turn, in a place of the worker
SLOW = 5.0  # seconds that a failure takes at least to count
FAILURES = 3  # that count, in a row, after which the server is left alone
PAUSE = 5.0  # seconds for which it is; then one mail tries it

_gates: dict[asyncio.AbstractEventLoop, "ServerGate"] = {}


class ServerGate:
    """The turns of mails at the server, and how often it hung since it last answered or failed at once."""

    def __init__(self) -> None:
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._failures = 0
        self._failed_at = 0.0
        self._trial: asyncio.Event | None = None  # of the mail that tries the server: set at its end

    @asynccontextmanager
    async def passage(self) -> AsyncIterator[None]:
        """Hold a turn inside the block, and learn by how the block ends whether the server answers.

        Raise TryLater where the server is left alone, and when no turn came in time.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                if self._trial is not None:
                    # Mails are often due together: when the first is taken, the others need not come later.
                    await self._trial.wait()
                self._refuse_if_shut()
                await self._turns.acquire()
        except TimeoutError:
            self._refuse_if_shut()
            raise TryLater("SMTP: too many mails at once") from None
        try:
            self._refuse_if_shut()
            async with self._learning():
                yield
        finally:
            self._turns.release()

    def _refuse_if_shut(self) -> None:
        if self._failures < FAILURES:
            return
        if self._trial is not None or time.monotonic() < self._failed_at + PAUSE:
            raise TryLater("SMTP: the server failed just now")

    @asynccontextmanager
    async def _learning(self) -> AsyncIterator[None]:
        began, trial = time.monotonic(), None
        if self._failures >= FAILURES:
            trial = self._trial = asyncio.Event()
        try:
            yield
        except ServerAway:
            self._failed_at = time.monotonic()
            self._failures = self._failures + 1 if self._failed_at - began >= SLOW else 0
            raise
        except (TryLater, GivenUp):
            # What it says of one mail or address, it says as a server that answers.
            self._failures = 0
            raise
        else:
            self._failures = 0
        finally:
            if trial is not None:
                self._trial = None
                trial.set()


def of_this_loop() -> ServerGate:
    """Give the gate of this process: there is one for each event loop, as its turns belong to one."""
    return _gates.setdefault(asyncio.get_running_loop(), ServerGate())
