"""The journal of an overview, and that nothing is shown which is not journalled."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.database import pool
from portal.platform.journal.errors import NotJournalled
from portal.platform.journal.types import Activity, Occasion, OperationStatus, Purpose
from portal.platform.sources.datasets import inquiries, inquiry_of
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.outcomes import Down, Late, Nothing, Ready
from portal.platform.sources.traces import processing, store
from portal.platform.sources.traces.record_names import RecordKind
from tests.journal_entries import entries_of

from .in_process import FISH, THEN
from .town import LOOK, NUMBER, receipt

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

ANOTHER = Identity("71690999827", "An", "Claes", SignInMeans.ITSME, Assurance.HIGH, "another")
NO_NAMES: frozenset[str] = frozenset()
SHORT = 0.5  # seconds that the pools wait


@pytest_asyncio.fixture
async def session(database: None) -> AsyncIterator[Session]:
    me = Identity(NUMBER, "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    opened, _ = await sessions.open_session(me, now=datetime.now(UTC))
    yield opened


@contextmanager
def away(walls: psycopg.Connection, table: str) -> Iterator[None]:
    """Take a table away for a while."""
    walls.execute(f"alter table {table} rename to {table}_away".encode())
    try:
        yield
    finally:
        walls.execute(f"alter table {table}_away rename to {table}".encode())


async def newest(session: Session) -> tuple[OperationStatus, dict[str, str | None]]:
    """Read the newest access of the citizen: (status, dataset -> result)."""
    (access,) = await entries_of(session.citizen_id, most=1)
    return access.status, {use.activity.dataset: use.result for use in access.uses}


def own(session: Session) -> Consultation:
    return of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), str(uuid4())), LOOK)


async def look(session: Session, *entries: Any, again: frozenset[str] = NO_NAMES) -> Any:
    return await processing.start(own(session), inquiries(entries), again)


async def settle(session: Session, journalled: Any, kept: Any, asked: list[Any]) -> None:
    found = [(inquiry_of(entry), outcome) for entry, outcome in asked]
    await processing.end(own(session), journalled, kept, found, found)


async def test_overview_is_journalled_before_and_after(town, session):
    whole, empty, late, left = (town(name) for name in ("whole", "empty", "late", "left"))
    journalled, kept = await look(session, whole, empty, late, left)
    assert kept == {}
    assert await newest(session) == (OperationStatus.UNSET, dict.fromkeys(("whole", "empty", "late", "left")))
    asked = [(whole, Ready((FISH,), THEN)), (empty, Nothing(THEN)), (late, Late())]
    await settle(session, journalled, kept, asked)
    results = {"whole": "ready", "empty": "nothing", "late": "late", "left": "left"}
    assert await newest(session) == (OperationStatus.ERROR, results)


async def test_what_the_session_kept_is_journalled_as_such(town, session):
    whole, empty = town("whole"), town("empty")
    journalled, _ = await look(session, whole, empty)
    await settle(session, journalled, {}, [(whole, Ready((FISH,), THEN)), (empty, Nothing(THEN))])
    journalled, kept = await look(session, whole, empty)
    assert kept == {whole.name: Ready((FISH,), THEN), empty.name: Nothing(THEN)}
    await settle(session, journalled, kept, [])
    assert await newest(session) == (OperationStatus.OK, {"whole": "kept_ready", "empty": "kept_nothing"})
    _, kept = await look(session, whole, empty, again=frozenset([whole.name]))
    assert kept == {empty.name: Nothing(THEN)}


async def test_what_is_not_journalled_is_not_opened(town, session):
    one, other = town("one"), town("other")
    records = [(inquiry, RecordKind.ANSWER) for inquiry in inquiries([one, other])]
    with pytest.raises(NotJournalled):
        await store.records_to_read(session, records).open_outcomes([], receipt(one))


async def test_without_the_journal_nothing_is_read(town, session, past_walls):
    with away(past_walls, "journal_entry"), pytest.raises(psycopg.errors.UndefinedTable):
        await look(session, town("one"))


async def test_without_the_store_it_is_journalled_all_the_same(town, session, past_walls, caplog):
    one = town("one")
    with away(past_walls, "sources_answer"):
        journalled, kept = await look(session, one)
        await settle(session, journalled, kept, [(one, Ready((FISH,), THEN))])
    assert await newest(session) == (OperationStatus.OK, {"one": "ready"})
    assert [record.getMessage() for record in caplog.records] == [
        "kept answers could not be read: UndefinedTable",
        "answers could not be kept: UndefinedTable",
    ]


@pytest.mark.usefixtures("short_locks")
async def test_store_that_is_locked_is_passed_by(town, session, past_walls):
    with past_walls.transaction():
        past_walls.execute("lock table sources_answer in access exclusive mode")
        _, kept = await look(session, town("one"))
    assert kept == {}
    assert await newest(session) == (OperationStatus.UNSET, {"one": None})


async def test_who_got_no_connection_waits_for_it_once(town, session, between_clocked):
    await between_clocked.open_pools(SHORT, most=1)
    async with pool.connection():
        asked = asyncio.create_task(look(session, town("one")))
        await asyncio.sleep(1.6 * SHORT)
    with pytest.raises(pool.NoConnection):
        await asked


async def test_session_of_another_is_neither_read_nor_written(town, session):
    one = inquiry_of(town("one"))
    await processing.keep(session, [(one, Ready((FISH,), THEN))])
    other, _ = await sessions.open_session(ANOTHER, now=datetime.now(UTC))
    stranger = msgspec.structs.replace(session, citizen_id=other.citizen_id)
    reading = store.records_to_read(stranger, [(one, RecordKind.ANSWER)])
    read = await pool.repeatable(reading.along.statement, reading.along.parameters)
    two = inquiry_of(town("two"))
    await processing.keep(stranger, [(two, Ready((FISH,), THEN))])
    mine = store.records_to_read(session, [(one, RecordKind.ANSWER), (two, RecordKind.ANSWER)])
    kept = await pool.repeatable(mine.along.statement, mine.along.parameters)
    assert (read, [name for name, _ in kept]) == ([], [one.name])


@pytest.mark.usefixtures("short_locks")
async def test_store_that_is_locked_keeps_no_outcome_back(town, session, past_walls, caplog):
    one = town("one")
    journalled, kept = await look(session, one)
    with past_walls.transaction():
        past_walls.execute("lock table sources_answer in access exclusive mode")
        await settle(session, journalled, kept, [(one, Ready((FISH,), THEN))])
    assert await newest(session) == (OperationStatus.OK, {"one": "ready"})
    assert [record.getMessage() for record in caplog.records] == ["answers could not be kept: LockNotAvailable"]


async def test_end_whose_connection_was_lost_is_written_without_keeping(town, session, between, caplog):
    one = town("one")
    journalled, kept = await look(session, one)
    await between.open_pools(60)
    between.cut_when(lambda data: b"sources_keep" in data)
    await settle(session, journalled, kept, [(one, Ready((FISH,), THEN))])
    assert await newest(session) == (OperationStatus.OK, {"one": "ready"})
    assert "answers could not be kept: DatabaseBusy" in [record.getMessage() for record in caplog.records]
    assert (await look(session, one))[1] == {}


async def test_session_that_ended_keeps_nothing_and_has_its_outcomes(town, session, past_walls, caplog):
    one = town("one")
    journalled, kept = await look(session, one)
    await sessions.close(session)
    await settle(session, journalled, kept, [(one, Ready((FISH,), THEN))])
    assert await newest(session) == (OperationStatus.OK, {"one": "ready"})
    counted = past_walls.execute("select count(*) from sources_answer where session_id = %s", (session.id,))
    assert (counted.fetchone(), caplog.records) == ((0,), [])


async def test_end_that_cannot_be_journalled_leaves_the_beginning(town, session, past_walls, caplog):
    one = town("one")
    journalled, kept = await look(session, one)
    with away(past_walls, "journal_entry"):
        await settle(session, journalled, kept, [(one, Ready((FISH,), THEN))])
    assert await newest(session) == (OperationStatus.UNSET, {"one": None})
    assert [record.getMessage() for record in caplog.records] == ["outcomes could not be journalled: UndefinedTable"]


async def test_failed_sign_in_question_is_journalled_without_a_session(town):
    citizen, entry = uuid4(), town("birth")
    purpose = Purpose("sign in", "Nagaan of u oud genoeg bent om u aan te melden.")
    unknown = Consultation(None, Occasion(citizen, datetime.now(UTC), str(uuid4())), NUMBER, purpose)
    journalled, kept = await processing.start(unknown, [inquiry_of(entry)], NO_NAMES)
    found = [(inquiry_of(entry), Down("unavailable"))]
    await processing.end(unknown, journalled, kept, found, found)
    (access,) = await entries_of(citizen)
    (use,) = access.uses
    assert (access.name, use.result, use.activity.purpose) == (
        "sign in",
        "down",
        "Nagaan of u oud genoeg bent om u aan te melden.",
    )


def test_activity_of_the_same_purpose_in_other_words_of_ours_is_the_same_entry_of_the_register(town):
    entry = town("whole")
    activity = Activity(
        body="town",
        body_name="Stadsbestuur",
        dataset="whole",
        title="whole",
        purpose="U bekijkt uw eigen gegevens.",
        legal_basis="-",
        services=("GeefVangsten/01.00.0000",),
        retention="session",
    )
    assert entry.activity(LOOK) is entry.activity(Purpose(LOOK.operation, LOOK.sentence))
    assert (entry.activity(LOOK), entry.activity(LOOK).id) == (activity, activity.id)
    assert entry.activity(Purpose("other", "Iets anders.")).id != activity.id
