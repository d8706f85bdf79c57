"""One psycopg pool per worker, on its event loop.

Django's ORM hops to a thread for each query; on the hot path that costs more than the query itself, so rooms with
tables write their SQL against this pool. Connections are in autocommit: a statement is a transaction unless
`conn.transaction()` says otherwise.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg
from django.conf import settings
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from portal.platform.kit.errors import PortalError

_pool: AsyncConnectionPool[AsyncConnection[Any]] | None = None


class DatabaseClosed(PortalError):
    """The connection pool was used before it was opened."""

    code = "database"


class DatabaseBusy(PortalError):
    """The database cannot serve us now: no connection came free in time, something is locked, or it is gone."""

    code = "database.busy"


# A page must not wait for a lock or a lost statement: rather an error that is shown than a reader who hangs.
LIMITS = """
set statement_timeout = '2s';
set lock_timeout = '1s';
set idle_in_transaction_session_timeout = '5s';
"""


async def open_pool(*, most: int = 16, patience: float = 2) -> None:
    """Open the pool as the role of `DATABASE_URL`; waits until one connection stands.

    most: connections; patience: seconds that whoever wants one waits while all are in use.
    """
    global _pool
    _pool = AsyncConnectionPool(
        _address(),
        min_size=1,
        max_size=most,
        open=False,
        timeout=patience,
        configure=_limit,
        kwargs={"autocommit": True, "connect_timeout": 2},
    )
    await _pool.open(wait=True, timeout=10)


async def close_pool() -> None:
    """Close the pool; waits for nobody."""
    global _pool
    if _pool is not None:
        await _pool.close(timeout=1)
        _pool = None


@asynccontextmanager
async def connection() -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection. Raises DatabaseBusy, also for what is done with it, when trying again later may help."""
    if _pool is None:
        raise DatabaseClosed
    try:
        async with _pool.connection() as conn:
            yield conn
    except psycopg.OperationalError as error:
        raise DatabaseBusy(type(error).__name__) from error


async def _limit(conn: AsyncConnection[Any]) -> None:
    await conn.execute(LIMITS)


def _address() -> str:
    database = settings.DATABASES["default"]
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
        **database["OPTIONS"],
    }
    return make_conninfo(**{name: value for name, value in named.items() if value})
