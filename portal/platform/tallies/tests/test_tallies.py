"""Pages are counted by route and day, whichever processes write; small counts follow from nothing that is shown."""

import asyncio
from collections.abc import Iterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.test import override_settings

from portal.platform.database import pool
from portal.platform.language.dates import day_here
from portal.platform.tallies import counting, queries
from portal.platform.tallies.queries import PageUse
from tests.waiting import until

DAY = date(2026, 3, 3)
HTML = "text/html; charset=utf-8"


@pytest.fixture
def tallies(past_walls: psycopg.Connection) -> Iterator[psycopg.Connection]:
    """Nothing counted yet."""
    counting._opened.clear()
    past_walls.execute("truncate tallies_page")
    yield past_walls
    counting._opened.clear()
    past_walls.execute("truncate tallies_page")


def rows(tallies: psycopg.Connection) -> list[tuple[date, str, int]]:
    return tallies.execute("select day, route, opened from tallies_page order by day, route").fetchall()


async def test_pages_that_were_shown_and_forms_that_were_taken_are_counted(tallies):
    for _ in range(3):
        counting.note("themes:overview", "GET", 200, HTML)
    counting.note("profile:nickname", "POST", 303, HTML)
    for route, method, status, media in [
        ("profile:nickname", "POST", 422, HTML),  # was not taken
        ("themes:overview", "HEAD", 200, HTML),
        ("profile:photo_file", "GET", 200, "image/jpeg"),
        ("themes:theme", "GET", 404, HTML),
        ("entry:sign_in", "GET", 302, HTML),
        ("operator:use", "GET", 200, HTML),
        ("machine:token", "POST", 303, HTML),
    ]:
        counting.note(route, method, status, media)
    await counting.write_once(DAY)
    assert rows(tallies) == [(DAY, "profile:nickname", 1), (DAY, "themes:overview", 3)]
    await counting.write_once(DAY)
    counting.note("themes:overview", "GET", 200, HTML)
    await counting.write_once(DAY)
    assert rows(tallies)[1] == (DAY, "themes:overview", 4)


async def test_nothing_is_counted_where_that_is_switched_off(tallies):
    with override_settings(PAGES_UNCOUNTED=True):
        counting.note("themes:overview", "GET", 200, HTML)
    await counting.write_once(DAY)
    assert rows(tallies) == []


async def test_what_cannot_be_written_is_written_the_next_time(tallies):
    counting.note("themes:overview", "GET", 200, HTML)
    tallies.execute("revoke insert on tallies_page from portal")
    await counting.write_once(DAY)
    tallies.execute("grant insert on tallies_page to portal")
    assert rows(tallies) == []
    counting.note("themes:overview", "GET", 200, HTML)
    await counting.write_once(DAY)
    assert rows(tallies) == [(DAY, "themes:overview", 2)]


async def test_process_that_stops_loses_nothing_that_it_is_just_writing(tallies, monkeypatch):
    is_free, is_stopping = asyncio.Event(), asyncio.Event()
    borrow = pool.connection

    @asynccontextmanager
    async def borrow_late():
        await is_free.wait()
        async with borrow() as conn:
            yield conn

    monkeypatch.setattr(counting, "EVERY_SECONDS", 0.01)
    monkeypatch.setattr(pool, "connection", borrow_late)
    counting.note("themes:overview", "GET", 200, HTML)
    writing = asyncio.create_task(counting.write(is_stopping))
    await until(lambda: not counting._opened)
    is_stopping.set()
    is_free.set()
    await asyncio.wait([writing])
    assert writing.exception() is None
    assert [opened for _, _, opened in rows(tallies)] == [1]


async def test_counts_below_ten_leave_the_database_for_nobody(tallies):
    today = day_here(datetime.now(UTC))
    yesterday, before = (today - timedelta(days=ago) for ago in (1, 2))
    for day, route, opened in [
        (today, "b:page", 20),
        (yesterday, "a:page", 9),
        (yesterday, "b:page", 10),
        (before, "b:page", 9),
        (today - timedelta(days=7), "b:page", 11),
        (today - timedelta(days=8), "b:page", 12),
        (today - timedelta(days=31), "b:page", 50),
    ]:
        tallies.execute("insert into tallies_page values (%s, %s, %s)", (day, route, opened))
    uses = await queries.uses_before(today, 30)
    assert [(use.page, (today - use.day).days, use.opened) for use in uses] == [
        ("page", 8, 12),
        ("page", 7, 11),
        ("page", 1, 10),
    ]
    assert {use.feature for use in uses} == {"b"}
    # Nor does a sum tell them: it is of what is shown.
    assert [(each.week, each.month) for each in queries.sum_pages(uses, today)] == [(21, 33)]
    assert queries.sum_by_day(uses, today, 2) == [(before, 0), (yesterday, 10)]


async def test_nobody_reads_from_two_looks_at_one_day_what_happened_between_them(tallies):
    today = day_here(datetime.now(UTC))
    tallies.execute("insert into tallies_page values (%s, 'a:page', 40)", (today - timedelta(days=1),))
    looks = []
    for _ in range(2):
        looks.append(await queries.uses_before(today, 30))
        for _ in range(11):
            counting.note("a:page", "GET", 200, HTML)
        await counting.write_once(today)
    assert looks[0] == looks[1] == [PageUse(today - timedelta(days=1), "a", "page", 40)]


async def test_counts_of_two_years_ago_go(tallies, as_worker):
    for day in (DAY - timedelta(days=731), DAY - timedelta(days=730)):
        tallies.execute("insert into tallies_page values (%s, 'a:page', 12)", (day,))
    async with as_worker():
        assert await counting.expire(DAY - timedelta(days=730)) == 1
