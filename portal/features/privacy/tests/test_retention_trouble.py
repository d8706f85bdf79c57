"""One citizen, or one step, that cannot go on keeps no other from being told, or what they gave from going."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.privacy import tasks
from portal.features.privacy.retention import announcing, visits
from portal.features.privacy.tests.test_retention import OVER, SEEN, TOLD, lies, note_visit, tables_left, visit
from portal.platform.database import pool
from portal.platform.language.dates import day_here

__all__ = ["lies"]

LATER = day_here(OVER.replace(year=2030))
# Stands for whatever can go wrong: a row is not written, or not without an error.
TRIGGER = """
create function in_the_way() returns trigger language plpgsql as $$ begin {does}; end $$;
create trigger in_the_way before update on privacy_visit for each row when ({when}) execute function in_the_way()
"""


@contextmanager
def in_the_way(past_walls: psycopg.Connection, when: str, does: str) -> Iterator[None]:
    past_walls.execute(TRIGGER.format(when=when, does=does).encode())
    try:
        yield
    finally:
        past_walls.execute("drop trigger in_the_way on privacy_visit; drop function in_the_way")


def put(past_walls: psycopg.Connection, **days: str) -> UUID:
    """Put in a row of somebody; days: SQL for its columns."""
    citizen_id, columns = uuid4(), ", ".join(days)
    values = ", ".join(days.values())
    past_walls.execute(
        f"insert into privacy_visit (citizen_id, {columns}) values (%s, {values})".encode(), (citizen_id,)
    )
    return citizen_id


async def test_years_begin_anew_part_by_part_and_not_of_who_signs_in_just_then(
    past_walls, as_worker, lies, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(visits, "ANEW_PART", 2)
    gone = f"'{day_here(OVER)}'::date"
    others = [put(past_walls, retired_on=gone) for _ in range(5)]
    first = put(past_walls, retired_on=f"{gone} - 1")
    async with pool.as_citizen(first) as conn:
        await visits.note(conn, first, on=LATER)
        async with as_worker():
            await visits.begin_anew(LATER)
    assert [visit(past_walls, one) for one in others] == [(day_here(OVER), None, None)] * 5
    assert visit(past_walls, first) == (LATER, None, None)


async def test_years_begin_anew_by_an_index(past_walls, database):
    past_walls.execute("set enable_seqscan = off")
    plan = past_walls.execute(b"explain " + visits.ANEW.encode(), (SEEN, 2)).fetchall()
    assert "privacy_visit_retired" in str(plan)


async def test_who_cannot_be_told_is_passed_over(past_walls, as_worker, lies, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(announcing, "PART", 1)
    stuck = put(past_walls, seen_on=f"'{SEEN}'::date - 1")
    with in_the_way(past_walls, f"new.citizen_id = '{stuck}'", "return null"):
        async with as_worker(), asyncio.timeout(20):
            await announcing.announce(TOLD)
    assert visit(past_walls, stuck) == (SEEN - timedelta(days=1), None, None)
    assert visit(past_walls, lies) == (SEEN, day_here(TOLD), None)


@pytest.mark.parametrize("broken", ["begin_for_others", "begin_anew", "announce", "retire"])
async def test_step_that_fails_keeps_the_others_from_nothing(
    past_walls, as_worker, lies, monkeypatch: pytest.MonkeyPatch, broken: str
):
    today = day_here(datetime.now(UTC))
    await note_visit(lies, today)
    past_walls.execute("update privacy_visit set seen_on = current_date - 800, announced_on = current_date - 40")
    told = put(past_walls, seen_on="current_date - 725")
    anew = put(past_walls, retired_on="current_date - 725")

    async def fails(*_: object) -> int:
        raise RuntimeError("cut")

    where = {"announce": announcing, "retire": tasks.actions}.get(broken, visits)
    monkeypatch.setattr(where, broken, fails)
    async with as_worker():
        with pytest.raises(RuntimeError, match="cut"):
            await tasks.retire(timestamp=int(datetime.now(UTC).timestamp()))
    done = {
        "begin_anew": visit(past_walls, anew)[0] is not None,
        "announce": visit(past_walls, told)[1] is not None,
        "retire": tables_left(past_walls, lies) == set(),
    }
    assert [name for name, is_done in done.items() if not is_done] == [one for one in done if one == broken]
