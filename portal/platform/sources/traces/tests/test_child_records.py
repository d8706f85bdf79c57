"""Answers about a child that a parent sees: kept and journalled under the child, never taken for the parent's own."""

from datetime import UTC, datetime
from uuid import uuid4

import psycopg
import pytest
import pytest_asyncio

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.database import pool
from portal.platform.journal.types import Actor, ActorKind, Occasion, Purpose
from portal.platform.keys import pseudonym
from portal.platform.sources import asking
from portal.platform.sources.datasets import inquiry_of
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Late, Ready
from portal.platform.sources.tests.in_process import maker
from portal.platform.sources.tests.town import LOOK
from portal.platform.sources.traces import processing
from portal.platform.sources.traces.record_names import base_name
from tests.journal_entries import entries_of

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

PARENT, OTHER_PARENT, CHILD, SECOND = "84651421235", "82710312762", "10630941889", "19640211819"
LOOK_AT_CHILD = Purpose("look at a child's data", "Een ouder bekijkt de gegevens van een kind.")
NOW = datetime(2026, 3, 3, tzinfo=UTC)


def answer(value: str) -> Ready:
    return Ready((Fact("fish", "Vis", value, "text", "Vangst/Vis"),), NOW)


async def signed_in(insz: str) -> Session:
    identity = Identity(insz, "An", "Peeters", SignInMeans.ITSME, Assurance.HIGH, "subject")
    session, _ = await sessions.open_session(identity, now=datetime.now(UTC))
    return session


async def about(session: Session, insz: str) -> Consultation:
    """Make the consultation of a parent about a child."""
    parent = Actor(ActorKind.PARENT, str(session.journal_subject))
    child = Occasion(await pseudonym.citizen_id(insz), datetime.now(UTC), str(uuid4()), parent)
    return Consultation(session, child, insz, LOOK_AT_CHILD)


@pytest_asyncio.fixture
async def session(database: None) -> Session:
    return await signed_in(PARENT)


@pytest.fixture
def entry(tmp_path):
    return maker(tmp_path)("fish")


async def looks(session, insz, entry, again=frozenset()):
    return await processing.start(await about(session, insz), [inquiry_of(entry)], again)


async def keeps(session, insz, entry, outcome):
    journalled, _ = await looks(session, insz, entry)
    found = [(inquiry_of(entry), outcome)]
    await processing.end(await about(session, insz), journalled, {}, found, found)


async def own(session, entry):
    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
    _, kept = await processing.start(of_oneself(session, occasion, LOOK), [inquiry_of(entry)], frozenset())
    return kept


async def test_each_has_a_record_of_their_own(session, entry):
    await asking.keep(session, inquiry_of(entry), answer("parent"))
    await keeps(session, CHILD, entry, answer("child"))
    await keeps(session, SECOND, entry, answer("second"))
    assert await own(session, entry) == {entry.name: answer("parent")}
    assert (await looks(session, CHILD, entry))[1] == {entry.name: answer("child")}
    assert (await looks(session, SECOND, entry))[1] == {entry.name: answer("second")}
    assert (await looks(session, CHILD, entry, again=frozenset((entry.name,))))[1] == {}


async def test_a_childs_record_cannot_pass_for_the_parents(session, entry, past_walls: psycopg.Connection):
    await keeps(session, CHILD, entry, answer("child"))
    past_walls.execute("update sources_answer set dataset = %s where session_id = %s", (entry.name, session.id))
    past_walls.commit()
    assert await own(session, entry) == {}


async def test_a_parents_record_cannot_pass_for_a_childs(session, entry, past_walls: psycopg.Connection):
    await asking.keep(session, inquiry_of(entry), answer("parent"))
    key = base_name(session, inquiry_of(entry), CHILD)
    past_walls.execute("update sources_answer set dataset = %s where session_id = %s", (key, session.id))
    past_walls.commit()
    assert (await looks(session, CHILD, entry))[1] == {}


async def test_another_session_finds_nothing_not_even_the_other_parents(session, entry):
    await keeps(session, CHILD, entry, answer("child"))
    for insz in (PARENT, OTHER_PARENT):
        elsewhere = await signed_in(insz)
        assert (await looks(elsewhere, CHILD, entry))[1] == {}


async def test_the_records_go_with_the_session(session, entry, past_walls: psycopg.Connection):
    await keeps(session, CHILD, entry, answer("child"))
    await sessions.close(session)
    rows = past_walls.execute("select 1 from sources_answer where session_id = %s", (session.id,)).fetchall()
    assert rows == []


async def test_the_name_of_a_record_says_nothing_of_the_child(session, entry, past_walls: psycopg.Connection):
    await keeps(session, CHILD, entry, answer("child"))
    ((name,),) = past_walls.execute(
        "select dataset from sources_answer where session_id = %s", (session.id,)
    ).fetchall()
    assert name == f"{entry.name} {sessions.person_handle(session, CHILD)}"
    assert CHILD not in name


async def test_handles_differ_by_session_and_person(session):
    elsewhere = await signed_in(PARENT)
    handles = {sessions.person_handle(one, insz) for one in (session, elsewhere) for insz in (CHILD, SECOND)}
    assert len(handles) == 4
    assert sessions.person_handle(session, CHILD) == sessions.person_handle(session, CHILD)


async def test_the_journal_has_it_as_access_to_the_childs_data(session, entry):
    before = len(await entries_of(await pseudonym.citizen_id(CHILD), most=10_000))
    of_parent = len(await entries_of(session.citizen_id, most=10_000))
    journalled, _ = await looks(session, CHILD, entry)
    found = [(inquiry_of(entry), Late(NOW))]
    await processing.end(await about(session, CHILD), journalled, {}, found, found)
    newest, *older = await entries_of(await pseudonym.citizen_id(CHILD), most=10_000)
    assert len(older) == before
    assert newest.actor == Actor(ActorKind.PARENT, str(session.journal_subject))
    assert [(use.activity.purpose, use.result) for use in newest.uses] == [(LOOK_AT_CHILD.sentence, "late")]
    # The parent's own journal tells of what was asked about the parent.
    assert len(await entries_of(session.citizen_id, most=10_000)) == of_parent


async def test_what_was_kept_is_journalled_too(session, entry):
    await keeps(session, CHILD, entry, answer("child"))
    journalled, kept = await looks(session, CHILD, entry)
    await processing.end(await about(session, CHILD), journalled, kept, [], [])
    newest = (await entries_of(await pseudonym.citizen_id(CHILD)))[0]
    assert [use.result for use in newest.uses] == ["kept_ready"]


async def test_whom_it_is_about_is_not_printed(session):
    assert repr(await about(session, CHILD)) == "Consultation(…)"


async def test_a_kind_of_actor_that_nobody_knows_is_refused(session):
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(session.citizen_id) as conn:
            await conn.execute(
                "insert into journal_entry (trace_id, operation_id, name, actor_kind, actor, citizen_id, start_ms, "
                "activities, status) values (%b, %b, 'x', 'neighbour', 'y', %s, 1, '{}', 0)",
                (bytes(16), bytes(8), session.citizen_id),
            )
