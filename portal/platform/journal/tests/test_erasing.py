"""What erasing a citizen takes out of the journal, what it leaves there, and that the chain still fits."""

import hashlib
import os
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.platform.database import pool
from portal.platform.journal import actions, erasing, types
from portal.platform.journal.types import Actor, ActorKind, Occasion, Operation
from portal.platform.keys import citizens, subjects
from portal.platform.keys.errors import KeysGone
from tests.journal_entries import entries_of

from .conftest import BOAT, CATCH, NOW, Worker, activity, look, operation
from .test_command import verify

pytestmark = pytest.mark.security

GROUND = activity("erasure", purpose="U verlaat het portaal.", legal_basis="AVG, artikel 17")


async def erase(erasure: Operation) -> int:
    """Erase the entries of the operation's citizen, and then their keys; returns how many entries were erased."""

    async def nothing_else(_: Any) -> None:
        pass

    count = await erasing.erase_entries(erasure, nothing_else)
    await erasing.erase_keys(erasure.citizen_id)
    return count


def wish(citizen_id: UUID, **other: Any) -> Operation:
    """Make the operation by which a citizen is erased."""
    return types.begin(erasing.OPERATION, (GROUND,), Occasion(citizen_id, NOW, str(uuid4()), **other))


async def test_erased_citizen_is_out_of_the_journal_and_the_chain_fits(worker: Worker, thief: psycopg.Connection):
    gone, other = uuid4(), uuid4()
    for citizen in (gone, other, gone):
        await look(citizen, catch="ready", boat="nothing")
        await worker.seal()
    subject = await subjects.of(gone)
    assert await erase(wish(gone)) == 4
    assert (await entries_of(gone), len(await entries_of(other))) == ([], 1)
    rows = thief.execute("select id from journal_entry where subject is not null order by id").fetchall()
    salts = thief.execute("select entry_id from journal_salt order by entry_id").fetchall()
    assert rows == salts == [(3,), (4,)]
    told = thief.execute(
        "select name, actor_kind, start_ms, erased, erased_subject, activities from journal_entry "
        "where erased is not null"
    ).fetchall()
    whose = hashlib.sha256(subject.bytes).digest()
    at = int(NOW.timestamp() * 1000)
    assert told == [("erase from the journal", "citizen", at, [1, 2, 5, 6], whose, [GROUND.id])]
    await worker.seal()
    said = [finding.line() for finding in await worker.findings()]
    assert said == ["erased from the journal: 4 entries, by entry 7; citizen: U verlaat het portaal. AVG, artikel 17"]


async def test_what_was_erased_before_it_was_sealed_leaves_numbers_that_are_accounted_for(worker: Worker):
    citizen = uuid4()
    await look(citizen)
    assert await erase(wish(citizen)) == 2
    await worker.seal()
    assert sorted(finding.line() for finding in await worker.findings()) == [
        *sorted(
            f"activity that no entry names since some were erased: {known.id.hex()} (fishery.{known.dataset})"
            for known in (CATCH, BOAT)
        ),
        "erased from the journal: 2 entries, by entry 3; citizen: U verlaat het portaal. AVG, artikel 17",
    ]
    assert (await verify())[0] == 0


async def test_name_in_the_journal_goes_with_the_keys_and_another_comes(worker: Worker):
    citizen = uuid4()
    await citizens.ensure(citizen)
    before = await subjects.of(citizen)
    assert await subjects.of(citizen) == before
    await erase(wish(citizen))
    assert await subjects.find(citizen) is None
    with pytest.raises(KeysGone):
        await citizens.data_box(citizen)
    await citizens.come_back(citizen)
    await look(citizen)
    assert await subjects.of(citizen) != before
    assert len(await entries_of(citizen)) == 1


async def test_entry_that_is_gone_without_a_word_is_damage_beside_those_that_were_erased(
    worker: Worker, thief: psycopg.Connection
):
    citizen = uuid4()
    for each in (citizen, uuid4()):
        await look(each)
    await worker.seal()
    await erase(wish(citizen))
    await worker.seal()
    thief.execute("delete from journal_entry where id = 3")
    assert await worker.damage() == ["entry removed: entry 3 of batch 1"]
    thief.execute("update journal_entry set erased = array_append(erased, 4) where erased is not null")
    assert await worker.damage() == [
        "entry that was erased is there again: entry 4",
        "entry removed: entry 3 of batch 1",
        "entry changed: entry 5 of batch 2",
        "salt of no entry that was sealed: of entry 4",
    ]


async def test_erased_entry_or_salt_that_comes_back_is_damage(worker: Worker, thief: psycopg.Connection):
    citizen = uuid4()
    await look(citizen)
    await worker.seal()
    for table in ("journal_entry", "journal_salt"):
        thief.execute(f"create temporary table kept_{table} as select * from {table}".encode())
    await erase(wish(citizen))
    await worker.seal()
    assert await worker.damage() == []
    thief.execute("insert into journal_salt select * from kept_journal_salt where entry_id = 2")
    assert await worker.damage() == ["salt of no entry that was sealed: of entry 2"]
    thief.execute("delete from journal_salt where entry_id = 2")
    thief.execute("insert into journal_entry overriding system value select * from kept_journal_entry where id = 1")
    assert await worker.damage() == [
        "entry that was erased is there again: entry 1",
        "entry changed: entry 1 of batch 1",
    ]


async def test_entry_that_only_says_that_it_erased_is_damage_and_hides_nothing(
    worker: Worker, thief: psycopg.Connection
):
    """Whoever has the portal's password can write one, and let the function erase whom nobody knows."""
    citizen, nobody = uuid4(), uuid4()
    async with pool.as_citizen(citizen) as conn:
        await actions.record_done(conn, wish(citizen))
    await worker.seal()
    assert await worker.damage() == ["entry that says it erased, and not what: entry 1"]
    async with pool.as_citizen(citizen, subject=nobody) as conn:
        given = (nobody, os.urandom(16), os.urandom(8), "citizen", None, 1, GROUND.id)
        await conn.execute(erasing.ERASE, given)
        await actions.register(conn, [BOAT])
    await worker.seal()
    assert await worker.damage() == [
        "entry that says it erased, and not what: entry 1",
        f"activity inserted: {BOAT.id.hex()} (fishery.boat), which no entry names",
    ]


async def test_sealer_waits_for_who_erases(worker: Worker):
    citizen = uuid4()
    await look(citizen)
    subject = await subjects.of(citizen)
    asked = wish(citizen)
    async with pool.as_citizen(citizen, subject=subject) as conn:
        await actions.register(conn, asked.activities)
        given = (subject, asked.trace_id, asked.operation_id, "citizen", None, 1, GROUND.id)
        await conn.execute(erasing.ERASE, given)
        assert await worker.seal() is None
    assert await worker.seal() is not None
    assert await worker.damage() == []


async def test_portal_erases_for_one_citizen_in_their_own_name_and_as_nobody_else(worker: Worker):
    mine, theirs = uuid4(), uuid4()
    await look(theirs)
    async with pool.as_citizen(mine, subject=await subjects.of(mine)) as conn:
        given = (await subjects.of(theirs), os.urandom(16), os.urandom(8), "citizen", None, 1, GROUND.id)
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="in the name of its own citizen"):
            await conn.execute(erasing.ERASE, given)
    for actor in (Actor(ActorKind.EMPLOYEE, "Databasebeheer"), Actor(ActorKind.SYSTEM, "worker")):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await erase(wish(theirs, actor=actor))
    assert len(await entries_of(theirs)) == 1
    with pytest.raises(ValueError, match="overview"):
        await erase(operation(theirs, name="overview"))


@pytest.mark.parametrize("role", ["", "WORKER", "OWNER"])
def test_nobody_deletes_past_the_function(role: str, database: None):
    name = f"DATABASE_URL_{role}".rstrip("_")
    with psycopg.connect(os.environ[name], autocommit=True) as conn:
        for table in ("journal_entry", "journal_salt"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
                conn.execute(f"delete from {table}".encode())
        if role != "OWNER":
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                conn.execute(
                    "insert into journal_entry (trace_id, operation_id, status, erased, erased_subject) "
                    "values ('', '', 0, '{1}', '')"
                )


async def test_entries_of_the_release_before_stand_in_one_list_with_those_of_today(
    worker: Worker, thief: psycopg.Connection
):
    citizen = uuid4()
    await look(citizen, catch="ready", boat="ready")
    await look(citizen, CATCH, catch="nothing")
    thief.execute("update journal_entry set citizen_id = %s, subject = null where id in (1, 2)", (citizen,))
    await look(citizen, catch="down", boat="down")
    found = await entries_of(citizen)
    assert [(access.id, len(access.uses), access.uses[0].result) for access in found] == [
        (5, 2, "down"),
        (3, 1, "nothing"),
        (1, 2, "ready"),
    ]
    assert [access.id for access in await entries_of(citizen, before=5, most=1)] == [3]
    # They stay, linked as they were, until their term.
    await erase(wish(citizen))
    assert [access.id for access in await entries_of(citizen)] == [1]


async def test_no_row_of_the_main_database_has_pseudonym_and_name_in_the_journal(worker: Worker, thief):
    citizen = uuid4()
    await look(citizen)
    subject = await subjects.of(citizen)
    rows = thief.execute("select citizen_id, subject from journal_entry").fetchall()
    assert rows == [(None, subject)] * 2
    for table, column in thief.execute(
        "select table_name, column_name from information_schema.columns "
        "where table_schema = 'public' and table_name ~ '^journal_' and data_type in ('uuid', 'text', 'bytea')"
    ).fetchall():
        count = f"select count(*) from {table} where position(%s in {column}::text) > 0".encode()
        assert thief.execute(count, (str(citizen),)).fetchone() == (0,), (table, column)
        assert thief.execute(count, (citizen.hex,)).fetchone() == (0,), (table, column)


async def test_late_outcomes_of_somebody_erased_are_nobodys(worker: Worker):
    citizen = uuid4()
    async with pool.as_citizen(citizen) as conn:
        journalled = await actions.record_asked(conn, operation(citizen))
    await erase(wish(citizen))
    await actions.record_result(journalled, "ready", now=NOW + timedelta(seconds=1))
    assert await entries_of(citizen) == []
    await worker.seal()
    assert await worker.damage() == []
