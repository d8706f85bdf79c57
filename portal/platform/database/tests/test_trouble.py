"""A database that hangs, is restarted or gone: no caller waits for long, and only statements under way fail."""

import asyncio
from contextlib import AsyncExitStack, aclosing
from time import monotonic
from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings

from portal.platform.database import pool
from portal.platform.database.connection import LAST_ANSWER, ClockedConnection
from portal.platform.database.pool import DatabaseBusy
from portal.platform.database.watch import ASKING, Watch
from tests.between import Between

pytestmark = pytest.mark.usefixtures("between_clocked")

CITIZEN = UUID(int=7)
# Seconds that the pools wait: where something is to succeed, and where it is not.
LONG, SHORT = 5, 0.7
# The clock stands still while anybody works (`tests.clock`): what is waited for nowhere takes no time.
MOMENT = 0.01


async def asks(citizen_id: UUID = CITIZEN) -> UUID:
    """Ask something in a transaction of a citizen's."""
    async with pool.as_citizen(citizen_id) as conn:
        cursor = await conn.execute("select current_setting('app.citizen')::uuid")
        return (await cursor.fetchone())[0]


async def reads(statement: str = "select %(one)s::int") -> list[tuple[int]]:
    """Run a statement that may be run twice."""
    return await pool.repeatable(statement, {"one": 1})


async def takes() -> tuple[int]:
    """Run a statement on its own."""
    async with pool.connection() as conn:
        return await (await conn.execute("select 1")).fetchone()


async def begins() -> tuple[int]:
    """Run a statement in a transaction of nobody's."""
    async with pool.transaction() as conn:
        return await (await conn.execute("select 1")).fetchone()


WAYS = {asks: CITIZEN, reads: [(1,)], takes: (1,), begins: (1,)}


async def seconds_to_fail(*, kind: str, way=asks) -> float:
    """Expect DatabaseBusy of this kind, and return the seconds until it came."""
    began = monotonic()
    with pytest.raises(DatabaseBusy) as caught:
        await way()
    assert caught.value.detail == kind
    return monotonic() - began


@pytest.mark.parametrize("way", WAYS)
async def test_restart_is_noticed_by_nobody_who_comes_afterwards(between: Between, way):
    await between.open_pools(LONG)
    await between.restart()
    assert await asyncio.gather(*(way() for _ in range(12))) == [WAYS[way]] * 12


# What stands in the first messages of each, and how many there are: a statement is prepared first.
FAREWELL = b"X"
MESSAGES = [(asks, b"set_config", 1), (begins, b"begin", 1), (reads, b"_pg3_0", 2)]


@pytest.mark.parametrize(("way", "message", "count"), MESSAGES)
async def test_first_message_is_asked_again_when_its_connection_is_cut(between: Between, way, message, count):
    await between.open_pools(LONG)
    between.cut_when(lambda data: message in data)
    assert await way() == WAYS[way]
    assert len([data for data in between.seen if message in data]) == 1 + count


@pytest.mark.parametrize("way", [way for way, *_ in MESSAGES])
async def test_kept_connections_that_fell_silent_are_replaced_together_and_unnoticed(between: Between, way):
    await between.open_pools(1)
    between.hold_those_there_are()
    assert [await way() for _ in range(5)] == [WAYS[way]] * 5
    # One of them was asked in vain; to the others was said at most that they are left.
    assert len([data for data in between.swallowed if not data.startswith(FAREWELL)]) == 1


async def test_who_comes_while_it_restarts_waits_for_it(between: Between):
    await between.open_pools(LONG)
    await between.cut()
    asked = asyncio.gather(*(way() for way in (*WAYS, *WAYS)))
    await asyncio.sleep(SHORT)
    await between.mend()
    assert await asked == [*WAYS.values()] * 2


async def test_what_may_have_been_done_is_never_done_again(between: Between, past_walls: psycopg.Connection):
    await between.open_pools(LONG)
    past_walls.execute("create table twice (id uuid)")
    past_walls.execute("grant insert on twice to portal")
    try:
        for message in (b"insert", b"COMMIT"):
            between.cut_when(lambda data, message=message: message in data, answered=True)
            with pytest.raises(DatabaseBusy):
                async with pool.as_citizen(CITIZEN) as conn:
                    await conn.execute("insert into twice values (%s)", (uuid4(),))
        between.cut_when(lambda data: b"insert" in data, answered=True)
        with pytest.raises(DatabaseBusy):
            async with pool.connection() as conn:
                await conn.execute("insert into twice values (%s)", (uuid4(),))
        # Of the first, whose transaction was not committed, there is nothing.
        assert past_walls.execute("select count(*) from twice").fetchone() == (2,)
    finally:
        past_walls.execute("drop table twice")


@pytest.mark.parametrize("way", WAYS)
async def test_database_that_stands_still_keeps_the_first_for_a_while_and_the_others_not_at_all(
    between: Between, way
):
    await between.open_pools(SHORT)
    between.hold()
    began = monotonic()
    caught = await asyncio.gather(*(way() for _ in range(12)), return_exceptions=True)
    assert {isinstance(one, DatabaseBusy) for one in caught} == {True}
    assert monotonic() - began < SHORT + MOMENT
    # Who comes next may still wait for one try, and nobody after that.
    waited = [await seconds_to_fail(kind="DatabaseAway", way=other) for other in (asks, *WAYS)]
    assert waited.pop(0) < ASKING * SHORT + MOMENT
    assert max(waited) < MOMENT


async def test_database_that_stands_still_heals_by_itself(between: Between):
    await between.open_pools(SHORT)
    between.hold()
    await seconds_to_fail(kind="DatabaseAway")
    between.let_go()
    await asyncio.wait_for(pool.wait_for_answer(), LONG)
    assert await asks() == CITIZEN


async def test_database_that_is_gone_is_waited_for_once_and_heals_by_itself(between: Between):
    await between.open_pools(SHORT)
    await between.cut()
    assert await seconds_to_fail(kind="PoolTimeout") < SHORT + MOMENT
    assert await seconds_to_fail(kind="DatabaseAway") < ASKING * SHORT + MOMENT
    assert await seconds_to_fail(kind="DatabaseAway") < MOMENT
    await between.mend()
    await asyncio.wait_for(pool.wait_for_answer(), LONG)
    assert await asks() == CITIZEN


async def test_keys_are_healed_like_the_rest(between: Between):
    await between.open_pools(LONG)
    await between.restart()
    async with pool.as_citizen(CITIZEN, pool.KEYS) as conn:
        assert await (await conn.execute("select 1")).fetchone() == (1,)


async def test_transaction_that_is_held_half_way_ends_in_time_and_gives_its_connection_back(between: Between):
    await between.open_pools(SHORT, most=1)

    async def is_held() -> None:
        async with pool.as_citizen(CITIZEN) as conn:
            await conn.execute("select 1")
            between.hold()
            await conn.execute("select 2")

    assert await seconds_to_fail(kind="NoAnswer", way=is_held) < SHORT + MOMENT
    between.let_go()
    await asyncio.wait_for(pool.wait_for_answer(), LONG)
    assert await asks() == CITIZEN


async def test_who_leaves_waits_for_nothing(between: Between):
    await between.open_pools(LONG, most=1)
    between.hold()
    asked = asyncio.create_task(takes())
    await asyncio.sleep(0.05)
    began = monotonic()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert monotonic() - began < LAST_ANSWER + MOMENT
    between.let_go()
    assert await takes() == (1,)


async def test_who_leaves_while_the_database_answers_costs_no_connection(between: Between):
    await between.open_pools(LONG, most=1)
    assert await takes() == (1,)
    made = between.made
    for way in WAYS:
        sent = len(between.seen)
        leaving = asyncio.create_task(way())
        while len(between.seen) == sent:  # noqa: ASYNC110 - no time may pass
            await asyncio.sleep(0)
        leaving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await leaving
        assert await takes() == (1,)
        assert between.made == made, way


async def test_slow_statement_is_no_reason_to_connect_anew(between: Between):
    await between.open_pools(LONG)
    made = between.made
    with pytest.raises(DatabaseBusy):
        async with pool.connection() as conn:
            await conn.execute("set local statement_timeout = 1; select pg_sleep(1)")
    assert await asks() == CITIZEN
    assert between.made == made


async def test_server_that_lost_its_place_is_left_at_the_first_change_that_it_refuses(between: Between):
    await between.open_pools(LONG, most=3)
    async with AsyncExitStack() as lent:
        for _ in range(3):
            conn = await lent.enter_async_context(pool.connection())
            await conn.execute("set default_transaction_read_only = on")

    async def changes() -> None:
        async with pool.as_citizen(CITIZEN) as conn:
            await conn.execute("delete from access_session")

    await seconds_to_fail(kind="ReadOnlySqlTransaction", way=changes)
    await asyncio.gather(*(changes() for _ in range(6)))


async def test_transaction_that_the_server_ended_while_we_stood_still_will_pass(
    between: Between, past_walls: psycopg.Connection
):
    await between.open_pools(LONG, most=1)

    def has_ended(backend: int) -> bool:
        return not past_walls.execute("select 1 from pg_stat_activity where pid = %s", [backend]).fetchall()

    async def stands_still() -> None:
        async with pool.as_citizen(CITIZEN) as conn:
            await conn.execute("set local idle_in_transaction_session_timeout = 1")
            while not has_ended(conn.info.backend_pid):  # noqa: ASYNC110 - the server tells it nobody
                await asyncio.sleep(0.01)
            await conn.execute("select 1")

    with pytest.raises(DatabaseBusy) as caught:
        await stands_still()
    # Whether the server's last word comes before the end of its connection is chance.
    assert caught.value.detail in ("IdleInTransactionSessionTimeout", "OperationalError")
    assert await asks() == CITIZEN


async def test_sweep_may_take_longer_than_a_page(monkeypatch: pytest.MonkeyPatch, between: Between):
    monkeypatch.setattr(pool, "LIMITS", "-c statement_timeout=500ms")
    await between.open_pools(SHORT, most=1)
    assert await pool.sweep("select pg_sleep(0.6)") == 1
    await seconds_to_fail(kind="QueryCanceled", way=lambda: reads("select pg_sleep(0.6)"))
    async with pool.connection() as conn:
        assert conn.patience == SHORT
    between.hold_when(lambda data: b"everything" in data)
    waited = await seconds_to_fail(kind="NoAnswer", way=lambda: pool.sweep("select 'everything'"))
    assert waited == pytest.approx(pool.SWEEPING, abs=MOMENT)


async def test_one_connection_without_an_answer_is_no_reason_to_turn_others_away(between: Between):
    async def asks_the_database() -> None:
        await asyncio.sleep(0.05)

    watch = Watch("default", asks_the_database, SHORT)
    watch.doubt(monotonic() - LONG)
    assert await watch.is_answering(monotonic() + SHORT)


async def test_server_that_takes_no_more_connections_is_not_away(between: Between, past_walls: psycopg.Connection):
    await between.open_pools(LONG)
    limit = f"alter database {settings.DATABASES['default']['NAME']} connection limit"
    past_walls.execute(f"{limit} 0")
    try:
        with pytest.raises(DatabaseBusy):
            async with pool.connection() as conn:
                await conn.execute("select pg_terminate_backend(pg_backend_pid())")
        # The others are kept: there would be none instead.
        assert await asyncio.gather(*(way() for way in (*WAYS, *WAYS))) == [*WAYS.values()] * 2
    finally:
        past_walls.execute(f"{limit} -1")


async def test_listening_has_no_clock_and_hears(past_walls: psycopg.Connection):
    async with await ClockedConnection.connect(pool.address(), patience=0.1, autocommit=True) as conn:
        await conn.execute("listen news")
        async with aclosing(conn.notifies()) as news:
            heard = asyncio.create_task(anext(news))
            await asyncio.sleep(0.3)
            past_walls.execute("notify news, 'it'")
            assert (await heard).payload == "it"
