"""What somebody does not want to be told any more: of one cause, twice is once, sealed, and taken back."""

from datetime import timedelta

import psycopg
import pytest

from portal.features.profile import actions, queries, rules
from portal.features.profile.types import Dismissal
from portal.platform.database import pool
from tests.journal_entries import entries_of

from .conftest import NOW, occasion, somebody

pytestmark = pytest.mark.security

CARD = Dismissal("themes.document", "CANARY 2026-12-24")


@pytest.fixture(autouse=True)
def no_dismissals(past_walls: psycopg.Connection):
    past_walls.execute("delete from profile_dismissal")


async def is_dismissed(citizen, dismissal=CARD) -> bool:
    return await queries.mark_of(citizen, dismissal) in await queries.dismissals_of(citizen)


async def test_dismissal_is_of_one_rule_one_cause_and_one_citizen(citizen):
    await actions.dismiss(occasion(citizen), CARD)
    assert await is_dismissed(citizen)
    for other in (Dismissal(CARD.rule, "CANARY 2027-01-01"), Dismissal("themes.unasked", CARD.cause)):
        assert not await is_dismissed(citizen, other)
    assert not await is_dismissed(await somebody())


async def test_twice_is_once_and_it_can_be_taken_back(citizen):
    for _ in range(2):
        await actions.dismiss(occasion(citizen), CARD)
    assert len(await queries.dismissals_of(citizen)) == 1
    assert [await actions.show_again(occasion(citizen), CARD) for _ in range(2)] == [True, False]
    assert not await is_dismissed(citizen)
    told = [(access.name, access.uses[0].activity.name) for access in reversed(await entries_of(citizen))]
    dismissal = "burgerprofiel.dismissal"
    assert told == [("give to own profile", dismissal), ("remove from own profile", dismissal)]


async def test_rows_say_nothing_and_nobody_else_sees_them(citizen, past_walls):
    await actions.dismiss(occasion(citizen), CARD)
    (row,) = past_walls.execute("select row_to_json(profile_dismissal)::text, mark, sealed from profile_dismissal")
    assert [word in each for word in (b"CANARY", b"document") for each in (row[0].encode(), *row[1:])] == [False] * 6
    other = await somebody()
    async with pool.as_citizen(other) as conn:
        assert await (await conn.execute("select * from profile_dismissal")).fetchall() == []
        assert (await conn.execute("delete from profile_dismissal")).rowcount == 0
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        async with pool.as_citizen(other) as conn:
            await conn.execute(actions.DISMISS, (citizen, b"", b"", NOW))


async def test_dismissals_are_given_and_taken_away_as_a_whole(citizen):
    await actions.dismiss(occasion(citizen), CARD)
    (record,) = await queries.export(citizen)
    assert (record.kind, record.value, record.since) == ("dismissal", {"rule": CARD.rule, "cause": CARD.cause}, NOW)
    async with pool.as_citizen(citizen) as conn:
        await actions.forget(conn, citizen)
    assert await queries.export(citizen) == []


async def test_dismissals_are_given_the_oldest_first(citizen):
    for later in (0, 2, 1):
        given = Dismissal(CARD.rule, str(later))
        await actions.dismiss(occasion(citizen, NOW + timedelta(days=later)), given)
    assert [record.value["cause"] for record in await queries.export(citizen)] == ["0", "1", "2"]


async def test_the_oldest_are_forgotten_beyond_the_most_that_are_kept(citizen, monkeypatch):
    monkeypatch.setattr(rules, "MOST_DISMISSALS", 2)
    several = [Dismissal(CARD.rule, str(number)) for number in range(3)]
    for number, dismissal in enumerate(several):
        await actions.dismiss(occasion(citizen, NOW + timedelta(days=number)), dismissal)
    assert [await is_dismissed(citizen, each) for each in several] == [False, True, True]


async def test_dismissal_ends_after_two_years(citizen, as_worker):
    await actions.dismiss(occasion(citizen), CARD)
    ends = NOW + rules.DISMISSAL_HOLDS
    async with as_worker():
        kept = await actions.expire(ends)
        gone = await actions.expire(ends + timedelta(seconds=1))
    assert (kept, gone) == (0, 1)
