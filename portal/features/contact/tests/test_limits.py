"""How many questions are taken, from whom, and when each is passed on, for all processes together."""

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from portal.features.contact import actions, limits, queries
from portal.features.contact.errors import TooManyFromNetwork, TooManyQuestions
from portal.features.contact.types import Question
from portal.platform.database import pool
from tests.inbox import Inbox, Workers, past_walls, rows
from tests.town import until

Role = Callable[[], AbstractAsyncContextManager[None]]
pytestmark = pytest.mark.security

ASKED = Question("De app", "Waar vind ik de app?", "an@example.org", "")
HOME = "192.0.2.1"


@pytest.fixture(autouse=True)
def nothing_asked(database: None) -> None:
    past_walls("delete from mail_question")
    past_walls("delete from mail_question_rate")
    rows("delete from procrastinate_jobs")


async def ask(address: str = HOME, question_id: UUID | None = None) -> UUID:
    question_id = question_id or uuid4()
    await actions.ask(question_id, ASKED, address)
    return question_id


async def asks(*addresses: str) -> list[bool]:
    """Ask from each in turn; tells which were taken."""
    taken = []
    for address in addresses:
        try:
            await ask(address)
            taken.append(True)
        except TooManyFromNetwork:
            taken.append(False)
    return taken


def row_counts() -> tuple[int, int, int]:
    """Count questions, jobs, and counts of networks."""
    ((counts,),) = past_walls("select count(*) from mail_question_rate")
    ((questions, jobs),) = rows(
        "select (select count(*) from mail_question), (select count(*) from procrastinate_jobs)"
    )
    return questions, jobs, counts


def waits() -> list[int]:
    """List, in the order of the jobs, after how many whole hours each question is passed on."""
    planned = past_walls(
        "select round(extract(epoch from scheduled_at - created_at) / 3600), scheduled_at = send_at"
        " from procrastinate_jobs join mail_question on mail_question.id = (args ->> 'question_id')::uuid"
        " order by procrastinate_jobs.id"
    )
    assert [hours for hours, is_same in planned if not is_same] == []
    return [int(hours) for hours, _ in planned]


# --- who asks ----------------------------------------------------------------------------------------------


async def test_a_connection_asks_so_often_in_an_hour_and_again_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 2)
    assert await asks(HOME, HOME, HOME, "192.0.2.2") == [True, True, False, True]
    past_walls("update mail_question_rate set at = at - interval '1 hour'")
    assert await asks(HOME) == [True]


async def test_many_networks_of_one_home_are_no_way_round_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 1)
    homes = [f"2001:db8:1:{n:x}::1" for n in (0, 0, 1, 2)]
    assert await asks(*homes) == [True, False, True, False]  # its /64, then its /56, is full
    companies = [f"2001:db8:1:{n:x}00::1" for n in range(1, 6)]
    assert await asks(*companies) == [True, True, True, False, False]  # their /48
    assert await asks("2001:db8:2::1") == [True]


async def test_what_is_refused_is_counted_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 1)
    assert await asks("2001:db8::1", "2001:db8::1", "2001:db8::1") == [True, False, False]
    assert row_counts() == (1, 1, 3)
    assert await asks("2001:db8:0:1::1") == [True]  # the /56 takes two: those refused took no place


async def test_a_form_that_comes_again_is_neither_counted_nor_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 1)
    monkeypatch.setattr(limits, "LONGEST_WAIT", timedelta(0))
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    first = await ask()
    await ask(question_id=first)
    await ask("2001:db8::1", first)
    assert row_counts() == (1, 1, 1)
    assert await asks(HOME) == [False]


async def test_forms_that_come_at_the_same_time_are_counted_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 2)
    twice = uuid4()
    answers = await asyncio.gather(
        *(ask(question_id=one) for one in (twice, twice, uuid4(), uuid4())), return_exceptions=True
    )
    assert {type(answer) for answer in answers if not isinstance(answer, UUID)} == {TooManyFromNetwork}
    assert row_counts() == (2, 2, 2)


async def test_no_address_stands_in_the_database_and_each_day_has_other_names() -> None:
    await ask("2001:db8:1:2::3")
    stored = {bytes(mark) for (mark,) in past_walls("select mark from mail_question_rate")}
    now = datetime.now(UTC)
    assert stored <= {
        one.mark
        for moment in (now, now - timedelta(days=1))
        for one in await limits.marks_of("2001:db8:1:2::3", moment)
    }
    first, second = [await limits.marks_of(HOME, datetime(2026, 3, day, 12, tzinfo=UTC)) for day in (3, 4)]
    assert first[0].names.isdisjoint(second[0].names)
    assert first == await limits.marks_of(HOME, datetime(2026, 3, 3, 23, 59, tzinfo=UTC))


@pytest.mark.parametrize(
    ("minutes", "is_full"), [(-1, True), (0, True), (59, True), (60, False)], ids=["23:59", "0:00", "0:59", "1:00"]
)
async def test_midnight_does_not_empty_the_hour(monkeypatch: pytest.MonkeyPatch, minutes: int, is_full: bool) -> None:
    monkeypatch.setattr(limits, "MOST", 2)
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    async with pool.connection() as conn, conn.transaction():
        for _ in range(2):
            await limits.count(conn, await limits.marks_of(HOME, midnight - timedelta(minutes=5)))
        then = await limits.marks_of(HOME, midnight + timedelta(minutes=minutes))
        if is_full:
            with pytest.raises(TooManyFromNetwork):
                await limits.check(conn, then)
        else:
            await limits.check(conn, then)


async def test_both_days_count_together_in_the_first_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST", 2)
    midnight = datetime(2026, 3, 4, tzinfo=UTC)
    before, after = [await limits.marks_of(HOME, midnight + timedelta(minutes=minutes)) for minutes in (-5, 5)]
    async with pool.connection() as conn, conn.transaction():
        await limits.count(conn, before)
        await limits.check(conn, after)
        await limits.count(conn, after)
        with pytest.raises(TooManyFromNetwork):
            await limits.check(conn, after)


@pytest.mark.parametrize(
    "statement",
    [
        "select id from mail_question_rate",
        "update mail_question_rate set at = now()",
        "delete from mail_question_rate",
    ],
)
async def test_portal_counts_and_takes_nothing_back(statement: str) -> None:
    async with pool.connection() as conn:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute(statement)


async def test_worker_forgets_who_asked_after_the_hour_and_never_sees_it(as_worker: Role) -> None:
    await ask()
    async with as_worker():
        async with pool.connection() as conn:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                await conn.execute("select mark from mail_question_rate")
        assert await limits.expire(datetime.now(UTC) - timedelta(minutes=1)) == 0
        assert await limits.expire(datetime.now(UTC) + timedelta(minutes=1)) == 1


def test_the_counts_have_a_forced_wall_and_are_in_no_log() -> None:
    told = "select relrowsecurity, relforcerowsecurity, relpersistence from pg_class where relname = %s"
    assert past_walls(told, "mail_question_rate") == [(True, True, "u")]


# --- when it is passed on ----------------------------------------------------------------------------------


async def test_what_is_more_than_the_hour_takes_waits_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 2)
    asked = [await ask() for _ in range(5)]
    assert waits() == [0, 0, 1, 1, 2]
    assert [
        job for (job,) in rows("select args ->> 'question_id' from procrastinate_jobs order by scheduled_at")
    ] == [str(one) for one in asked]
    taken = [await queries.receipt(one) for one in asked]
    assert [one is not None and one.waits_until is not None for one in taken] == [False, False, True, True, True]


async def test_an_hour_with_room_makes_nobody_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 2)
    await ask()
    past_walls("update mail_question set send_at = send_at - interval '1 hour'")
    past_walls("update procrastinate_jobs set scheduled_at = scheduled_at - interval '1 hour'")
    for _ in range(3):
        await ask()
    assert waits()[1:] == [0, 0, 1]


async def test_who_would_wait_too_long_is_refused_and_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    monkeypatch.setattr(limits, "LONGEST_WAIT", timedelta(hours=2, minutes=1))
    for _ in range(3):
        await ask()
    with pytest.raises(TooManyQuestions):
        await ask()
    assert (waits(), row_counts()) == ([0, 1, 2], (3, 3, 3))


async def test_nobody_is_planned_before_who_came_earlier(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 2)
    await asyncio.gather(*(ask(f"192.0.2.{n}") for n in range(8)))
    assert waits() == [0, 0, 1, 1, 2, 2, 3, 3]


async def test_worker_passes_on_what_is_due_and_leaves_the_rest(
    inbox: Inbox, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "MOST_AN_HOUR", 1)
    now, later, _ = [await ask() for _ in range(3)]
    workers.start()
    until(lambda: rows("select count(*) from mail_question where sealed is null") == [(1,)])
    past_walls("update procrastinate_jobs set scheduled_at = now() where args ->> 'question_id' = %s", str(later))
    until(lambda: rows("select count(*) from mail_question where sealed is null") == [(2,)])
    assert [dict(mail["headers"])["Message-ID"].strip("<>").split("@")[0] for mail in inbox.mails()] == [
        str(now),
        str(later),
    ]
