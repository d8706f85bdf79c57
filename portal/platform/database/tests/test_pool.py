"""A caller that cannot have a connection gets DatabaseBusy in time, whatever keeps it from one."""

from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio
from django.db import connections
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from portal.platform.database import beginning, pool
from portal.platform.database.pool import DatabaseBusy, DatabaseClosed
from tests.between import Between


@pytest_asyncio.fixture
async def _one_connection():
    await pool.open_pool(most=1)
    yield
    await pool.close_pools()


async def test_waiting_for_a_connection_ends(between_clocked: Between):
    await between_clocked.open_pools(0.1, most=1)
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


async def test_citizen_of_a_transaction_stands_in_no_text_that_others_see(database: None):
    citizen_id = uuid4()
    async with pool.as_citizen(citizen_id) as conn, pool.connection() as other:
        cursor = await conn.execute("select current_setting('app.citizen')")
        assert await cursor.fetchone() == (citizen_id.hex,)
        seen = await (await other.execute("select query from pg_stat_activity where usename = user")).fetchall()
    assert len(seen) >= 2
    assert [text for (text,) in seen if citizen_id.hex in text or str(citizen_id) in text] == []


@pytest.mark.usefixtures("_one_connection")
async def test_citizen_of_a_transaction_is_gone_with_it():
    async with pool.as_citizen(uuid4()):
        pass
    with pytest.raises(psycopg.ProgrammingError):
        async with pool.as_citizen(uuid4()) as conn:
            await conn.execute("select 1 from no_such_table")
    async with pool.connection() as conn:
        cursor = await conn.execute("select current_setting('app.citizen', true)")
        assert (conn.info.transaction_status, await cursor.fetchone()) == (TransactionStatus.IDLE, ("",))


@pytest.mark.usefixtures("_one_connection")
async def test_transaction_that_cannot_begin_says_so_and_spoils_no_connection():
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.UndefinedTable):
            await conn.execute("begin; select 1 from no_such_table")
        with pytest.raises(psycopg.errors.InFailedSqlTransaction):
            await beginning.begin_as(conn, uuid4())
        await conn.rollback()
    async with pool.as_citizen(uuid4()) as conn:
        assert await (await conn.execute("select 1")).fetchone() == (1,)


@pytest.mark.usefixtures("_one_connection")
async def test_transaction_begins_after_one_that_was_rolled_back():
    async with pool.as_citizen(uuid4()) as conn:
        await conn.execute("select 1", prepare=True)
        await conn.rollback()
    async with pool.as_citizen(uuid4()) as conn:
        assert await (await conn.execute("select 2")).fetchone() == (2,)


@pytest.mark.parametrize("alias", ["default", "keys", "owner", "keys_owner"])
def test_names_mean_ours_on_every_connection(alias: str):
    with psycopg.connect(pool.address(alias, "-c lock_timeout=7s")) as conn:
        shown = [conn.execute(f"show {name}").fetchone() for name in ("search_path", "lock_timeout")]
    assert shown == [("public,pg_temp",), ("7s",)]
    if alias.endswith("owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("show search_path")
            assert cursor.fetchone() == ("public,pg_temp",)
        connections[alias].close()


def test_address_is_pinned_once_and_keeps_its_own_options():
    where = "postgresql://portal@/x?options=-c%20jit%3Doff"
    once = pool.pin(where)
    assert conninfo_to_dict(once)["options"] == "-c jit=off -c search_path=public,pg_temp"
    assert conninfo_to_dict(pool.pin(once)) == conninfo_to_dict(once)
