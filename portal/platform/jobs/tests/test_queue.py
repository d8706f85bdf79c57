"""Putting a job in: with the transaction or not at all, by ids only, and by who may do what."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg.types.json import Jsonb

from portal.config import environment
from portal.platform.database import pool
from portal.platform.jobs import queue, worker

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

# A national number written as a UUID: of no version that is random.
NUMBER_AS_ID = "84651421-2350-1000-8000-000000000000"
DENIED = psycopg.errors.InsufficientPrivilege


def as_worker() -> psycopg.Connection:
    """Connect in the role of the worker."""
    named = environment.database("DATABASE_URL_WORKER")
    return psycopg.connect(
        dbname=named["NAME"],
        user=named["USER"],
        password=named["PASSWORD"],
        host=named["HOST"],
        autocommit=True,
        **named["OPTIONS"],
    )


def jobs(task: str) -> list[tuple]:
    with as_worker() as conn:
        return conn.execute("select args, status from procrastinate_jobs where task_name = %s", (task,)).fetchall()


@pytest.fixture
def task(past_walls: psycopg.Connection) -> Iterator[str]:
    """List a task that a page may put in, under a name that no other test uses."""
    name = "test." + "".join(chr(ord("a") + nibble) for byte in uuid4().bytes for nibble in (byte >> 4, byte & 15))
    past_walls.execute("insert into jobs_deferrable (task) values (%s)", (name,))
    yield name
    past_walls.execute("delete from jobs_deferrable where task = %s", (name,))


async def test_job_comes_with_the_transaction(task: str) -> None:
    one = uuid4()
    async with pool.connection() as conn:
        async with conn.transaction():
            await queue.defer(conn, task, mail_id=one)
            assert jobs(task) == []
        assert jobs(task) == [({"mail_id": str(one)}, "todo")]


async def test_transaction_rolled_back_leaves_no_job(task: str) -> None:
    async with pool.connection() as conn, conn.transaction(force_rollback=True):
        await queue.defer(conn, task, mail_id=uuid4())
    assert jobs(task) == []


async def test_job_for_later_comes_with_the_transaction_and_its_time(task: str) -> None:
    one, at = uuid4(), datetime.now(UTC) + timedelta(hours=1)
    async with pool.connection() as conn, conn.transaction():
        await queue.defer_until(conn, at, task, mail_id=one)
        assert jobs(task) == []
    with as_worker() as seen:
        told = "select args, status, scheduled_at from procrastinate_jobs where task_name = %s"
        assert seen.execute(told, (task,)).fetchall() == [({"mail_id": str(one)}, "todo", at)]


async def test_job_for_later_takes_ids_only_and_waits_two_days_at_most(task: str) -> None:
    at = datetime.now(UTC)
    refused = [
        ({"mail_id": "84651421235"}, at),
        ({"mail_id": str(uuid4())}, at + timedelta(days=3)),
        ({"mail_id": str(uuid4())}, None),
    ]
    async with pool.connection() as conn:
        for ids, when in refused:
            with pytest.raises(psycopg.errors.CheckViolation):
                await conn.execute(queue.DEFER_AT, (task, Jsonb(ids), when))
    assert jobs(task) == []


@pytest.mark.parametrize(
    "value", ["84651421235", "lies@example.org", 84651421235, None, ["x"], "", f"{UUID(int=7)}\n", NUMBER_AS_ID]
)
async def test_what_is_no_id_does_not_come_in(value: object, task: str) -> None:
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await conn.execute(queue.DEFER, (task, Jsonb({"who": value})))
    assert "8465" not in str(caught.value)
    assert jobs(task) == []


@pytest.mark.parametrize(
    "task",
    [
        "",
        "mail",
        "lies@example.org",
        "mail.84651421235",
        "Mail.deliver",
        "mail.deliver\n",
        "mail.expire",  # it comes round by itself
        "journal.seal",
        None,
    ],
)
async def test_task_that_no_page_puts_in_does_not_come_in(task: str | None) -> None:
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await conn.execute(queue.DEFER, (task, Jsonb({"mail_id": str(uuid4())})))
    assert [word for word in ("8465", "lies") if word in str(caught.value)] == []


@pytest.mark.parametrize(
    "ids", [{"84651421235": "x"}, {"": "x"}, {"a" * 31: "x"}, {"lies@example.org": "x"}, [], "x"]
)
async def test_argument_that_has_no_name_of_ours_does_not_come_in(ids: object, task: str) -> None:
    given = {name: str(uuid4()) for name in ids} if isinstance(ids, dict) else ids
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await conn.execute(queue.DEFER, (task, Jsonb(given)))
    assert [word for word in ("8465", "lies") if word in str(caught.value)] == []
    assert jobs(task) == []


@pytest.mark.parametrize(
    "statement",
    [
        "select * from procrastinate_jobs",
        "insert into procrastinate_jobs (queue_name, task_name) values ('default', 'x')",
        "update procrastinate_jobs set status = 'todo'",
        "delete from procrastinate_jobs",
        "select * from procrastinate_events",
        "select * from procrastinate_workers",
        "select procrastinate_fetch_job_v2(null, 1)",
        "select procrastinate_register_worker_v1()",
        "select procrastinate_defer_jobs_v1(array[]::procrastinate_job_to_defer_v1[])",
        "insert into jobs_deferrable (task) values ('mail.expire')",
        "create table mine (id int)",
        "alter table procrastinate_jobs disable trigger all",
    ],
)
async def test_portal_may_only_put_in(statement: str) -> None:
    async with pool.connection() as conn:
        with pytest.raises(DENIED):
            await conn.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "create table mine (id int)",
        "drop table procrastinate_jobs",
        "alter table mail_outbox disable row level security",
        "insert into mail_outbox (id, citizen_id, sealed) values (gen_random_uuid(), gen_random_uuid(), '')",
        "update mail_outbox set sealed = ''",
        "select * from access_session",
        "create or replace function jobs_defer(task text, ids jsonb) returns bigint language sql as 'select 1'",
    ],
)
def test_worker_runs_jobs_and_owns_nothing(statement: str) -> None:
    with as_worker() as conn, pytest.raises(DENIED):
        conn.execute(statement)


def test_neither_role_owns_a_table_or_function() -> None:
    owned = "select count(*) from pg_class where pg_get_userbyid(relowner) = any(%s)"
    made = "select count(*) from pg_proc where pg_get_userbyid(proowner) = any(%s)"
    with as_worker() as conn:
        for statement in (owned, made):
            assert conn.execute(statement, (["portal", "worker"],)).fetchone() == (0,)


def test_pages_may_put_in_each_task_that_does_not_come_round_by_itself(past_walls: psycopg.Connection) -> None:
    worker.register_tasks()
    ours = {name for name in queue.app.tasks if not name.startswith(("builtin", "procrastinate"))}
    coming_round = [each.task for each in queue.app.periodic_registry.periodic_tasks.values()]
    periodic = {name for task in coming_round for name in (task.name, *task.aliases)}
    listed = {name for (name,) in past_walls.execute("select task from jobs_deferrable")}
    assert (listed, periodic & {"jobs.resume", "journal.seal"}) == (ours - periodic, {"jobs.resume", "journal.seal"})


async def test_what_comes_round_by_itself_goes_before_all_that_was_put_in_earlier(task: str) -> None:
    """Mails that are due again are the oldest jobs, and there may be thousands of them while their server is down."""
    worker.register_tasks()
    coming_round = [each.task for each in queue.app.periodic_registry.periodic_tasks.values()]
    rounds = {name for one in coming_round for name in (one.name, *one.aliases)}
    first = {name for name, one in queue.app.tasks.items() if one.configure().job.priority > 0}
    assert first == rounds
    async with pool.connection() as conn:
        await queue.defer(conn, task, mail_id=uuid4())
    put_in = "insert into procrastinate_jobs (queue_name, task_name, priority) values ('default', %s, %s)"
    fetched = "select task_name from procrastinate_fetch_job_v2(null, %s)"
    with as_worker() as conn, conn.transaction(force_rollback=True):
        conn.execute(put_in, ("journal.seal", queue.app.tasks["journal.seal"].configure().job.priority))
        (ours,) = conn.execute("insert into procrastinate_workers default values returning id").fetchone()
        found = [conn.execute(fetched, (ours,)).fetchone()[0] for _ in range(2)]
    assert found[0] == "journal.seal"
