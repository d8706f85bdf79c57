"""One psycopg pool per database and process, on its event loop.

Django's ORM hops to a thread for each query; on the hot path that costs more than the query itself, so rooms with
tables write their SQL against this pool. Connections are in autocommit: a statement is a transaction unless
`conn.transaction()` says otherwise.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from psycopg import AsyncConnection
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import PoolTimeout

from portal.platform.kit.errors import PortalError

from . import beginning
from .connection import ALIVE, LIMITS, PASSING, PATIENCE, ClockedConnection
from .lender import DatabaseAway, FirstOperation, Lender

MAIN = "default"  # the alias of `DATABASE_URL`
# The alias of `KEYS_DATABASE_URL`, where citizens' wrapped keys are, apart from the data that they open.
KEYS = "keys"

# The most connections of a process to each database.
MOST_CONNECTIONS = {MAIN: 16, KEYS: 4}
# Connections of a process beside the pool: one listens for notifications (`live.waking`).
LISTENERS = {MAIN: 1, KEYS: 0}

AS_CITIZENS = "select pg_catalog.set_config('app.citizens', %b::uuid[]::text, true)"

SWEEPING = 60.0  # seconds for a statement that deletes or counts what has ended

_lenders: dict[str, Lender] = {}


class DatabaseClosed(PortalError):
    """The connection pool was used before it was opened."""

    code = "database"


class DatabaseBusy(PortalError):
    """The database cannot serve us now: no connection came free in time, something is locked, or it is gone."""

    code = "database.busy"


class NoConnection(DatabaseBusy):
    """No connection came in time: nothing was asked of the database, and a smaller request would wait as long."""


# Unqualified names refer to what our migrations made: no schema of a role comes before it, and temporary tables come
# last. It is set when connecting, so that no statement runs without it.
PINNED = "-c search_path=public,pg_temp"


async def open_pool(
    alias: str = MAIN, *, most: int | None = None, ready: int = 1, patience: float = PATIENCE, checked: bool = False
) -> None:
    """Open the pool of a database of the settings, and wait until its first connections are made.

    most: connections, MOST_CONNECTIONS when not given. ready: how many are made at the start. patience: seconds that
    whoever wants one waits while all are in use. checked: test a connection by a message each time it is borrowed; a
    page cannot spare that round trip.
    """
    where = address(alias, LIMITS)
    lender = Lender(
        alias, where, most=most or MOST_CONNECTIONS[alias], ready=ready, patience=patience, checked=checked
    )
    await lender.open(within=10)
    _lenders[alias] = lender


@asynccontextmanager
async def open_pools(*aliases: str, most: int | None = None, checked: bool = False) -> AsyncIterator[None]:
    """Open the pools of these databases, as `open_pool` does, while a command or program runs. No alias: of both."""
    try:
        for alias in aliases or (MAIN, KEYS):
            await open_pool(alias, most=most, checked=checked)
        yield
    finally:
        await close_pools()


async def close_pools() -> None:
    """Close every pool; waits for nobody."""
    while _lenders:
        _, lender = _lenders.popitem()
        await lender.close()


async def wait_for_answer(alias: str = MAIN) -> None:
    """Wait until a database answers, however long that takes."""
    if alias not in _lenders:
        raise DatabaseClosed(alias)
    await _lenders[alias].watch.wait_for_answer()


@asynccontextmanager
async def connection(alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection in autocommit.

    Raises DatabaseBusy when trying again later may help, also for errors of statements on the connection.
    """
    async with _lend(alias) as conn:
        yield conn


@asynccontextmanager
async def transaction(alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction that sees no citizen's rows.

    As in `as_citizen`, a connection that turns out to be dead when the transaction begins is replaced unnoticed.
    """
    async with _begin(alias, beginning.begin) as conn:
        yield conn


@asynccontextmanager
async def as_citizen(
    citizen_id: UUID, alias: str = MAIN, *, subject: UUID | None = None
) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction that sees this citizen's rows and nobody else's.

    subject: their journal subject (`keys.subjects`), needed to write and read the journal. The settings end with the
    transaction, so the next borrower of the connection does not inherit them.
    """
    async with _begin(alias, lambda conn: beginning.begin_as(conn, citizen_id, subject)) as conn:
        yield conn


@asynccontextmanager
async def as_citizens(citizen_ids: Sequence[UUID]) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction in which the worker sees the rows of these citizens at once.

    This holds only for tables whose row policies name `app.citizens`. A statement may take a minute.
    """
    async with long_transaction() as conn:
        await name_citizens(conn, citizen_ids)
        yield conn


async def name_citizens(conn: AsyncConnection[Any], citizen_ids: Sequence[UUID]) -> None:
    """Do for these citizens what is left to do in the caller's transaction, as `as_citizens` does."""
    await conn.execute(AS_CITIZENS, (list(citizen_ids),))


async def repeatable(
    statement: str,
    parameters: Mapping[str, object] | Sequence[object] = (),
    *,
    alias: str = MAIN,
    binary: bool = False,
) -> list[Any]:
    """Run one statement that may be run twice, and return its rows.

    On a connection that turns out to be dead it is run again on another one. It must only read, or change nothing
    more when it is run again.
    """
    rows: list[Any] = []

    async def run(conn: AsyncConnection[Any]) -> None:
        cursor = await conn.execute(statement.encode(), parameters, prepare=True, binary=binary)
        rows[:] = await cursor.fetchall()

    async with _lend(alias, run):
        return rows


async def sweep(
    statement: str, parameters: Mapping[str, object] | Sequence[object] = (), *, alias: str = MAIN
) -> int:
    """Run one statement that deletes what has ended, however much that is; returns how many rows.

    The worker gets a minute for it: after an outage there is more to delete than fits in the two seconds of a page,
    and a job that is cut off each time would never catch up.
    """
    async with long_transaction(alias) as conn:
        return (await conn.execute(statement.encode(), parameters)).rowcount


@asynccontextmanager
async def long_transaction(alias: str = MAIN) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection inside one transaction that sees no citizen's rows, with a minute for each statement."""
    async with _begin(alias, beginning.begin) as conn:
        await conn.execute(f"set local statement_timeout = {SWEEPING * 1000:.0f}")
        usual, conn.patience = conn.patience, SWEEPING
        try:
            yield conn
        finally:
            conn.patience = usual


@asynccontextmanager
async def _begin(alias: str, begin: FirstOperation) -> AsyncIterator[ClockedConnection]:
    """Borrow a connection, begin, and commit at the end, or roll back on an error."""
    async with _lend(alias, begin) as conn:
        try:
            yield conn
        except BaseException:
            # Raise the original error, not that the rollback failed too.
            with suppress(psycopg.OperationalError):
                await conn.rollback()
            raise
        await conn.commit()


@asynccontextmanager
async def _lend(alias: str, opening: FirstOperation | None = None) -> AsyncIterator[ClockedConnection]:
    """Borrow a connection of a pool, and turn errors that pass into DatabaseBusy."""
    if alias not in _lenders:
        raise DatabaseClosed(alias)
    lender = _lenders[alias]
    try:
        conn = await lender.borrow(opening)
        try:
            yield conn
        except BaseException as error:
            await lender.take_back(conn, error)
            raise
        await lender.take_back(conn)
    except (DatabaseAway, PoolTimeout) as error:
        raise NoConnection(type(error).__name__) from error
    except PASSING as error:
        raise DatabaseBusy(type(error).__name__) from error


def pin(where: str, options: str = "") -> str:
    """Write the address of a database (libpq's conninfo) with a fixed search path (PINNED).

    where: an address. options: more of `-c name=value`. Every connection of ours is made with such an address
    (tests/house asserts it).
    """
    given = str(conninfo_to_dict(where).get("options") or "").replace(PINNED, "").strip()
    return make_conninfo(where, options=" ".join(part for part in (given, PINNED, options) if part))


def address(alias: str = MAIN, options: str = "") -> str:
    """Write the address of a database of the settings, as `pin` does; DatabaseClosed when they do not name it."""
    if not settings.DATABASES.get(alias):
        raise DatabaseClosed(f"{alias}: the settings do not name it")
    database = settings.DATABASES[alias]
    named: dict[str, Any] = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
        **ALIVE,
        **database["OPTIONS"],
    }
    return pin(make_conninfo(**{name: value for name, value in named.items() if value}), options)
