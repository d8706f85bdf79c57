"""Two at once: a list and an arrival, an arrival or a first look and an erasure; nobody waits in a circle."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.notifications import actions, queries
from portal.features.notifications.receiving import RECEIVE
from portal.features.notifications.tests.test_terms import NOW, notify_one, numbers_of, somebody
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import arrivals, citizens
from tests.waiting import until

pytestmark = pytest.mark.security

MANY = 2_000
OTHERS = UUID("00000000-0000-4000-8000-000000000002")


def occasion(citizen_id: UUID) -> Occasion:
    return Occasion(citizen_id, NOW, str(uuid4()))


async def forgets(citizen_id: UUID) -> None:
    """Erase somebody, as the order of erasing has it."""
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    await citizens.erase(citizen_id)


@asynccontextmanager
async def arriving(citizen_id: UUID, thread: UUID) -> AsyncIterator[None]:
    """Have a notice on its way in: written, and not committed yet."""
    given: dict[str, Any] = {"marks": [uuid4().bytes], "contents": [b"x"], "places": [1], "ids": [uuid4()]}
    given |= {"citizens": [citizen_id], "threads": [thread], "bodies": ["ahovoks"], "changed": [NOW], "now": NOW}
    given |= {"bundle_ends": [NOW], "ends": [NOW], "silent": [False], "waiting": [False], "sealed": [b"x"]}
    async with pool.transaction() as conn:
        assert await (await conn.execute(RECEIVE, given | {"services": [""]})).fetchall() == [(1, "new")]
        yield


async def waits(past_walls: psycopg.Connection, one: "asyncio.Task[Any]") -> None:
    """Wait until a task waits for somebody else's lock, or is done."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    await until(lambda: one.done() or past_walls.execute(waiting).fetchone() != (0,))


async def both(past_walls: psycopg.Connection, held: Any, other: Awaitable[Any]) -> None:
    """Let the other come while the first holds what it holds; both end."""
    async with held:
        task = asyncio.ensure_future(other)
        await waits(past_walls, task)
    await task


async def test_erasure_while_a_notice_comes_leaves_nothing_of_it(past_walls: psycopg.Connection):
    citizen, thread = await somebody(), uuid4()
    await notify_one(citizen, thread)
    await both(past_walls, arriving(citizen, thread), forgets(citizen))
    for table in ("notice", "thread", "delivery"):
        count = f"select count(*) from notifications_{table} where citizen_id = %s"
        assert past_walls.execute(count, (citizen,)).fetchone() == (0,), table


async def test_notice_that_comes_while_its_citizen_is_erased_stands_whole(past_walls: psycopg.Connection):
    citizen, thread = await somebody(), uuid4()
    await notify_one(citizen, thread)

    @asynccontextmanager
    async def forgetting() -> AsyncIterator[None]:
        async with pool.as_citizen(citizen) as conn:
            await actions.forget(conn, citizen)
            yield

    await both(past_walls, forgetting(), notify_one(citizen, thread, at=1))
    whole = "select arrivals, newest_number from notifications_thread where citizen_id = %s"
    assert past_walls.execute(whole, (citizen,)).fetchall() == [(1, 1)]
    assert await numbers_of(citizen) == ["CANARY-1"]


async def test_who_is_erased_during_their_first_look_has_no_keys_after_it(
    past_walls: psycopg.Connection, past_key_walls: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
):
    citizen, erasing = uuid4(), []
    await notify_one(citizen, uuid4())
    opener = arrivals.opener

    async def while_erased(*given: Any) -> Any:
        erasing.append(asyncio.create_task(forgets(citizen)))
        await waits(past_walls, erasing[0])
        return await opener(*given)

    monkeypatch.setattr(arrivals, "opener", while_erased)
    await actions.take_in(citizen)
    await erasing[0]
    keys = "select count(*) from keys_citizen where citizen_id = %s"
    assert past_key_walls.execute(keys, (citizen,)).fetchone() == (0,)
    assert past_walls.execute("select count(*) from notifications_notice").fetchone() == (0,)


async def test_list_takes_its_threads_in_the_order_in_which_notices_come(past_walls: psycopg.Connection):
    citizen = await somebody()
    first, last = sorted((uuid4(), uuid4()))
    await notify_one(citizen, first)
    await notify_one(citizen, last, at=1)
    lock = "select from notifications_thread where citizen_id = %s and thread = %s for update nowait"
    async with pool.as_citizen(citizen) as conn:
        await conn.execute(lock, (citizen, first))
        task = asyncio.create_task(queries.look_at_threads(occasion(citizen)))
        await waits(past_walls, task)
        # The list, which stands the newest first, does not hold the newest while it waits for the older one.
        await conn.execute(lock, (citizen, last))
    assert len((await task).threads) == 2


async def test_thread_is_read_as_it_stood_at_one_moment(past_walls: psycopg.Connection, monkeypatch: Any):
    citizen, thread, statements = await somebody(), uuid4(), list[str]()
    for minute in range(3):
        await notify_one(citizen, thread, at=minute)
    execute = psycopg.AsyncConnection.execute

    async def note(conn: Any, query: Any, *given: Any, **named: Any) -> Any:
        statements.append(str(query))
        return await execute(conn, query, *given, **named)

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", note)
    history = await queries.look_at_thread(occasion(citizen), thread)
    assert history is not None
    assert [one.position.number for one in (history.thread.newest, *history.notices)] == [3, 3, 2, 1]
    # The newest, and those before it, by one statement: a sweep or an arrival in between would part them.
    assert len([each for each in statements if "notifications_notice" in each]) == 1


async def test_list_reads_its_own_page_of_however_many(past_walls: psycopg.Connection):
    citizen, busy = await somebody(), uuid4()
    put = """
    insert into notifications_thread (citizen_id, thread, body, arrivals, newest_at, newest_number)
    select %(who)s, gen_random_uuid(), 'ahovoks', 1, %(now)s - n * interval '1 hour', 1
    from generate_series(1, %(many)s) n
    """
    notices = """
    insert into notifications_notice (
        id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed
    ) select gen_random_uuid(), citizen_id, thread, 1, body, newest_at, newest_at, %(ends)s, true, false, 'x'
    from notifications_thread
    """
    in_one = """
    insert into notifications_notice (
        id, citizen_id, thread, number, body, changed_at, arrived_at, ends_at, is_silent, is_waiting, sealed
    ) select gen_random_uuid(), %(who)s, %(busy)s, 1 + n, 'ahovoks', %(now)s - n * interval '1 minute', %(now)s,
        %(ends)s, true, false, 'x' from generate_series(0, %(many)s) n
    """
    given = {"who": citizen, "busy": busy, "now": NOW, "ends": NOW + timedelta(days=9), "many": MANY}
    past_walls.execute(put, given)
    past_walls.execute(put, given | {"who": OTHERS})
    past_walls.execute(notices, given)
    await notify_one(citizen, busy)
    past_walls.execute("delete from notifications_notice where thread = %s", (busy,))
    past_walls.execute(in_one, given)
    mail = """
    insert into notifications_delivery (id, citizen_id, notice_id, channel, state, put_at, settled_at)
    select gen_random_uuid(), citizen_id, id, 'email', 'sent', arrived_at, arrived_at from notifications_notice
    """
    past_walls.execute(mail)
    for table in ("notice", "thread", "delivery"):
        past_walls.execute(f"analyze notifications_{table}")
    some = [row[0] for row in past_walls.execute("select id from notifications_notice limit 50").fetchall()]
    deep = {"at": NOW - timedelta(hours=MANY // 2), "thread": uuid4(), "number": 3}
    asked = {"citizen": citizen, "archived": False, "at": None, "thread": None, "number": None}
    looks = [
        (queries.THREADS, asked),
        (queries.THREADS, asked | deep),
        (queries.HISTORY, asked | {"thread": busy}),
        (queries.HISTORY, asked | deep | {"thread": busy}),
        (queries.MAILS, asked | {"notices": some, "mails": 10}),
    ]
    async with pool.as_citizen(citizen) as conn:
        for plans in ("force_custom_plan", "force_generic_plan"):
            await conn.execute(f"set local plan_cache_mode = {plans}")
            for statement, parameters in looks:
                explain = f"explain (analyze, format json) {statement}"
                ((plan,),) = await (await conn.execute(explain.encode(), parameters, prepare=True)).fetchall()
                assert _touched(plan[0]["Plan"]) < 200, json.dumps(plan, indent=1)


def _touched(node: dict[str, Any]) -> int:
    """Count the rows that the scans of a plan read, those that they threw away too."""
    own = 0
    if "Relation Name" in node:
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        own = round(read * node["Actual Loops"])
    return own + sum(_touched(each) for each in node.get("Plans", ()))
