"""By a clock that is in doubt nothing is deleted; somebody's word makes it trusted only where clocks agree."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from portal.platform.sweeping import clock, counting
from portal.platform.sweeping.errors import ClockDoubted

YEAR = timedelta(days=365)
BATCH = """
insert into journal_batch (number, previous, sealed_at, entry_ids, hashes, up_to, hash, mac)
values (1, sha256('a'), %s, '{}', '', 0, sha256('b'), sha256('c'))
"""


@pytest.fixture
def state(past_walls: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Give a superuser's connection to a database in which no clock was trusted and nothing sealed yet."""
    empty = "update sweeping_state set trusted_at = null, looked_at = null, trouble = null, trusted_by = ''"
    past_walls.execute("set session_replication_role = replica")
    for _ in range(2):
        past_walls.execute(empty)
        past_walls.execute("delete from journal_batch")
        if _ == 0:
            yield past_walls
    past_walls.execute("reset session_replication_role")


def trust_and_trouble(state: psycopg.Connection) -> tuple[datetime | None, str | None]:
    return state.execute("select trusted_at, trouble from sweeping_state").fetchone() or (None, "no row")


async def test_clock_that_all_agree_on_is_believed_and_remembered(state, as_worker):
    now = datetime.now(UTC)
    async with as_worker():
        assert await clock.verify(now.timestamp(), now) == now
    assert trust_and_trouble(state) == (now, None)


async def test_what_was_never_counted_is_so_since_the_clock_was_first_believed(state, as_worker):
    state.execute("update sweeping_state set counted_at = null")
    now, found = datetime.now(UTC), []
    for _ in range(2):
        async with as_worker():
            await clock.verify(now.timestamp(), now)
        found += state.execute("select counted_at from sweeping_state").fetchone()
    assert found[0] is not None
    assert found[0] == found[1]


WRONG = {
    "job": (YEAR, timedelta(), "a job is of"),
    "machine": (YEAR, YEAR, "at the main database"),
    "behind": (-YEAR, -YEAR, "at the main database"),
    "minutes": (timedelta(minutes=6), timedelta(minutes=6), "at the main database"),
}


@pytest.mark.parametrize(("job", "machine", "why"), WRONG.values(), ids=WRONG.keys())
async def test_clock_that_differs_is_not_believed(state, as_worker, caplog, job, machine, why):
    now = datetime.now(UTC)
    async with as_worker():
        with pytest.raises(ClockDoubted, match=why):
            await clock.verify((now + job).timestamp(), now + machine)
    assert trust_and_trouble(state)[0] is None
    assert why in (trust_and_trouble(state)[1] or "")
    assert "NOTHING is deleted" in caplog.text
    assert logging.CRITICAL in {record.levelno for record in caplog.records}


async def test_journal_that_was_sealed_later_than_now_is_believed_more(state, as_worker):
    now = datetime.now(UTC)
    state.execute(BATCH, (now + YEAR,))
    async with as_worker():
        with pytest.raises(ClockDoubted, match="the journal was last sealed on"):
            await clock.verify(now.timestamp(), now)


async def test_all_clocks_of_one_machine_that_are_a_year_ahead_are_not_believed(state, as_worker):
    """They agree, and what was believed before does not: as when all was moved back here instead."""
    now = datetime.now(UTC)
    state.execute("update sweeping_state set trusted_at = %s", (now - YEAR,))
    async with as_worker():
        with pytest.raises(ClockDoubted, match="365 days passed"):
            await clock.verify(now.timestamp(), now)
        # What is sealed meanwhile by that clock makes it no truer.
        state.execute(BATCH, (now,))
        with pytest.raises(ClockDoubted, match="365 days passed"):
            await clock.verify(now.timestamp(), now)


async def test_first_time_the_journal_says_how_much_time_passed(state, as_worker):
    now = datetime.now(UTC)
    state.execute(BATCH, (now - YEAR,))
    async with as_worker():
        with pytest.raises(ClockDoubted, match="365 days passed"):
            await clock.verify(now.timestamp(), now)


async def test_after_a_long_pause_it_goes_on_when_somebody_says_so(state, as_worker):
    now = datetime.now(UTC)
    state.execute("update sweeping_state set trusted_at = %s", (now - YEAR,))
    async with as_worker():
        with pytest.raises(ClockDoubted):
            await clock.verify(now.timestamp(), now)
        assert await clock.trust("beheer", "een jaar uit", now) is None
        assert await clock.verify(now.timestamp(), now) == now
    assert trust_and_trouble(state) == (now, None)


async def test_nobody_can_say_that_clocks_which_differ_are_right(state, as_worker):
    async with as_worker():
        said = await clock.trust("beheer", "haast", datetime.now(UTC) + YEAR)
    assert said is not None
    assert trust_and_trouble(state)[0] is None


async def test_what_outlived_its_term_is_counted_for_operators_and_logged(state, as_worker, caplog):
    """Other tests leave rows of theirs; what is compared is what one row more changes."""
    today = datetime.now(UTC).date()
    state.execute("delete from mail_question_rate")
    async with as_worker():
        before = await counting.keep_count(today)
        assert "mail_question_rate" not in (left := (await counting.report())[0].overdue)
        state.execute("insert into mail_question_rate (mark, at) values (sha256('a'), now() - interval '4 hours')")
        assert await counting.keep_count(today) == before + 1
    assert (await counting.report())[0].overdue == {**left, "mail_question_rate": 1}
    assert "older than their term: 1 rows of mail_question_rate" in caplog.text
    state.execute("delete from mail_question_rate")
    async with as_worker():
        assert await counting.keep_count(today) == before
    assert (await counting.report())[0].overdue == left
