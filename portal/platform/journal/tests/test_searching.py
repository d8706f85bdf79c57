"""Search and count a citizen's entries: bounds of pages, both names of a citizen, what was written twice, what is
withheld, and that no search reads more than its index gives.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import psycopg
import pytest

from portal.platform.database import pool
from portal.platform.journal import actions, searching
from portal.platform.journal.searching import DataSubject, EntryPlace, FoundEntries, LookKind, SoughtEntries, UseCount
from portal.platform.journal.types import Activity, Actor, ActorKind, Operation
from portal.platform.keys import subjects
from tests.journal_entries import entries_of

from .conftest import BOAT, CATCH, NOW, activity, operation

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

BODY = Actor(ActorKind.BODY, "fishery")
HOUR = timedelta(hours=1)
MANY = 3000  # entries of a citizen for the plans


async def write(
    citizen: UUID, hour: int, *activities: Activity, actor: Actor | None = None, ends: bool = True
) -> Operation:
    """Write an operation that began so many hours after NOW, and its end."""
    asked = msgspec.structs.replace(operation(citizen, *activities), started_at=NOW + hour * HOUR)
    if actor is not None:
        asked = msgspec.structs.replace(asked, actor=actor)
    async with pool.as_citizen(citizen) as conn:
        if ends:
            await actions.record_done(conn, asked)
        else:
            await actions.record_asked(conn, asked)
    return asked


async def write_again(asked: Operation) -> None:
    """Write the beginning of an operation once more, as after a lost connection."""
    assert asked.citizen_id is not None
    async with pool.as_citizen(asked.citizen_id) as conn:
        await actions.record_asked(conn, asked)


async def find(citizen: UUID, sought: SoughtEntries | None = None, most: int = 100, withheld=None) -> FoundEntries:
    subject = await subjects.find(citizen)
    async with pool.as_citizen(citizen, subject=subject) as conn:
        whose = DataSubject(citizen, subject)
        return await searching.find(conn, whose, sought or SoughtEntries(), most=most, withheld=withheld)


async def pages(citizen: UUID, most: int, kind: LookKind = "") -> list[list[int]]:
    """Page through everything; gives the hour of each on each page."""
    found, all_pages = await find(citizen, SoughtEntries(kind), most), []
    while True:
        all_pages.append([(one.at - NOW) // HOUR for one in found.accesses])
        if found.next is None:
            return all_pages
        found = await find(citizen, SoughtEntries(kind, past=found.next), most)


@pytest.fixture
def relabel(past_walls: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Somebody who can let entries bear the pseudonym, as earlier releases wrote them."""
    past_walls.execute("set session_replication_role = replica")
    yield past_walls
    past_walls.execute("set session_replication_role = origin")


async def test_pages_are_whole_at_every_edge_with_both_names_and_what_was_written_twice(relabel: psycopg.Connection):
    citizen = uuid4()
    written = [await write(citizen, hour, actor=BODY if hour % 3 == 0 else None) for hour in range(7)]
    for twice in (2, 3, 5):
        await write_again(written[twice])
    old = [written[hour].operation_id for hour in (1, 3, 6)]
    relabel.execute(
        "update journal_entry set citizen_id = %s, subject = null where operation_id = any(%s)", (citizen, old)
    )
    newest_first = [6, 5, 4, 3, 2, 1, 0]
    for most in range(1, 9):
        expected = [newest_first[at : at + most] for at in range(0, 7, most)]
        assert await pages(citizen, most) == expected, most
        # The list by id: what was written again stands where it stood first.
        by_id, before = [], searching.LAST
        while page := await entries_of(citizen, before=before, most=most):
            assert len(page) == most or len(by_id) + len(page) == 7
            by_id += [(one.at - NOW) // HOUR for one in page]
            before = page[-1].id
        assert by_id == newest_first, most
    assert await pages(citizen, 2, "others") == [[6, 3], [0]]
    assert await pages(citizen, 2, "own") == [[5, 4], [2, 1]]
    assert all(use.result == "ready" for one in (await find(citizen)).accesses for use in one.uses)


async def test_operation_without_an_end_says_so_among_those_that_have_one():
    citizen = uuid4()
    for hour in range(3):
        await write(citizen, hour, CATCH, ends=hour != 1)
    found = await find(citizen)
    assert [(one.ended_at is None, one.uses[0].result) for one in found.accesses] == [
        (False, "ready"),
        (True, None),
        (False, "ready"),
    ]


async def test_period_and_data_bound_what_is_found():
    citizen = uuid4()
    for hour in range(6):
        await write(citizen, hour, CATCH if hour % 2 else BOAT)
    inside = await find(citizen, SoughtEntries(begin=NOW + HOUR, end=NOW + 4 * HOUR))
    assert [(one.at - NOW) // HOUR for one in inside.accesses] == [3, 2, 1]
    about = await find(citizen, SoughtEntries(activities=(CATCH.id,)))
    assert [(one.at - NOW) // HOUR for one in about.accesses] == [5, 3, 1]
    assert (await find(citizen, SoughtEntries(activities=()))).accesses == []
    assert (await find(citizen, SoughtEntries(begin=NOW + HOUR, end=NOW + HOUR))).accesses == ()


async def test_search_that_stops_says_how_far_it_looked(monkeypatch: pytest.MonkeyPatch):
    citizen = uuid4()
    await write(citizen, 0, BOAT)
    for hour in range(1, 8):
        await write(citizen, hour, CATCH)
    monkeypatch.setattr(searching, "WINDOW", 4)
    first = await find(citizen, SoughtEntries(activities=(BOAT.id,)), most=2)
    assert (first.accesses, first.reached) == ([], NOW + 4 * HOUR)
    second = await find(citizen, SoughtEntries(activities=(BOAT.id,), past=first.next), most=2)
    assert [one.at for one in second.accesses] == [NOW]
    assert second.reached == NOW
    assert second.next is not None
    assert (await find(citizen, SoughtEntries(activities=(BOAT.id,), past=second.next), most=2)) == FoundEntries(())


async def test_places_that_cannot_be_find_nothing_and_harm_nothing():
    citizen, other = uuid4(), uuid4()
    await write(citizen, 1)
    await write(other, 2)
    for place in (EntryPlace(-1, b"", -1), EntryPlace(0, b"", 0), EntryPlace(-(2**63), b"\xff" * 99, -(2**63))):
        assert await find(citizen, SoughtEntries(past=place)) == FoundEntries(())
    for place in (EntryPlace(2**63 - 1, b"\xff" * 99, 2**63 - 1), EntryPlace(2**62, b"", 0)):
        assert len((await find(citizen, SoughtEntries(past=place))).accesses) == 1
    # Where somebody else's entry stands is a place like any other: what comes after it is one's own.
    (theirs,) = (await find(other)).accesses
    (own,) = (await find(citizen, SoughtEntries(past=searching.place_of(theirs)))).accesses
    assert own.at == NOW + HOUR
    assert await find(uuid4()) == FoundEntries(())


async def test_days_are_counted_each_operation_once_apart_from_those_of_others():
    citizen = uuid4()
    twice = await write(citizen, 0)
    await write(citizen, 1, actor=BODY)
    await write(citizen, 26)
    await write(citizen, 100)
    await write_again(twice)
    await write(uuid4(), 0)
    edges = [NOW - HOUR, NOW + 23 * HOUR, NOW + 47 * HOUR, NOW + 71 * HOUR]
    subject = await subjects.find(citizen)
    async with pool.as_citizen(citizen, subject=subject) as conn:
        whose = DataSubject(citizen, subject)
        assert await searching.count(conn, whose, edges) == [UseCount(1, 1), UseCount(1, 0), UseCount()]
        assert await searching.oldest_moment(conn, whose) == NOW
        assert await searching.oldest_moment(conn, DataSubject(citizen, None)) is None


async def test_what_is_withheld_of_others_is_told_by_nothing_beside_the_list():
    """Neither by the day from which the journal goes, nor by a search for it, nor by its reference."""
    citizen = uuid4()
    secret = activity("secret")
    await write(citizen, 0, secret, actor=BODY)
    await write(citizen, 1, secret, CATCH, actor=BODY)
    await write(citizen, 2, secret)
    withheld = {secret.id: datetime(1970, 1, 1, tzinfo=UTC)}
    subject = await subjects.find(citizen)
    whose = DataSubject(citizen, subject)
    numbers = [one.id for one in (await find(citizen)).accesses][::-1]

    async def about(known: bytes) -> list[int]:
        found = await find(citizen, SoughtEntries(activities=(known,)), withheld=withheld)
        return [(one.at - NOW) // HOUR for one in found.accesses]

    assert await about(secret.id) == [2]
    assert await about(CATCH.id) == [1]
    async with pool.as_citizen(citizen, subject=subject) as conn:
        assert await searching.oldest_moment(conn, whose) == NOW
        assert await searching.oldest_moment(conn, whose, withheld=withheld) == NOW + HOUR
        named = [await searching.read_entry(conn, number, withheld=withheld) for number in numbers]
    assert [[use.activity for use in one.uses] if one else None for one in named] == [None, [CATCH], [secret]]


async def test_what_is_withheld_of_others_is_in_no_list_and_no_count():
    citizen = uuid4()
    secret = activity("secret")
    await write(citizen, 0, secret, actor=BODY)
    await write(citizen, 1, secret, CATCH, actor=BODY)
    await write(citizen, 2, secret)
    await write(citizen, 30, secret, actor=BODY)
    edges = [NOW, NOW + 24 * HOUR, NOW + 48 * HOUR]
    subject = await subjects.find(citizen)

    async def seen(since: datetime) -> tuple[list[tuple[int, int]], list[UseCount]]:
        withheld = {secret.id: since}
        found = await find(citizen, withheld=withheld)
        async with pool.as_citizen(citizen, subject=subject) as conn:
            counts = await searching.count(conn, DataSubject(citizen, subject), edges, withheld=withheld)
        return [((one.at - NOW) // HOUR, len(one.uses)) for one in found.accesses], counts

    # Their own look stays, and the other data of what was done with several.
    assert await seen(datetime(1970, 1, 1, tzinfo=UTC)) == ([(2, 1), (1, 1)], [UseCount(1, 1), UseCount()])
    assert await seen(NOW + 24 * HOUR) == ([(2, 1), (1, 2), (0, 1)], [UseCount(1, 2), UseCount()])


PLAN_TYPES = {
    "subject": "uuid",
    "citizen_id": "uuid",
    "past_operation": "bytea",
    "activities": "bytea[]",
    "withheld": "bytea[]",
    "since": "bigint[]",
    "edges": "bigint[]",
}


def generic_plan(citizen: UUID, subject: UUID, statement: str, given: dict[str, object]) -> str:
    """Run a statement by a plan that was made for everybody, as whoever it is about; gives what it did."""
    for number, name in enumerate(given, 1):
        for written in (f"%({name})s", f"%({name})b"):
            statement = statement.replace(written, f"${number}")
    types = ", ".join(PLAN_TYPES.get(name, "bigint") for name in given)
    values = ", ".join(["%s"] * len(given))
    with psycopg.connect(pool.pin(os.environ["DATABASE_URL"])) as conn:
        conn.execute("select set_config('app.citizen', %s, true)", (citizen.hex,))
        conn.execute("select set_config('app.journal', %s, true)", (subject.hex,))
        conn.execute("set local plan_cache_mode = force_generic_plan")
        conn.execute(f"prepare this ({types}) as {statement}".encode())
        cursor = psycopg.ClientCursor(conn)
        cursor.execute(
            f"explain (analyze, costs off, timing off) execute this ({values})".encode(), [*given.values()]
        )
        return "\n".join(row for (row,) in cursor.fetchall())


def rows_read(plan: str) -> int:
    """Check that every look at the journal goes by an index, and give the most rows that one of them read."""
    scans = [line for line in plan.splitlines() if "Scan" in line and " journal_entry" in line]
    assert scans, plan
    assert all("Index" in line and "Bitmap" not in line for line in scans), plan
    ran = [line.partition("rows=")[2].split() for line in scans if "rows=" in line]
    return max(int(float(rows)) for rows, *_ in ran)


@pytest.fixture
async def busy(relabel: psycopg.Connection) -> tuple[UUID, UUID]:
    """Somebody with thousands of looks, as many of others, and their name in the journal."""
    citizen = uuid4()
    subject = await subjects.of(citizen)
    await write(citizen, 0)
    relabel.execute(
        """
        insert into journal_entry (
            trace_id, operation_id, name, actor_kind, actor, subject, start_ms, activities, status
        )
        select uuid_send(gen_random_uuid()), substr(uuid_send(gen_random_uuid()), 1, 8), 'look', kind, who, %s,
            1700000000000 + n * 60000, %s::bytea[], 0
        from generate_series(1, %s) n, (values ('citizen', null), ('body', 'fishery')) k (kind, who)
        """,
        (subject, [CATCH.id], MANY),
    )
    relabel.execute("vacuum analyze journal_entry")
    return citizen, subject


async def test_every_search_and_count_goes_by_an_index_and_reads_no_more_than_a_page(busy: tuple[UUID, UUID]):
    citizen, subject = busy
    plain = searching._parameters(DataSubject(citizen, subject), None, None, None)
    given = plain | {
        "past_ms": searching.LAST,
        "past_operation": b"\xff" * 9,
        "past_id": searching.LAST,
        "activities": [CATCH.id],
        "window": 101,
        "most": 101,
    }
    for kinds in (("own",), ("others",), ("own", "others")):
        for is_some in (False, True):
            for is_withheld in (False, True):
                statement = searching._statement(kinds, is_some=is_some, is_withheld=is_withheld)
                plan = generic_plan(citizen, subject, statement, given)
                assert rows_read(plan) <= 101, plan
    counted = generic_plan(citizen, subject, searching._counting(is_withheld=False), plain | {"edges": [0, 2**62]})
    assert "Index Only Scan" in counted
    assert rows_read(counted) == MANY + 1
