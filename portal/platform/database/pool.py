"""One psycopg pool per database and worker, on its event loop.

Django's ORM hops to a thread for each query; on the hot path that costs more than the query itself, so rooms with
tables write their SQL against this pool. Connections are in autocommit: a statement is a transaction unless
`conn.transaction()` says otherwise.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from psycopg import AsyncConnection
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool

from portal.platform.kit.errors import PortalError

MAIN = "default"  # the alias of `DATABASE_URL`
KEYS = "keys"  # the alias of `KEYS_DATABASE_URL`, where citizens' wrapped keys are, away from what they open

_pools: dict[str, AsyncConnectionPool[AsyncConnection[Any]]] = {}


class DatabaseClosed(PortalError):
    """The connection pool was used before it was opened."""

    code = "database"


# A page must not wait for a lock or a lost statement: rather an error that is shown than a reader who hangs.
LIMITS = """
set statement_timeout = '2s';
set lock_timeout = '1s';
set idle_in_transaction_session_timeout = '5s';
"""

# What the row policies compare with; `true`: for this transaction only.
AS_CITIZEN = "select set_config('app.citizen', %s, true)"


async def open_pool(alias: str = MAIN, *, most: int = 16, checked: bool = False) -> None:
    """Open the pool of a database of the settings; waits until one connection stands.

    checked: see that a connection still stands each time it is borrowed. A page cannot spare the round trip.
    """
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        address(alias),
        min_size=1,
        max_size=most,
        open=False,
        timeout=2,
        configure=_limit,
        check=AsyncConnectionPool.check_connection if checked else None,
        kwargs={"autocommit": True, "connect_timeout": 2},
    )
    _pools[alias] = pool
    await pool.open(wait=True, timeout=10)


async def close_pools() -> None:
    """Close every pool; waits for nobody."""
    while _pools:
        _, pool = _pools.popitem()
        await pool.close(timeout=1)


@asynccontextmanager
async def connection(alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection."""
    if alias not in _pools:
        raise DatabaseClosed(alias)
    async with _pools[alias].connection() as conn:
        yield conn


@asynccontextmanager
async def as_citizen(citizen_id: UUID, alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction that sees this citizen's rows and nobody else's.

    The setting ends with the transaction, so the next borrower of the connection does not inherit it.
    """
    async with connection(alias) as conn, conn.transaction():
        await conn.execute(AS_CITIZEN, (str(citizen_id),), prepare=True)
        yield conn


async def _limit(conn: AsyncConnection[Any]) -> None:
    await conn.execute(LIMITS)


def address(alias: str = MAIN) -> str:
    """Write where a database is and as whom, as libpq reads it; DatabaseClosed when the settings do not name it."""
    if not settings.DATABASES.get(alias):
        raise DatabaseClosed(f"{alias}: the settings do not name it")
    database = settings.DATABASES[alias]
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
        **database["OPTIONS"],
    }
    return make_conninfo(**{name: value for name, value in named.items() if value})
