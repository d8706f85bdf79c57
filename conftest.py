"""What all tests share: fresh databases, our settings, and no network but loopback."""

import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
import pytest_asyncio
from django.conf import settings
from hypothesis import settings as hypothesis_settings
from xdist.scheduler import LoadScopeScheduling

from deploy.local import certificates, environment, house, postgres
from tests import as_made, unordered
from tests.between import Between
from tests.clock import Clock, install_clock

if TYPE_CHECKING:
    from portal.platform.database.lender import Lender

# Seconds that tests wait for a connection, a statement or a lock, so that no test fails because its machine is slow.
# Tests of these limits set their own.
UNHURRIED = 60
LIMITS = " ".join(
    f"-c {limit}={UNHURRIED}s"
    for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
)
SHORT_LOCKS = "-c lock_timeout=1s"

ROOT = Path(__file__).resolve().parent
ORIGIN = "http://localhost:8000"
# Tests that stay in one process, as they use one running house or start houses of their own. The longest come first,
# so that no process works on alone at the end. All other tests stay together by folder.
LONGEST_FIRST = (
    "tests/journeys/",
    "tests/journeys/test_every_page.py",
    "tests/journeys/apart/",
    "tests/oracles/",
    "deploy/",
)

# The group of the last test, and the rows of each database after its migrations.
GROUP = pytest.StashKey[str]()
_first_rows: dict[str, Mapping[str, bytes]] = {}

# No test is held to a time: three processes share two processors. Examples are the same in each run, so that no run
# fails of what it did not change; `make fuzz` looks for others.
hypothesis_settings.register_profile("same", deadline=None, derandomize=True, database=None)
hypothesis_settings.register_profile("others", deadline=None)
hypothesis_settings.load_profile("same")

# Settings are read at import, so the environment is made before any test module is.
_cluster = postgres.start()
_database = f"test_{os.getpid()}"
_key_database = f"{_database}_keys"
_folder = tempfile.TemporaryDirectory(prefix="mbp-test-")


def _prepare() -> None:
    urls, key_urls = _cluster.urls(_database), _cluster.urls(_key_database)
    shutil.copytree(house.shared_keys(), Path(_folder.name) / "certificates")
    made = certificates.ensure(Path(_folder.name) / "certificates", ORIGIN)
    # One person in the tests opens pages faster than people do; tests of the pace set their own limits.
    os.environ.update(PAGES_BURST="100000", PAGES_PER_CITIZEN_SECOND="1000", VISITORS_BURST="100000")
    os.environ.update(
        environment.environment(
            {}, checkout=ROOT, ports=environment.Ports(), certificates=made, urls=urls, key_urls=key_urls
        )
    )
    os.environ["KEYS_FILE"] = str(Path(_folder.name) / "keys" / "portal.json")
    os.environ["KEYS_FILE_WORKER"] = str(Path(_folder.name) / "keys" / "worker.json")
    os.environ["JOURNAL_HEAD_FILE"] = str(Path(_folder.name) / "journal" / "head.json")
    os.environ["STATIC_ROOT"] = str(Path(_folder.name) / "static")
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.config.settings"
    import django

    from portal.platform.database import pool
    from portal.platform.database.connection import ClockedConnection

    django.setup()
    pool.LIMITS = LIMITS
    unordered.read_unordered(ClockedConnection)


_prepare()


def pytest_sessionstart(session: pytest.Session) -> None:
    """Make the databases, the keys and the static files, unless other processes of xdist run the tests."""
    if session.config.getoption("numprocesses", None):
        return
    from django.core.management import call_command
    from django.db import connections

    for name in (_database, _key_database):
        _cluster.create_database(name, fresh=True)
        # No test crashes this server, so a commit need not wait for the disk.
        with _cluster.superuser("postgres") as conn:
            conn.execute(f"alter database {name} set synchronous_commit = off")
    call_command("collectstatic", interactive=False, verbosity=0)
    for database in ("owner", "keys_owner"):
        call_command("migrate", database=database, interactive=False, verbosity=0)
    call_command("keys", "create", verbosity=0)
    connections.close_all()
    for name in (_database, _key_database):
        with _cluster.superuser(name) as conn:
            _first_rows[name] = as_made.rows_of(conn)


def _together(nodeid: str) -> str:
    """Name the group of a test: the longest path of LONGEST_FIRST that it is below, or its folder."""
    file = nodeid.partition("::")[0]
    return max((path for path in LONGEST_FIRST if file.startswith(path)), key=len, default=str(Path(file).parent))


class Together(LoadScopeScheduling):
    """Schedule tests by group: each process takes the next group once it has done its own.

    Three processes are enough for two processors: while one waits the others work, and the house keeps the deadlines
    that journeys hold it to.
    """

    def _split_scope(self, nodeid: str) -> str:
        return _together(nodeid)


# Without xdist the hook does not exist.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together:
    """Schedule tests by group, in the order in which they were collected."""
    config.option.loadscopereorder = False
    return Together(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the groups that take longest, and mark the tests of modules that hold a path beside the checkout."""
    from tests.beside import SHARED

    for item in items:
        held = vars(item.getparent(pytest.Module).obj).values()
        if any(isinstance(value, Path) and value.is_relative_to(SHARED) for value in held):
            item.add_marker("beside")
    order = {path: place for place, path in enumerate(LONGEST_FIRST)}
    items.sort(key=lambda item: order.get(_together(item.nodeid), len(order)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Let the first test of a group find the databases as migrations made them."""
    group = _together(item.nodeid)
    if item.config.stash.get(GROUP, group) != group:
        for name in (_database, _key_database):
            as_made.put_back(_superuser(name), _first_rows[name])
    item.config.stash[GROUP] = group


def pytest_unconfigure() -> None:
    """Drop the databases, stop the server and delete the folder of this process."""
    for name in (_database, _key_database):
        _cluster.drop_database(name)
    _cluster.stop()
    _folder.cleanup()


# Opened once and passed from test to test: opening a connection costs fifty times as much as emptying a table.
_lenders: dict[str, "Lender"] = {}
_superusers: dict[str, psycopg.Connection] = {}


async def _use(databases: Mapping[str, Any]) -> None:
    """Let `pool` use these databases, in the role that their settings name."""
    from portal.platform.database import pool

    settings.DATABASES.update(databases)
    for alias in (pool.MAIN, pool.KEYS):
        address = pool.address(alias)
        if address in _lenders and not _lenders[address].is_closed:
            pool._lenders[alias] = _lenders[address]
        else:
            await pool.open_pool(alias, most=4, patience=UNHURRIED)
            _lenders[address] = pool._lenders[alias]


async def _leave() -> None:
    """Close every connection that was kept open; the next test opens it anew."""
    while _lenders:
        await _lenders.popitem()[1].close()
    while _superusers:
        _superusers.popitem()[1].close()


def _superuser(name: str) -> psycopg.Connection:
    """Give the superuser's connection to a database, reset as if it were new."""
    if name not in _superusers or _superusers[name].closed:
        _superusers[name] = _cluster.superuser(name)
    _superusers[name].execute("discard temp; reset all")
    return _superusers[name]


@pytest_asyncio.fixture(scope="session")
async def _connected() -> AsyncIterator[None]:
    yield
    await _leave()


@pytest_asyncio.fixture
async def database(_connected: None) -> AsyncIterator[None]:
    """Let rooms reach the databases, as the role `portal`; nobody is signed in."""
    from portal.platform.database import pool

    await _use({})
    _superuser(_database).execute("delete from access_session")
    _superuser(_key_database).execute("delete from keys_erasure")
    yield
    pool._lenders.clear()


@pytest_asyncio.fixture
async def short_locks(database: None) -> AsyncIterator[None]:
    """Let nobody wait for a lock longer than the portal does; for tests that hold one."""
    from portal.platform.database import pool

    pool.LIMITS = f"{LIMITS} {SHORT_LOCKS}"
    try:
        for alias in (pool.MAIN, pool.KEYS):
            await pool.open_pool(alias, most=4, patience=UNHURRIED)
        yield
        await pool.close_pools()
    finally:
        pool.LIMITS = LIMITS


@pytest.fixture
def past_walls(database: None) -> psycopg.Connection:
    """Give a superuser's connection to the main database, for which no row policy holds: to look, or to tamper."""
    return _superuser(_database)


@pytest.fixture
def past_key_walls(database: None) -> psycopg.Connection:
    """Give a superuser's connection to the key database."""
    return _superuser(_key_database)


@asynccontextmanager
async def _on(databases: Mapping[str, Any]) -> AsyncIterator[None]:
    """Let `pool` use other databases, or another role, until the block ends."""
    before = {alias: settings.DATABASES[alias] for alias in databases}
    await _use(databases)
    try:
        yield
    finally:
        await _use(before)


@pytest.fixture
def as_worker(database: None) -> Callable[[], AbstractAsyncContextManager[None]]:
    """Give `async with as_worker():`, inside which `pool` is in the worker's role."""
    from portal.config import environment as read
    from portal.platform.database import pool

    urls = {pool.MAIN: "DATABASE_URL_WORKER", pool.KEYS: "KEYS_DATABASE_URL_WORKER"}
    return lambda: _on({alias: read.database(name) for alias, name in urls.items()})


@pytest_asyncio.fixture
async def back_up(
    database: None,
) -> AsyncIterator[Callable[[], Awaitable[Callable[[], AbstractAsyncContextManager[None]]]]]:
    """Give `restored = await back_up()`: a copy of the main database as it is, and `async with restored():` to live
    on that copy. Nobody else may be connected (no `past_walls`)."""
    from portal.platform.database import pool

    main, copy = settings.DATABASES[pool.MAIN], f"{_database}_back_up"

    async def make() -> Callable[[], AbstractAsyncContextManager[None]]:
        await _leave()
        with _cluster.superuser("postgres") as conn:
            # A backend ends a moment after its client has left.
            conn.execute(
                "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = %s", [_database]
            )
            conn.execute(f"create database {copy} template {_database}")
            conn.execute(f"grant connect on database {copy} to portal, worker")
        await _use({})
        return lambda: _on({pool.MAIN: {**main, "NAME": copy}})

    yield make
    await _leave()
    _cluster.drop_database(copy)


@pytest_asyncio.fixture
async def between(database: None) -> AsyncIterator[Between]:
    """Put a wire between the pools (once `open_pools` opened them) and the databases, to be held, cut and mended."""
    from portal.platform.database import pool

    before = {alias: settings.DATABASES[alias] for alias in (pool.MAIN, pool.KEYS)}
    with tempfile.TemporaryDirectory(prefix="mbp-wire-") as folder:
        async with Between(_cluster.place.sockets, Path(folder)) as wire:
            settings.DATABASES.update({alias: {**given, "HOST": folder} for alias, given in before.items()})
            try:
                yield wire
            finally:
                settings.DATABASES.update(before)
                if pool._lenders[pool.MAIN] not in _lenders.values():
                    await pool.close_pools()


@pytest_asyncio.fixture
async def clock() -> AsyncIterator[Clock]:
    """Let time pass at once where nobody but this loop is at work, and never because the machine is slow."""
    with install_clock(kernel=0.02) as clock:
        yield clock


@pytest_asyncio.fixture
async def between_clocked(between: Between) -> AsyncIterator[Between]:
    """Put such a clock beside the wire to the databases: time passes at once while that is held or cut."""
    with install_clock() as clock:
        clock.pace = between.pace
        yield between
        between.let_go()


_connect = socket.socket.connect


def _only_loopback(self: socket.socket, address: Any) -> None:
    if self.family != socket.AF_UNIX and address[0] not in ("127.0.0.1", "::1", "localhost"):
        raise AssertionError(f"a test reached for {address}")
    _connect(self, address)


socket.socket.connect = _only_loopback
