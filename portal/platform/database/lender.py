"""The pool of one database: it lends connections that work, within the time that a caller may wait."""

import asyncio
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool, PoolTimeout

from .connection import PASSING, PATIENCE, READ_ONLY, ClockedConnection, NoAnswer, has_news, is_lost
from .watch import ASKING, Watch

# The first operation on a borrowed connection. It may be repeated on another one: it changes nothing, or the same a
# second time.
FirstOperation = Callable[[ClockedConnection], Awaitable[None]]

# The share of the caller's time for the first message; the rest is left for a fresh connection.
OPENING = 0.6  # of the lender's patience
AGAIN = 0.05  # seconds between two tries to connect


class DatabaseAway(psycopg.OperationalError):
    """The database has not answered for some time, and callers get no connection until it does."""


class StandingPool(AsyncConnectionPool[ClockedConnection]):
    """A pool that never lends a connection which the server has closed; the check sends nothing.

    It does not replace lost connections by itself: a caller that needs one connects at once, and retries for as long
    as it may wait.
    """

    def __init__(self, where: str, *, most: int, ready: int = 1, patience: float, **given: Any) -> None:
        """where: as libpq reads it. most: connections. patience: seconds that whoever wants one waits.

        ready: how many are made at the start, one after the other. Each holds the loop for some milliseconds, which
        should not happen while people wait for pages.
        """
        super().__init__(
            where,
            connection_class=ClockedConnection,
            min_size=ready,
            max_size=most,
            timeout=patience,
            # The pool's own retries come after ever longer pauses.
            reconnect_timeout=0,
            **given,
        )

    async def getconn(self, timeout: float | None = None) -> ClockedConnection:  # noqa: ASYNC109 - psycopg's
        """Lend a connection; connections that a restart of the server closed are dropped on the way."""
        until = monotonic() + (self.timeout if timeout is None else timeout)
        while True:
            conn = await super().getconn(until - monotonic())
            if not has_news(conn):
                return conn
            await self._drop([conn])

    async def sweep(self, *, idle_too: bool) -> None:
        """Drop the connections that the server has closed, or all idle ones."""
        async with self._lock:
            dead = [conn for conn in self._pool if idle_too or has_news(conn)]
            for conn in dead:
                self._pool.remove(conn)
        await self._drop(dead)

    async def reconnect_failed(self) -> None:
        """Try again in a moment, as long as somebody waits."""
        await asyncio.sleep(AGAIN)
        async with self._lock:
            if self._waiting:
                self._maybe_grow_pool()

    async def _drop(self, dead: list[ClockedConnection]) -> None:
        async with self._lock:
            self._nconns -= len(dead)
        for conn in dead:
            await self._close_connection(conn)


class Lender:
    """Lends the connections to one database, takes them back, and drops all of them when one was found dead."""

    def __init__(
        self, name: str, where: str, *, most: int, ready: int = 1, patience: float = PATIENCE, checked: bool = False
    ) -> None:
        """where: as libpq reads it. most: connections. patience: seconds that whoever wants one waits.

        ready: connections that are made at the start. checked: test a connection by a message each time it is
        borrowed, also when it is borrowed without a first operation.
        """
        self.patience = patience
        self._where = where
        self.watch = Watch(name, self._ask, patience)
        self._check: FirstOperation | None = _check if checked else None
        self._swept_at = 0.0
        self._lent = 0
        options = {"autocommit": True, "patience": patience}
        self._pool = StandingPool(where, most=most, ready=ready, patience=patience, open=False, kwargs=options)

    async def open(self, within: float) -> None:
        """Wait until the database answers and the connections to be ready are made.

        Raises OperationalError after `within` seconds.
        """
        until = monotonic() + within
        while True:
            try:
                await self._ask()
                break
            except psycopg.OperationalError:
                if monotonic() > until:
                    raise
                await asyncio.sleep(AGAIN)
        await self._pool.open(wait=True, timeout=until - monotonic())

    @property
    def is_closed(self) -> bool:
        """Tell whether it lends no more."""
        return self._pool.closed

    async def close(self) -> None:
        """Close the connections that are not lent; a lent one is closed when it comes back."""
        await self.watch.stop()
        await self._pool.close(timeout=1)

    async def borrow(self, opening: FirstOperation | None = None) -> ClockedConnection:
        """Lend a connection on which `opening` was done; it must come back by `take_back`.

        Raises psycopg.OperationalError when there is none in time. On a connection that turns out to be dead, the
        error of `opening` is dropped, and it is done again on a fresh one.
        """
        until = monotonic() + self.patience
        opening = opening or self._check
        while True:
            if not await self.watch.is_answering(until):
                raise DatabaseAway("the database does not answer")
            conn = await self._take(until)
            try:
                if opening is not None:
                    # For the first operation of `opening`, and then for the first of the caller; each later one has
                    # the connection's own patience (`ClockedConnection.until`).
                    conn.until = min(until, monotonic() + OPENING * self.patience)
                    await opening(conn)
                conn.until = until
            except BaseException as error:
                await self.take_back(conn, error)
                if not (isinstance(error, psycopg.OperationalError) and conn.closed and monotonic() < until):
                    raise
            else:
                return conn

    async def take_back(self, conn: ClockedConnection, error: BaseException | None = None) -> None:
        """Take a connection back; error: what went wrong while it was lent."""
        conn.until = None
        self._lent -= 1
        if isinstance(error, PASSING) and is_lost(conn, error):
            await conn.close()
            asked_at = error.asked_at if isinstance(error, NoAnswer) else None
            self.watch.doubt(asked_at or monotonic())
            # The other connections lead to the same server and are as dead; whoever finds out first drops them all. A
            # connection from before that says nothing about those that were made since. After another error, only
            # those that the server closed are dropped.
            is_alike = asked_at is not None or error.sqlstate == READ_ONLY
            is_news = is_alike and conn.made_at > self._swept_at
            await self._pool.sweep(idle_too=is_news)
            if is_news:
                self._swept_at = monotonic()
        await self._pool.putconn(conn)

    async def _take(self, until: float) -> ClockedConnection:
        asked_at = monotonic()
        try:
            conn = await self._pool.getconn(until - asked_at)
        except PoolTimeout:
            # No connection is lent, and yet none came in time: the reason is not that all are in use.
            if not self._lent:
                self.watch.doubt(asked_at)
            raise
        self._lent += 1
        return conn

    async def _ask(self) -> None:
        """Test whether the database answers: over a new connection, or over one of ours when it accepts no more.

        Raises psycopg.Error when it does not.
        """
        within = ASKING * self.patience  # for a new connection, or a statement; a quarter of it to get one of ours
        try:
            conn = await self._pool.connection_class.connect(self._where, patience=within, autocommit=True)
        except psycopg.Error as refused:
            try:
                async with self._pool.connection(within / 4) as lent:
                    lent.until = monotonic() + within
                    await lent.execute("select 1")
            except psycopg.Error:
                raise refused from None
        else:
            async with conn:
                await conn.execute("select 1")


async def _check(conn: ClockedConnection) -> None:
    await conn.execute("")
