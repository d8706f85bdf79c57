"""What somebody marks as seen: sealed, theirs alone, once, and forgotten when its time comes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
import pytest_asyncio

from portal.features.dossiers import actions, queries, rules
from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from tests.journal_entries import entries_of

from .answers import change, read

pytestmark = pytest.mark.security

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_marks(past_walls: psycopg.Connection) -> Iterator[None]:
    past_walls.execute("delete from dossiers_seen")
    return


@pytest_asyncio.fixture
async def citizen() -> UUID:
    return await somebody()


async def somebody() -> UUID:
    citizen_id = uuid4()
    await citizens.ensure(citizen_id)
    return citizen_id


def occasion(citizen_id: UUID, now: datetime = NOW) -> Occasion:
    return Occasion(citizen_id, now, str(UUID(int=7)))


(FIRST,), (SECOND,) = read(change("CANARY-1")), read(change("CANARY-2"))


async def test_a_mark_is_of_what_a_dossier_says_now_and_of_one_citizen(citizen):
    await actions.mark_seen(occasion(citizen), [FIRST])
    (changed,) = read(change("CANARY-1", status="Beslist"))
    assert await queries.seen_of(citizen, [FIRST, SECOND, changed]) == {rules.state_of(FIRST)}
    assert await queries.seen_of(await somebody(), [FIRST]) == frozenset()


async def test_twice_is_once_and_written_down_once(citizen):
    for _ in range(2):
        await actions.mark_seen(occasion(citizen), [FIRST, SECOND, FIRST])
    assert [record.value["number"] for record in await queries.export(citizen)] in (
        ["CANARY-1", "CANARY-2"],
        ["CANARY-2", "CANARY-1"],
    )
    assert [access.name for access in await entries_of(citizen)] == ["mark dossiers as seen"]


async def test_rows_say_nothing_and_nobody_else_sees_them(citizen, past_walls):
    await actions.mark_seen(occasion(citizen), [FIRST])
    (row,) = past_walls.execute("select row_to_json(dossiers_seen)::text, mark, sealed from dossiers_seen")
    assert [b"CANARY" in each for each in (row[0].encode(), *row[1:])] == [False] * 3
    other = await somebody()
    async with pool.as_citizen(other) as conn:
        assert await (await conn.execute("select * from dossiers_seen")).fetchall() == []
        assert (await conn.execute("delete from dossiers_seen")).rowcount == 0
    given = {"citizen": citizen, "now": NOW, "marks": [b"x"], "sealed": [b"y"]}
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(other) as conn:
            await conn.execute(actions.MARK, given)


async def test_marks_are_given_and_taken_away_as_a_whole_and_end(citizen, as_worker):
    await actions.mark_seen(occasion(citizen), [FIRST])
    (record,) = await queries.export(citizen)
    assert (record.kind, record.since, record.value["name"]) == ("seen", NOW, "Studietoelage")
    ends = NOW + actions.KEPT_FOR
    async with as_worker():
        assert (await actions.expire(ends), await actions.expire(ends + timedelta(seconds=1))) == (0, 1)
    await actions.mark_seen(occasion(citizen), [FIRST])
    async with pool.as_citizen(citizen) as conn:
        await actions.forget(conn, citizen)
    assert await queries.export(citizen) == []


async def test_the_oldest_are_forgotten_beyond_the_most_that_are_kept(citizen, monkeypatch):
    monkeypatch.setattr(actions, "MOST", 1)
    await actions.mark_seen(occasion(citizen), [FIRST])
    await actions.mark_seen(occasion(citizen, NOW + timedelta(days=1)), [SECOND])
    assert await queries.seen_of(citizen, [FIRST, SECOND]) == {rules.state_of(SECOND)}


async def test_what_was_sealed_for_an_erased_citizen_stays_closed_in_a_restored_back_up(back_up):
    erased, kept = await somebody(), await somebody()
    for each in (erased, kept):
        await actions.mark_seen(occasion(each), [FIRST])
    restored = await back_up()
    # Gone from the live database, and the keys with it; the back-up still has the rows.
    async with pool.as_citizen(erased) as conn:
        await actions.forget(conn, erased)
    await citizens.erase(erased)
    async with restored():
        assert [record.value["number"] for record in await queries.export(kept)] == ["CANARY-1"]
        async with pool.as_citizen(erased) as conn:
            assert (await (await conn.execute("select count(*) from dossiers_seen")).fetchone()) == (1,)
        # Nor do new keys open it, should they come back as a new citizen.
        await citizens.come_back(erased)
        await citizens.ensure(erased)
        assert [record.value for record in await queries.export(erased) if "CANARY" in str(record.value)] == []
