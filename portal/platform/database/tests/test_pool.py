"""Whoever wants a connection and cannot have one hears so, in time, as something that will pass."""

import psycopg
import pytest
import pytest_asyncio

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy, DatabaseClosed


@pytest_asyncio.fixture
async def _one_connection():
    await pool.open_pool(most=1, patience=0.05)
    yield
    await pool.close_pools()


@pytest.mark.usefixtures("_one_connection")
async def test_waiting_for_a_connection_ends():
    async with pool.connection():
        with pytest.raises(DatabaseBusy) as caught:
            async with pool.connection():
                pass
    assert caught.value.detail == "PoolTimeout"
    async with pool.connection() as conn:
        assert await (await conn.execute("select 1")).fetchone() == (1,)


@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize(
    ("statement", "detail"),
    [
        ("set local statement_timeout = '1ms'; select pg_sleep(1)", "QueryCanceled"),
        ("select pg_terminate_backend(pg_backend_pid())", "AdminShutdown"),
    ],
)
async def test_trouble_that_will_pass_is_told_from_a_mistake(statement, detail):
    with pytest.raises(DatabaseBusy) as caught:
        async with pool.connection() as conn:
            await conn.execute(statement)
    assert caught.value.detail == detail
    with pytest.raises(psycopg.ProgrammingError):
        async with pool.connection() as conn:
            await conn.execute("select 1 from no_such_table")


async def test_pool_that_is_not_open_says_so():
    with pytest.raises(DatabaseClosed):
        async with pool.connection():
            pass
