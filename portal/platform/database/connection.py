"""A connection with a clock of our own: whatever becomes of the other side, nobody waits for it for long.

The server's limits (`LIMITS`) say nothing when packets vanish or the server stands still, and `asyncio.timeout`
around a statement makes psycopg ask the server to stop, and wait for that too.
"""

import asyncio
import select
from collections.abc import AsyncGenerator
from contextlib import aclosing
from time import monotonic
from typing import Any, Self

import psycopg
from psycopg import AsyncConnection, Notify
from psycopg.abc import PQGen
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus
from psycopg.waiting import wait_async

PATIENCE = 2.0  # seconds for making a connection, for a statement, and for all that comes before it
LEAST = 0.25  # the share of it that an operation has, however much was spent before
TURN = 0.1  # seconds; psycopg looks about so often while it waits

# How the server ends what a page must not wait for, a little before our own clock does.
LIMITS = "-c statement_timeout=1800ms -c lock_timeout=1s -c idle_in_transaction_session_timeout=5s"
# TCP finds out by itself about a server that went away while nobody asked it anything.
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 2000}

# What says that the server we are connected with was first and is second now: another one has taken its place.
READ_ONLY = "25006"
# What passes. The last two are no OperationalErrors to psycopg: a server that lost its place, and one that ended a
# transaction because this machine stood still for too long.
PASSING = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
)


class NoAnswer(psycopg.OperationalError):
    """The database took what was asked and did not answer in time; the connection is closed."""

    def __init__(self, asked_at: float) -> None:
        """asked_at: when it was asked (monotonic)."""
        super().__init__("no answer in time")
        self.asked_at = asked_at


class ClockedConnection(AsyncConnection[Any]):
    """An AsyncConnection of which every operation ends in time, with NoAnswer when there was no answer."""

    patience = PATIENCE
    made_at = 0.0
    # When the next operation must be done; after it, `patience` holds again.
    until: float | None = None
    _listens = False

    @classmethod
    async def connect(cls, conninfo: str = "", *, patience: float = PATIENCE, **given: Any) -> Self:  # type: ignore[override]
        """Connect within `patience` seconds: finding the address, TLS and showing who we are included.

        Whatever is done with the connection has as many seconds.
        """
        began = monotonic()
        try:
            async with asyncio.timeout(patience):
                conn = await super().connect(conninfo, **given)
        except TimeoutError:
            raise psycopg.errors.ConnectionTimeout("no connection in time") from None
        conn.patience, conn.made_at = patience, began
        return conn

    # ASYNC109, here and below: psycopg calls it so.
    async def wait[T](self, gen: PQGen[T], interval: float = TURN, timeout: float | None = None) -> T:  # noqa: ASYNC109
        """Let an operation go on until it is done. Raises NoAnswer when the server stands still."""
        if self._listens:
            return await super().wait(gen, interval, timeout)
        seconds = self.patience
        if self.until is not None:
            seconds, self.until = max(min(seconds, self.until - monotonic()), LEAST * seconds), None
        try:
            return await self._answered(gen, interval, seconds)
        except asyncio.CancelledError:
            # Whoever asked has left. Nobody waits until the server has heard so too.
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()
            raise

    async def _answered[T](self, gen: PQGen[T], interval: float, seconds: float) -> T:
        asked_at = monotonic()
        for _ in range(2):
            try:
                return await wait_async(gen, self.pgconn.socket, interval, seconds)
            except _WaitTimeout:
                # Where there is an answer, it was we who were too busy to look.
                if not has_news(self):
                    break
        self.pgconn.finish()
        raise NoAnswer(asked_at)

    async def notifies(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109
        stop_after: int | None = None,
    ) -> AsyncGenerator[Notify]:
        """Wait for notifications: as long as it takes, since silence is what is expected."""
        self._listens = True
        try:
            async with aclosing(super().notifies(timeout=timeout, stop_after=stop_after)) as news:
                async for one in news:
                    yield one
        finally:
            self._listens = False


def has_news(conn: AsyncConnection[Any]) -> bool:
    """Tell whether there is something to read on a connection, or whether it is gone; costs no message.

    On one that nobody uses it is the server's farewell, or its end.
    """
    if conn.closed:
        return True
    looked = select.poll()
    looked.register(conn.pgconn.socket, select.POLLIN)
    return bool(looked.poll(0))


def is_lost(conn: AsyncConnection[Any], error: psycopg.Error) -> bool:
    """Tell whether an error says that the connection is gone, is about to go (the server is shut down), or leads to a
    server that takes no changes any more (`READ_ONLY`).
    """
    return conn.closed or (error.sqlstate or "").startswith(("57P", READ_ONLY))
