"""Entries that are written in one message, with a joined call: by whom, about whom, and over a dead connection."""

from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from portal.platform.database import pool
from portal.platform.journal import actions
from portal.platform.journal.types import Actor, ActorKind, JoinedCall, Occasion, Use, begin
from tests.between import Between
from tests.journal_entries import entries_of

from .conftest import BOAT, CATCH, NOW, activity, operation

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

TWO = JoinedCall("pg_catalog.generate_series(1, %(last)s)", {"last": 2})
BREAKS = JoinedCall("pg_catalog.generate_series(1, 1 / %(last)s)", {"last": 0})
BOUND = "select pg_catalog.current_setting('app.citizen', true), pg_catalog.current_setting('app.journal', true)"


async def uses_of(citizen: UUID) -> list[tuple[Use, ...]]:
    return [access.uses for access in await entries_of(citizen)]


async def test_both_statements_are_written_and_what_goes_along_comes_back():
    citizen = uuid4()
    journalled, rows = await actions.record_asked_at_once(operation(citizen), TWO)
    assert (sorted(rows), await uses_of(citizen)) == ([(1,), (2,)], [(Use(CATCH, None), Use(BOAT, None))])
    rows = await actions.record_outcomes_at_once(journalled, {"fishery.catch": "ready"}, TWO)
    assert sorted(rows) == [(1,), (2,)]
    assert await uses_of(citizen) == [(Use(CATCH, "ready"), Use(BOAT, "left"))]


async def test_nothing_need_go_along():
    citizen = uuid4()
    journalled, rows = await actions.record_asked_at_once(operation(citizen))
    assert (rows, await actions.record_outcomes_at_once(journalled, {})) == ([], [])
    assert await uses_of(citizen) == [(Use(CATCH, "left"), Use(BOAT, "left"))]


async def test_what_goes_along_and_fails_takes_the_entry_with_it():
    citizen = uuid4()
    with pytest.raises(psycopg.errors.DivisionByZero):
        await actions.record_asked_at_once(operation(citizen), BREAKS)
    assert await uses_of(citizen) == []


async def test_nobody_is_bound_afterwards():
    await actions.record_asked_at_once(operation(uuid4()))
    assert {tuple(value or "" for value in row) for row in [(await pool.repeatable(BOUND))[0] for _ in range(8)]} == {
        ("", "")
    }


@pytest.mark.parametrize("actor", [Actor(ActorKind.EMPLOYEE, "Dossierbeheerder"), Actor(ActorKind.SYSTEM, "worker")])
async def test_portal_cannot_write_in_the_name_of_another(actor: Actor):
    forged = begin("overview", (CATCH,), Occasion(uuid4(), NOW, str(uuid4()), actor))
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        await actions.record_asked_at_once(forged)


async def test_what_is_about_nobody_is_refused():
    nobody = msgspec.structs.replace(operation(uuid4()), citizen_id=None)
    with pytest.raises(ValueError, match="about nobody"):
        await actions.record_asked_at_once(nobody)


async def test_register_that_lacks_an_activity_gets_it_first(past_walls: psycopg.Connection):
    citizen, new = uuid4(), activity("pond", title=str(uuid4()))
    _, rows = await actions.record_asked_at_once(operation(citizen, new), TWO)
    assert (sorted(rows), await uses_of(citizen)) == ([(1,), (2,)], [(Use(new, None),)])
    registered = past_walls.execute("select count(*) from journal_activity where id = %s", (new.id,)).fetchone()
    assert registered == (1,)


async def test_what_was_written_again_on_another_connection_is_one_access(
    between: Between, past_walls: psycopg.Connection
):
    citizen = uuid4()
    await actions.record_asked_at_once(operation(citizen))  # the register and the keys know all of it
    await between.open_pools(60)
    asked = operation(citizen)
    between.cut_when(lambda data: asked.operation_id in data, answered=True)
    await actions.record_asked_at_once(asked)
    ((written,),) = past_walls.execute(
        "select count(*) from journal_entry where operation_id = %s", (asked.operation_id,)
    ).fetchall()
    assert (written, len(await entries_of(citizen))) == (2, 2)
