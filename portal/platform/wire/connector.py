"""A pool of connections to each of several origins: kept ones are used first, and their number and set-ups bounded.

The deadline on connecting does not include waiting for a free connection. Set-ups at once have a bound of their own:
otherwise sixty pages at one moment would do nothing but handshakes, and all would miss that deadline.
"""

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from .connecting import Names, Origin, set_up
from .connection import HttpConnection
from .errors import NotConnected

KEPT_SECONDS = 60.0


@dataclass
class Waiting:
    """How long a caller waited for a free connection of ours since `began` (seconds of the loop's clock).

    has_connection: False during such a wait.
    """

    began: float
    seconds: float = 0.0
    has_connection: bool = True

    def begin_anew(self) -> None:
        """Begin counting again from now."""
        self.began, self.seconds = asyncio.get_running_loop().time(), 0.0

    @property
    def was_mostly_waiting(self) -> bool:
        """Tell whether it still waits, or waited for more than half of the time since `began`."""
        passed = asyncio.get_running_loop().time() - self.began
        return not self.has_connection or self.seconds > passed / 2


@dataclass
class OriginPool:
    """The connections of one origin: how many are in use or being set up, those kept, and the callers that wait."""

    in_use: int = 0
    setting_up: int = 0
    kept: deque[HttpConnection] = field(default_factory=deque)
    waiting: deque[asyncio.Future[None]] = field(default_factory=deque)

    def wake(self) -> None:
        """Let the first caller that waits look again."""
        while self.waiting:
            first = self.waiting.popleft()
            if not first.done():
                first.set_result(None)
                return
            # That caller has just given up: wake the next.


_waiting: ContextVar[Waiting | None] = ContextVar("waiting", default=None)


@contextlib.contextmanager
def measure_waiting() -> Iterator[Waiting]:
    """Measure how long questions asked inside wait for a free connection, which is no slowness of the server."""
    noted = Waiting(asyncio.get_running_loop().time())
    token = _waiting.set(noted)
    try:
        yield noted
    finally:
        _waiting.reset(token)


class Connector:
    """Connections to several origins.

    at_once: most connections in use per origin. setting_up: most set-ups at the same moment per origin.
    connect_seconds: to look up the name and set up TCP and TLS. is_kept: whether a connection is used again.
    A caller that finds none free waits, at most until its own deadline; a kept one that comes free goes first.
    """

    def __init__(self, *, at_once: int, setting_up: int, connect_seconds: float, is_kept: bool = True) -> None:
        self.is_kept = is_kept
        self._at_once = at_once
        self._setting_up = setting_up
        self._connect_seconds = connect_seconds
        self._names = Names()
        self._pools: defaultdict[Origin, OriginPool] = defaultdict(OriginPool)
        self._in_use: set[HttpConnection] = set()
        self._sweeping: asyncio.TimerHandle | None = None
        self._is_closed = False

    async def take(self, origin: Origin, *, must_be_fresh: bool = False) -> HttpConnection:
        """Take a kept connection, or set one up, as soon as the bounds allow it; it must be given back.

        must_be_fresh: take no kept one. Raises NotConnected.
        """
        pool = self._pools[origin]
        if pool.waiting or not self._has_capacity(pool, must_be_fresh):
            await self._wait(pool, must_be_fresh)
        pool.in_use += 1
        try:
            connection = None if must_be_fresh else self._take_kept(pool)
            if connection is None:
                connection = await self._set_up(origin, pool)
            self._in_use.add(connection)
            return connection
        except BaseException:
            pool.in_use -= 1
            pool.wake()
            raise

    def give_back(self, origin: Origin, connection: HttpConnection) -> None:
        """Keep a connection for the next question, or close it where it cannot be asked another."""
        self._in_use.discard(connection)
        pool = self._pools[origin]
        pool.in_use -= 1
        if self.is_kept and not self._is_closed and connection.is_free:
            connection.kept_since = asyncio.get_running_loop().time()
            pool.kept.append(connection)
            if self._sweeping is None:
                self._sweep()
        else:
            connection.close()
        pool.wake()

    def close(self) -> None:
        """Close all connections, and set up no more."""
        self._is_closed = True
        if self._sweeping is not None:
            self._sweeping.cancel()
        for connection in self._in_use:
            connection.abort()
        for pool in self._pools.values():
            while pool.kept:
                pool.kept.popleft().abort()

    def _take_kept(self, pool: OriginPool) -> HttpConnection | None:
        """Take the connection that has been kept longest and still serves, and close those before it that do not."""
        while pool.kept:
            kept = pool.kept.popleft()
            if kept.is_free and kept.is_quiet and not self._is_old(kept):
                return kept
            kept.close()
        return None

    async def _set_up(self, origin: Origin, pool: OriginPool) -> HttpConnection:
        if self._is_closed:
            raise NotConnected
        pool.setting_up += 1
        try:
            made = await set_up(origin, self._names, self._connect_seconds)
        finally:
            pool.setting_up -= 1
            pool.wake()
        if self._is_closed:
            made.abort()
            raise NotConnected
        return made

    def _is_old(self, kept: HttpConnection) -> bool:
        return asyncio.get_running_loop().time() >= kept.kept_since + KEPT_SECONDS

    def _sweep(self) -> None:
        """Close the connections that were kept too long without a question; the oldest stand first."""
        for pool in self._pools.values():
            while pool.kept and self._is_old(pool.kept[0]):
                pool.kept.popleft().close()
        self._sweeping = None
        if any(pool.kept for pool in self._pools.values()):
            self._sweeping = asyncio.get_running_loop().call_later(KEPT_SECONDS, self._sweep)

    def _has_capacity(self, pool: OriginPool, must_be_fresh: bool) -> bool:
        """Tell whether a question can be asked now, over a kept connection or a new one."""
        if pool.in_use >= self._at_once:
            return False
        return pool.setting_up < self._setting_up or (bool(pool.kept) and not must_be_fresh)

    async def _wait(self, pool: OriginPool, must_be_fresh: bool) -> None:
        """Wait in line for a connection; a caller that is woken but finds it gone again stays the first in line."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        noted = _waiting.get() or Waiting(began)
        noted.has_connection = False
        turn = loop.create_future()
        pool.waiting.append(turn)
        try:
            await turn
            while not self._has_capacity(pool, must_be_fresh):
                turn = loop.create_future()
                pool.waiting.appendleft(turn)
                await turn
        except BaseException:
            if turn in pool.waiting:
                pool.waiting.remove(turn)
            elif not turn.cancelled():
                # The caller gave up at the moment it was woken: the connection is for the next.
                pool.wake()
            raise
        finally:
            noted.seconds += loop.time() - began
        noted.has_connection = True
