"""Wake the requests of this process that wait for news of a citizen: LISTEN over one connection for all of them.

A wake only says that there may be news. Whoever was woken reads again under the citizen's row policies, so a wake too
many does no harm. Whenever wakes may have been missed, because the connection was lost, everybody is woken.
"""

import asyncio
import hashlib
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from uuid import UUID

import psycopg

from portal.platform.database import pool
from portal.platform.database.connection import LIMITS, ClockedConnection

CHANNEL = "live"  # to which the SQL function `live_wake` notifies
# Seconds between two checks that the connection still leads to a database that accepts writes.
LOOK_SECONDS = 10.0
# Seconds between two tries to listen again: the first, and at most.
SOON, LATER = 0.25, 10.0
# Seconds that a new waiter waits until we listen; after that it reads, and is woken as soon as we listen.
HEARING_SECONDS = 2.0
# When everybody is woken at once, their wakes are spread over so many seconds.
SPREAD_SECONDS = 3.0
# So many waiters of a process read at one time.
READING_AT_ONCE = 4

log = logging.getLogger("portal.live")


class DemotedError(psycopg.OperationalError):
    """The database accepts no writes any more, so it will never notify: another one is the primary now."""


def mark_of(citizen_id: UUID) -> str:
    """Name a citizen in notifications, which every session of the database may hear: 64 hexadecimal digits.

    The SQL function `live_wake` makes the same mark. The id is itself a keyed hash (`keys.pseudonym`), so nobody can
    find a mark by trying national numbers.
    """
    return hashlib.sha256(b"live" + citizen_id.bytes).hexdigest()


class Waiter:
    """Somebody who waits for news of one citizen: they read first (`reading`), then wait (`wait_for_news`)."""

    def __init__(self, wakes: "Wakes") -> None:
        self._wakes = wakes
        self._woken = asyncio.Event()

    @property
    def is_over(self) -> bool:
        """Tell whether the process stops, so that nobody waits any longer."""
        return self._wakes.is_over

    async def wait_for_news(self, seconds: float) -> bool:
        """Wait until there may be news, at most `seconds`; tell whether there may be."""
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return False
        return True

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[None]:
        """Hold a turn to read, once we listen: whatever happens from here on wakes this waiter again."""
        await self._wakes.wait_until_heard()
        async with self._wakes.turns:
            if not self.is_over:
                self._woken.clear()
            yield

    def wake(self, after: float = 0.0) -> None:
        """Wake this waiter: there may be news. after: in so many seconds."""
        if after:
            asyncio.get_running_loop().call_later(after, self._woken.set)
        else:
            self._woken.set()


class Wakes:
    """All waiters of this process.

    The connection that listens is open as long as there are any, and up to LOOK_SECONDS more.
    """

    def __init__(self) -> None:
        self.is_over = False
        self._is_outage_logged = False
        self._waiting: dict[str, set[Waiter]] = {}
        self._listening: asyncio.Task[None] | None = None

    @contextmanager
    def waiter(self, citizen_id: UUID) -> Iterator[Waiter]:
        """Wait for news of a citizen until the block ends; it begins before anything is read."""
        waiter, mark = Waiter(self), mark_of(citizen_id)
        self._waiting.setdefault(mark, set()).add(waiter)
        self._listen()
        try:
            yield waiter
        finally:
            waiters = self._waiting[mark]
            waiters.discard(waiter)
            if not waiters:
                del self._waiting[mark]

    @property
    def count(self) -> int:
        """Count the waiters."""
        return sum(map(len, self._waiting.values()))

    async def wait_until_heard(self) -> None:
        """Wait until we listen, at most HEARING_SECONDS."""
        try:
            async with asyncio.timeout(HEARING_SECONDS):
                await self._hears.wait()
        except TimeoutError:
            pass

    def end(self) -> None:
        """Wake every waiter, because the process stops; no reading takes that wake away."""
        self.is_over = True
        self._wake_all()

    async def close(self) -> None:
        """Stop listening."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])

    def _listen(self) -> None:
        if self._listening is None or self._listening.done():
            # Made here, for the loop that now runs.
            self._hears = asyncio.Event()
            self.turns = asyncio.Semaphore(READING_AT_ONCE)
            self._listening = asyncio.create_task(self._keep_listening())

    async def _keep_listening(self) -> None:
        pause = SOON
        while self._waiting and not self.is_over:
            try:
                await self._hear()
                pause = SOON
            except (psycopg.Error, OSError) as error:
                if not self._is_outage_logged:
                    self._is_outage_logged = True
                    log.warning("no connection wakes open pages: %s", type(error).__name__)
                if self._hears.is_set():
                    pause = SOON
                self._hears.clear()
                await asyncio.sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads tries, guards nothing
                pause = min(2 * pause, LATER)

    async def _hear(self) -> None:
        """Listen until nobody waits, and up to LOOK_SECONDS more; raise when the connection is lost."""
        conn = await ClockedConnection.connect(pool.address(pool.MAIN, LIMITS), autocommit=True)
        async with conn:
            await conn.execute(f"listen {CHANNEL}".encode())
            self._wake_all(spread=0.0 if self.count == 1 else SPREAD_SECONDS)
            self._hears.set()
            self._is_outage_logged = False
            while self._waiting and not self.is_over:
                async for notification in conn.notifies(timeout=LOOK_SECONDS):
                    for waiter in self._waiting.get(notification.payload, ()):
                        waiter.wake()
                cursor = await conn.execute("select pg_is_in_recovery()")
                if await cursor.fetchone() == (True,):
                    raise DemotedError("the database takes no changes any more")
            # Whoever begins to wait from here on waits for the next connection.
            self._hears.clear()

    def _wake_all(self, spread: float = 0.0) -> None:
        for waiters in self._waiting.values():
            for waiter in waiters:
                waiter.wake(random.uniform(0.0, spread))  # noqa: S311 - spreads readers, guards nothing


wakes = Wakes()
