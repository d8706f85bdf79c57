"""One psycopg pool per database and worker, on its event loop.

Django's ORM hops to a thread for each query; on the hot path that costs more than the query itself, so rooms with
tables write their SQL against this pool. Connections are in autocommit: a statement is a transaction unless
`conn.transaction()` says otherwise.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import AsyncConnectionPool

from portal.platform.kit.errors import PortalError

from . import beginning

MAIN = "default"  # the alias of `DATABASE_URL`
KEYS = "keys"  # the alias of `KEYS_DATABASE_URL`, where citizens' wrapped keys are, away from what they open

_pools: dict[str, AsyncConnectionPool[AsyncConnection[Any]]] = {}


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

# Names mean what our migrations made: no schema of a role's own comes first, and temporary tables come last. It is
# given when a connection is made, so that no statement runs without it.
PINNED = "-c search_path=public,pg_temp"


async def open_pool(alias: str = MAIN, *, most: int = 16, patience: float = 2, checked: bool = False) -> None:
    """Open the pool of a database of the settings; waits until one connection stands.

    most: connections; patience: seconds that whoever wants one waits while all are in use; checked: see that a
    connection still stands each time it is borrowed. A page cannot spare the round trip.
    """
    pool: AsyncConnectionPool[AsyncConnection[Any]] = AsyncConnectionPool(
        address(alias),
        min_size=1,
        max_size=most,
        open=False,
        timeout=patience,
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
    """Borrow a connection. Raises DatabaseBusy, also for what is done with it, when trying again later may help."""
    if alias not in _pools:
        raise DatabaseClosed(alias)
    try:
        async with _pools[alias].connection() as conn:
            yield conn
    except psycopg.OperationalError as error:
        raise DatabaseBusy(type(error).__name__) from error


@asynccontextmanager
async def as_citizen(citizen_id: UUID, alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction that sees this citizen's rows and nobody else's.

    The setting ends with the transaction, so the next borrower of the connection does not inherit it.
    """
    async with connection(alias) as conn:
        await beginning.begin_as(conn, citizen_id)
        try:
            yield conn
        except BaseException:
            await conn.rollback()
            raise
        await conn.commit()


async def _limit(conn: AsyncConnection[Any]) -> None:
    await conn.execute(LIMITS)


def pinned(where: str, options: str = "") -> str:
    """Write an address of a database as libpq reads it, so that its names mean ours.

    options: more of `-c name=value`. Every connection of ours is made with such an address (tests/house asserts it).
    """
    given = str(conninfo_to_dict(where).get("options") or "").replace(PINNED, "").strip()
    return make_conninfo(where, options=" ".join(part for part in (given, PINNED, options) if part))


def address(alias: str = MAIN, options: str = "") -> str:
    """Write where a database is and as whom, `pinned`; DatabaseClosed when the settings do not name it."""
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
    return pinned(make_conninfo(**{name: value for name, value in named.items() if value}), options)
