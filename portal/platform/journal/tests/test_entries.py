"""Who may write what, what nobody may, and what a citizen reads."""

import os
from datetime import timedelta
from uuid import uuid4

import msgspec
import psycopg
import pytest
from django.conf import settings

from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import WORKER, Activity, Actor, ActorKind, Occasion, OperationStatus, Use, begin
from tests.journal_entries import entries_of

from .conftest import BOAT, CATCH, NOW, activity, look, operation

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]


async def test_citizen_reads_what_was_asked_and_what_came_of_it():
    citizen = uuid4()
    asked = await look(citizen, catch="ready")
    (access,) = await entries_of(citizen)
    assert access.uses == (Use(CATCH, "ready"), Use(BOAT, "left"))
    assert (access.name, access.actor, access.status) == ("overview", Actor(ActorKind.CITIZEN), OperationStatus.UNSET)
    assert access.at == NOW
    assert access.ended_at is not None
    assert access.ended_at - access.at == timedelta(seconds=1)
    assert len(asked.trace_id) == 16
    assert len(asked.operation_id) == 8


@pytest.mark.parametrize(
    ("results", "status"),
    [
        ({"catch": "ready", "boat": "kept_nothing"}, OperationStatus.OK),
        ({"catch": "partial", "boat": "down"}, OperationStatus.ERROR),
        ({"catch": "late"}, OperationStatus.ERROR),
        ({"catch": "nothing"}, OperationStatus.UNSET),
    ],
)
async def test_status_sums_up(results, status):
    citizen = uuid4()
    await look(citizen, **results)
    (access,) = await entries_of(citizen)
    assert access.status is status


async def test_unknown_result_is_refused():
    citizen = uuid4()
    with pytest.raises(ValueError, match="perhaps"):
        await look(citizen, catch="perhaps")


async def test_operation_without_an_end_is_shown_without_one():
    citizen = uuid4()
    async with pool.as_citizen(citizen) as conn:
        await actions.record_asked(conn, operation(citizen, CATCH))
    (access,) = await entries_of(citizen)
    assert (access.ended_at, access.status, access.uses) == (None, OperationStatus.UNSET, (Use(CATCH, None),))


async def test_newest_comes_first_and_pages_go_on():
    citizen = uuid4()
    for name in ("one", "two", "three"):
        async with pool.as_citizen(citizen) as conn:
            await actions.record_asked(conn, operation(citizen, name=name))
    newest = await entries_of(citizen, most=2)
    assert [access.name for access in newest] == ["three", "two"]
    assert [access.name for access in await entries_of(citizen, before=newest[-1].id)] == ["one"]


async def test_citizen_reads_nothing_of_another():
    await look(uuid4())
    assert await entries_of(uuid4()) == []
    async with pool.connection() as conn:
        assert await (await conn.execute("select id from journal_entry")).fetchall() == []


async def test_portal_cannot_write_about_another_citizen():
    async with pool.as_citizen(uuid4()) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.record_asked(conn, operation(uuid4()))


@pytest.mark.parametrize(
    "actor",
    [
        Actor(ActorKind.EMPLOYEE, "Dossierbeheerder"),
        Actor(ActorKind.SYSTEM, "worker"),
        Actor(ActorKind.SYSTEM, ""),
    ],
)
async def test_portal_cannot_write_in_the_name_of_another(actor: Actor):
    citizen = uuid4()
    forged = begin("overview", (CATCH,), Occasion(citizen, NOW, str(uuid4()), actor))
    async with pool.as_citizen(citizen) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.record_asked(conn, forged)
    assert await entries_of(citizen) == []


@pytest.mark.parametrize(
    "actor",
    [
        Actor(ActorKind.CITIZEN),
        Actor(ActorKind.PARENT, str(uuid4())),
        Actor(ActorKind.BODY, "fishery"),
        Actor(ActorKind.SYSTEM, "portal"),
    ],
)
async def test_portal_writes_for_those_it_acts_for(actor: Actor):
    citizen = uuid4()
    asked = begin("overview", (CATCH,), Occasion(citizen, NOW, str(uuid4()), actor))
    async with pool.as_citizen(citizen) as conn:
        await actions.record_asked(conn, asked)
    assert [access.actor for access in await entries_of(citizen)] == [actor]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("name", "lies@example.org"),
        ("name", "84651421235"),
        ("name", ""),
        ("name", "a" * 61),
        ("name", "overview\n"),
        ("start_ms", -1),
        ("end_ms", -1),
        ("outcomes", ["perhaps"]),
        ("outcomes", [None]),
    ],
)
async def test_what_no_operation_is_does_not_come_in(column: str, value: object):
    citizen = uuid4()
    row: dict[str, object] = {"trace_id": bytes(16), "operation_id": bytes(8), "citizen_id": citizen, "status": 0}
    if column in ("end_ms", "outcomes"):
        row |= {"end_ms": 1, "outcomes": ["ready"]}
    else:
        row |= {"name": "overview", "actor_kind": "citizen", "start_ms": 1, "activities": [CATCH.id]}
    row[column] = value
    statement = f"insert into journal_entry ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})"
    async with pool.as_citizen(citizen) as conn:
        with pytest.raises(psycopg.errors.CheckViolation) as caught:
            await conn.execute(statement.encode(), list(row.values()))
    assert caught.value.diag.constraint_name == f"journal_entry_{column}_check"


async def test_nobody_in_particular_is_for_the_worker_alone():
    by_sweeper = Occasion(uuid4(), NOW, str(uuid4()), Actor(ActorKind.SYSTEM, "sweeper"))
    nobody = msgspec.structs.replace(begin("sweep", (CATCH,), by_sweeper), citizen_id=None)
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.record_asked(conn, nobody)
    async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL_WORKER, autocommit=True) as conn:
        await actions.record_asked(conn, nobody)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.record_asked(conn, operation(uuid4()))


ALL_BUT_THEIR_IDS = """
select name, actor_kind, actor, parent_operation_id, citizen_id, subject, start_ms, activities, end_ms, status,
    outcomes
from journal_entry order by id
"""


async def test_lines_of_many_citizens_are_those_of_each(thief: psycopg.Connection):
    many = [uuid4() for _ in range(5)]
    async with await psycopg.AsyncConnection.connect(settings.DATABASE_URL_WORKER, autocommit=True) as conn:
        # They stand in the order of their names, so that the order in which they came says nothing.
        for one in sorted(many):
            await actions.record_done(
                conn, begin("sweep", (CATCH, BOAT), Occasion(uuid4(), NOW, str(uuid4()), WORKER, one))
            )
        alone = thief.execute(ALL_BUT_THEIR_IDS).fetchall()
        thief.execute("truncate journal_entry, journal_activity restart identity")
        await actions.record_all_done(conn, "sweep", (CATCH, BOAT), many, NOW)
    together = thief.execute(ALL_BUT_THEIR_IDS).fetchall()
    assert together == alone
    pairs = thief.execute("select trace_id, operation_id from journal_entry order by id").fetchall()
    assert pairs[::2] == pairs[1::2]
    for ids in zip(*pairs, strict=True):
        assert len(set(ids)) == 5


async def test_lines_of_many_are_the_workers_alone():
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await actions.record_all_done(conn, "sweep", (CATCH,), [uuid4()], NOW)


async def test_changed_manifest_gives_a_new_entry_of_the_register(past_walls: psycopg.Connection):
    citizen = uuid4()
    title = str(uuid4())
    before, after = activity("pond", title=title), activity("pond", title=title, legal_basis="Besluit 2")
    for each in (before, before, after):
        await look(citizen, each)
    rows = past_walls.execute("select id from journal_activity where title = %s", (title,)).fetchall()
    assert {row[0] for row in rows} == {before.id, after.id}
    assert [access.uses[0].activity for access in await entries_of(citizen)] == [after, before, before]


async def test_register_that_lost_an_activity_gets_it_back(thief: psycopg.Connection):
    """As after the database was put back from a back-up under a running portal."""
    citizen = uuid4()
    await look(citizen)
    thief.execute("delete from journal_activity")
    await look(citizen)
    assert len(await entries_of(citizen)) == 2


def test_activity_is_known_by_all_it_says():
    other = activity("catch", services=("Vang/01.00", "Boot/01.00"))
    assert len({CATCH.id, other.id, activity("catch", retention="year").id, activity("catch").id}) == 3
    assert isinstance(other, Activity)
    assert CATCH.uri.startswith("ni:///sha-256;")


async def test_trace_must_be_a_uuid():
    with pytest.raises(ValueError, match="badly formed"):
        begin("x", (CATCH,), Occasion(uuid4(), NOW, "c"))


@pytest.mark.parametrize("table", ["journal_entry", "journal_activity", "journal_batch", "journal_anchor"])
@pytest.mark.parametrize("command", ["update {} set {} = {}", "delete from {}", "truncate {}"])
def test_no_role_can_update_or_delete(table: str, command: str):
    column = {"journal_entry": "name", "journal_activity": "title"}.get(table, "hash")
    statement = command.format(table, column, column).encode()
    where = "KEYS_DATABASE_URL" if table == "journal_anchor" else "DATABASE_URL"
    with psycopg.connect(_address(where, "OWNER")) as owner, pytest.raises(psycopg.errors.RaiseException) as refused:
        owner.execute(statement)
    assert "never changed" in str(refused.value)
    for role in ("", "WORKER"):
        with psycopg.connect(_address(where, role)) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)


@pytest.mark.parametrize("column", ["id", "recorded_at"])
async def test_writer_cannot_say_when_it_was_written(column: str):
    citizen = uuid4()
    async with pool.as_citizen(citizen) as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(f"insert into journal_entry ({column}) values (default)".encode())


def _address(name: str, role: str) -> str:
    return os.environ[f"{name}_{role}" if role else name]
