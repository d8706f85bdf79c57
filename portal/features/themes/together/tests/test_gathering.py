"""What pages go through that look at many datasets, what the journal hears, and that nobody is asked unbidden."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio

from portal.features.themes.together import gathering
from portal.features.themes.types import LOOK
from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.journal.types import Occasion
from portal.platform.sources import asking, catalogue, datasets
from portal.platform.sources.inquiry import of_oneself
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from portal.platform.sources.traces import processing
from tests.journal_entries import entries_of

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

THEN = datetime(2026, 3, 3, tzinfo=UTC)
KEPT = Ready((Fact("fish", "Vis", "Snoek", "text", "Vangst/Vis"),), THEN)


async def open_session(number: str = "84651421235", assurance: Assurance = Assurance.HIGH) -> Session:
    me = Identity(number, "Jan", "Peeters", SignInMeans.ITSME, assurance, uuid4().hex)
    session, _ = await sessions.open_session(me, now=datetime.now(UTC))
    return session


@pytest_asyncio.fixture
async def session() -> Session:
    """A citizen whose session kept the answers of two datasets."""
    session = await open_session()
    first, second = gathering.all_entries()[:2]
    await asking.keep(session, datasets.inquiry_of(first), KEPT)
    await asking.keep(session, datasets.inquiry_of(second), Nothing(THEN))
    return session


def occasion(session: Session) -> Occasion:
    return Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))


async def read_kept(session: Session) -> Any:
    own = of_oneself(session, occasion(session), LOOK)
    return await gathering.read_kept(own, ALL)


async def gather(session: Session) -> Any:
    return await gathering.gather(session, occasion(session), ALL, is_asking=True)


def names(entries: Any) -> list[str]:
    return [entry.name for entry in entries]


ALL = gathering.all_entries()


async def test_only_what_the_session_kept_is_read_and_journalled(session):
    gathered = await read_kept(session)
    assert [(entry.name, outcome) for entry, outcome in gathered.outcomes] == [
        (ALL[0].name, KEPT),
        (ALL[1].name, Nothing(THEN)),
    ]
    assert names(gathered.unasked) == names(ALL[2:])
    (access,) = await entries_of(session.citizen_id, most=1)
    assert {f"{use.activity.name}": use.result for use in access.uses} == {
        ALL[0].name: "kept_ready",
        ALL[1].name: "kept_nothing",
    }


async def test_what_the_last_try_came_to_is_remembered_and_is_no_answer(session):
    late, part, down, over, weak = ALL[2:7]
    answer = Partial(KEPT.value, (Missing("X", "1", "busy"),), THEN)
    for entry, outcome in (
        (late, Late(THEN)),
        (part, answer),
        (down, Down("maintenance", until=datetime.now(UTC) + timedelta(hours=1))),
        # What is over is no word about now, and what was never tried is none at all.
        (over, Down("maintenance", until=datetime.now(UTC) - timedelta(hours=1))),
        (weak, Down("journal")),
        # A failure after an answer leaves the answer.
        (ALL[0], Late(THEN)),
    ):
        await asking.keep(session, datasets.inquiry_of(entry), outcome)
    gathered = await read_kept(session)
    said = {entry.name: outcome for entry, outcome in gathered.outcomes}
    assert [*said] == names(ALL[:5])
    assert [said[one.name] for one in (ALL[0], late, part)] == [KEPT, Late(THEN), answer]
    assert said[down.name].reason == "maintenance"
    assert names(gathered.unasked) == names(ALL[5:])
    # The journal hears what somebody saw of their data, and not what they did not.
    (access,) = await entries_of(session.citizen_id, most=1)
    assert {use.activity.name for use in access.uses} == {ALL[0].name, ALL[1].name, part.name}
    # The newest try counts, and an answer before all tries.
    await asking.keep(session, datasets.inquiry_of(late), answer)
    await asking.keep(session, datasets.inquiry_of(part), Late(THEN))
    await asking.keep(session, datasets.inquiry_of(down), KEPT)
    said = {entry.name: outcome for entry, outcome in (await read_kept(session)).outcomes}
    assert [said[one.name] for one in (late, part, down)] == [answer, Late(THEN), KEPT]


async def test_what_was_remembered_is_asked_again_by_whoever_asks(session):
    entry = ALL[2]
    await asking.keep(session, datasets.inquiry_of(entry), Late(THEN))
    own = of_oneself(session, occasion(session), LOOK)
    journalled, found = await processing.start(own, datasets.inquiries(ALL[:3]), frozenset())
    assert sorted(found) == sorted(names(ALL[:2]))
    assert journalled is not None


async def test_nothing_kept_is_no_look_at_anything():
    session = await open_session()
    before = len(await entries_of(session.citizen_id))
    gathered = await read_kept(session)
    assert (list(gathered.outcomes), names(gathered.unasked)) == ([], names(ALL))
    assert len(await entries_of(session.citizen_id)) == before


async def test_another_session_finds_nothing_of_it(session):
    for number in ("84651421235", "47692310692"):
        assert list((await read_kept(await open_session(number))).outcomes) == []


async def test_who_may_not_see_a_dataset_does_not_come_by_it(session):
    weak = msgspec.structs.replace(
        session, identity=msgspec.structs.replace(session.identity, assurance=Assurance.LOW)
    )
    gathered = await read_kept(weak)
    assert {outcome for _, outcome in gathered.outcomes} == {Down("assurance")}
    assert names(entry for entry, _ in gathered.outcomes) == names(ALL)
    assert list(gathered.unasked) == []


async def test_without_the_journal_nothing_is_read(session, past_walls: psycopg.Connection, caplog):
    past_walls.execute("alter table journal_entry rename to journal_entry_away")
    try:
        gathered = await read_kept(session)
    finally:
        past_walls.execute("alter table journal_entry_away rename to journal_entry")
    assert [outcome for _, outcome in gathered.outcomes] == [Down("journal"), Down("journal")]
    assert "not journalled, so not looked at: UndefinedTable" in caplog.text


async def test_a_store_that_cannot_be_read_is_not_taken_for_empty_data(
    session, past_walls: psycopg.Connection, caplog
):
    past_walls.execute("alter table sources_answer rename to sources_answer_away")
    try:
        gathered = await read_kept(session)
    finally:
        past_walls.execute("alter table sources_answer_away rename to sources_answer")
    assert (list(gathered.outcomes), names(gathered.unasked)) == ([], names(ALL))
    assert "names of kept answers could not be read: UndefinedTable" in caplog.text


async def test_a_session_that_ended_while_others_were_asked_shows_nothing():
    session = await open_session(assurance=Assurance.LOW)
    assert names(entry for entry, _ in (await gather(session)).outcomes) == names(ALL)
    await sessions.close(session)
    assert await gather(session) is None


async def test_a_record_that_does_not_open_counts_as_not_asked(session, past_walls: psycopg.Connection):
    past_walls.execute("update sources_answer set sealed = sealed || '!' where dataset = %s", (ALL[0].name,))
    gathered = await read_kept(session)
    assert names(entry for entry, _ in gathered.outcomes) == [ALL[1].name]
    assert ALL[0].name in names(gathered.unasked)


def test_every_dataset_is_gone_through():
    assert sorted(names(ALL)) == sorted(names(catalogue.installed().entries))
