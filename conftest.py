"""The ground all tests stand on: a fresh database, our settings, and no way out but loopback."""

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from deploy.local import certificates, environment, machine_keys, postgres

ROOT = Path(__file__).resolve().parent
ORIGIN = "http://localhost:8000"

# Settings are read at import, so the environment is made before any test module is.
_cluster = postgres.start()
_database = f"test_{os.getpid()}"
_key_database = f"{_database}_keys"
for _name in (_database, _key_database):
    _cluster.create_database(_name, fresh=True)
_folder = tempfile.TemporaryDirectory(prefix="mbp-test-")


def _prepare() -> None:
    urls, key_urls = _cluster.urls(_database), _cluster.urls(_key_database)
    made = certificates.ensure(Path(_folder.name) / "certificates", ORIGIN)
    machine_keys.ensure(made.machines, [ROOT / "agencies"])
    os.environ.update(
        environment.environment(
            {}, checkout=ROOT, ports=environment.Ports(), certificates=made, urls=urls, key_urls=key_urls
        )
    )
    os.environ["KEYS_FILE"] = str(Path(_folder.name) / "keys" / "portal.json")
    os.environ["KEYS_FILE_WORKER"] = str(Path(_folder.name) / "keys" / "worker.json")
    os.environ["STATIC_ROOT"] = str(Path(_folder.name) / "static")
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.config.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)
    for database in ("owner", "keys_owner"):
        call_command("migrate", database=database, interactive=False, verbosity=0)
    call_command("keys", "create", verbosity=0)


_prepare()


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    for name in (_database, _key_database):
        _cluster.drop_database(name)
    _cluster.stop()
    _folder.cleanup()


@pytest_asyncio.fixture
async def database() -> AsyncIterator[None]:
    """Open the portal's pool, as the role `portal`, on empty tables."""
    from portal.platform.database import pool

    await pool.open_pool(most=4)
    await pool.open_pool(pool.KEYS, most=4)
    with _cluster.superuser(_database) as conn:
        conn.execute("truncate access_session cascade")
    yield
    await pool.close_pools()


@pytest.fixture
def past_walls(database: None) -> Iterator[psycopg.Connection]:
    """Look into the main database past its row walls, or tamper with it, as no role of ours can."""
    with _cluster.superuser(_database) as conn:
        yield conn


@pytest.fixture
def past_key_walls(database: None) -> Iterator[psycopg.Connection]:
    """Look into the key database the same way."""
    with _cluster.superuser(_key_database) as conn:
        yield conn


async def _reopen(databases: Mapping[str, Any]) -> None:
    from django.conf import settings

    from portal.platform.database import pool

    await pool.close_pools()
    settings.DATABASES.update(databases)
    for alias in (pool.MAIN, pool.KEYS):
        await pool.open_pool(alias, most=4)


@asynccontextmanager
async def _on(databases: Mapping[str, Any]) -> AsyncIterator[None]:
    """Let the pools be of other databases, or in another role, for a while."""
    from django.conf import settings

    before = {alias: settings.DATABASES[alias] for alias in databases}
    await _reopen(databases)
    try:
        yield
    finally:
        await _reopen(before)


@pytest.fixture
def as_worker(database: None) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Give `async with as_worker():`, inside which the pools are the worker's."""
    from portal.config import environment as read
    from portal.platform.database import pool

    urls = {pool.MAIN: "DATABASE_URL_WORKER", pool.KEYS: "KEYS_DATABASE_URL_WORKER"}
    return lambda: _on({alias: read.database(name) for alias, name in urls.items()})


@pytest.fixture
def back_up(database: None) -> Iterator[Callable[[], Awaitable[Callable[[], AbstractAsyncContextManager[None]]]]]:
    """Give `restored = await back_up()`: a copy of the main database as it is, and `async with restored():` to live
    on that copy. Nobody else may be connected (no `past_walls`)."""
    from django.conf import settings
    from django.db import connections

    from portal.platform.database import pool

    main, copy = settings.DATABASES[pool.MAIN], f"{_database}_back_up"

    async def make() -> Callable[[], AbstractAsyncContextManager[None]]:
        await pool.close_pools()
        connections.close_all()
        with _cluster.superuser("postgres") as conn:
            # A backend ends a moment after its client has left.
            conn.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [_database]
            )
            conn.execute(f"create database {copy} template {_database}")
            conn.execute(f"grant connect on database {copy} to portal, worker")
        await _reopen({})
        return lambda: _on({pool.MAIN: {**main, "NAME": copy}})

    yield make
    _cluster.drop_database(copy)


_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test reached for {address}")
    _connect(self, address)


socket.socket.connect = _only_loopback  # type: ignore[method-assign]
