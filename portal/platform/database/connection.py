"""A connection with a deadline of our own on every operation, whatever happens to the server.

The server's own limits (`LIMITS`) do not help when packets are lost or the server hangs, and `asyncio.timeout` around
a statement makes psycopg cancel it at the server and wait for that as well.
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

PATIENCE = 2.0  # seconds to connect, or to run a statement with all that precedes it
LEAST = 0.25  # the share of the patience that any operation gets, however much of the time has passed
TURN = 0.1  # seconds between psycopg's checks while it waits
LAST_ANSWER = 0.05  # seconds for the answer to a statement whose caller was cancelled

# The server ends statements, waits for locks and idle transactions a little before our own deadline.
LIMITS = "-c statement_timeout=1800ms -c lock_timeout=1s -c idle_in_transaction_session_timeout=5s"
# TCP keepalives detect a server that disappeared while the connection was idle.
ALIVE = {"keepalives_idle": 10, "keepalives_interval": 3, "keepalives_count": 3, "tcp_user_timeout": 2000}

# The SQLSTATE of a server that was demoted: another one is the primary now.
READ_ONLY = "25006"
# Errors that pass. Psycopg does not count the last two as OperationalErrors: a server that was demoted, and one that
# ended a transaction because this machine was suspended for too long.
PASSING = (
    psycopg.OperationalError,
    psycopg.errors.ReadOnlySqlTransaction,
    psycopg.errors.IdleInTransactionSessionTimeout,
)


class NoAnswer(psycopg.OperationalError):
    """The database received the statement and did not answer in time; the connection is closed."""

    def __init__(self, asked_at: float) -> None:
        """asked_at: when it was asked (monotonic)."""
        super().__init__("no answer in time")
        self.asked_at = asked_at


class ClockedConnection(AsyncConnection[Any]):
    """An AsyncConnection whose every operation ends in time, with NoAnswer when there was no answer.

    patience: seconds for an operation. made_at: when it began to connect (monotonic).
    """

    patience = PATIENCE
    made_at = 0.0
    # The deadline of the next operation; later ones get `patience` again.
    until: float | None = None
    _listens = False

    @classmethod
    async def connect(cls, conninfo: str = "", *, patience: float = PATIENCE, **given: Any) -> Self:  # type: ignore[override]  # fewer options
        """Connect within `patience` seconds, including DNS, TLS and authentication.

        Each operation on the connection then has as many seconds.
        """
        began = monotonic()
        try:
            async with asyncio.timeout(patience):
                conn = await super().connect(conninfo, **given)
        except TimeoutError:
            raise psycopg.errors.ConnectionTimeout("no connection in time") from None
        conn.patience, conn.made_at = patience, began
        return conn

    async def wait[T](self, gen: PQGen[T], interval: float = TURN, timeout: float | None = None) -> T:  # noqa: ASYNC109 - psycopg's
        """Run an operation to its end. Raises NoAnswer when the server hangs."""
        if self._listens:
            return await super().wait(gen, interval, timeout)
        seconds = self.patience
        if self.until is not None:
            seconds, self.until = max(min(seconds, self.until - monotonic()), LEAST * seconds), None
        try:
            return await self._wait_for_answer(gen, interval, seconds)
        except asyncio.CancelledError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                await self._read_last(gen, interval)
            raise

    async def _read_last(self, gen: PQGen[Any], interval: float) -> None:
        """Read the answer for a caller who was cancelled, if it comes at once, else close the connection.

        Connecting anew costs far more than most statements: whoever breaks off many requests must not cause that.
        """
        try:
            await wait_async(gen, self.pgconn.socket, interval, LAST_ANSWER)
        except BaseException:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.pgconn.finish()

    async def _wait_for_answer[T](self, gen: PQGen[T], interval: float, seconds: float) -> T:
        asked_at = monotonic()
        for _ in range(2):
            try:
                return await wait_async(gen, self.pgconn.socket, interval, seconds)
            except _WaitTimeout:
                # When an answer is there after all, the deadline passed because our own loop was busy.
                if not has_news(self):
                    break
        self.pgconn.finish()
        raise NoAnswer(asked_at)

    async def notifies(
        self,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 - psycopg's
        stop_after: int | None = None,
    ) -> AsyncGenerator[Notify]:
        """Wait for notifications without a deadline, since silence is normal."""
        self._listens = True
        try:
            async with aclosing(super().notifies(timeout=timeout, stop_after=stop_after)) as notifications:
                async for notification in notifications:
                    yield notification
        finally:
            self._listens = False


def has_news(conn: AsyncConnection[Any]) -> bool:
    """Tell whether a connection has something to read or is closed; sends nothing.

    On an idle connection that is the server's last message, or the end of the stream.
    """
    if conn.closed:
        return True
    poller = select.poll()
    poller.register(conn.pgconn.socket, select.POLLIN)
    return bool(poller.poll(0))


def is_lost(conn: AsyncConnection[Any], error: psycopg.Error) -> bool:
    """Tell whether an error says that the connection is gone, is about to go (the server is shut down), or leads to a
    server that takes no changes any more (`READ_ONLY`).
    """
    return conn.closed or (error.sqlstate or "").startswith(("57P", READ_ONLY))
