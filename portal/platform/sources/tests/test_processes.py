"""Reports of the portal's processes about their sources: live ones, silent ones, and all of them merged."""

import asyncio
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.test import override_settings

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy
from portal.platform.sources import processes
from portal.platform.sources.gates.states import SourceState
from portal.platform.sources.processes import Process
from portal.platform.sources.unread import UnreadCount
from tests.waiting import until

NOW = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture
def nobody(past_walls):
    past_walls.execute("truncate sources_process")
    return past_walls


def seen(source, condition, calls=1, **more):
    return SourceState(source, ("Een dienst",), condition, 1, calls, 0, 0, more.pop("since", None), **more)


def process(*states, is_heard=True):
    return Process("a:8000", 1, 1, NOW, NOW, is_heard, states)


async def test_every_process_is_listed_wherever_one_asks(nobody):
    for number in (1, 2):
        with override_settings(WORKER=number):
            await processes.report()
            await processes.report()
    with override_settings(PORT=8010):
        told = await processes.survey()
    assert told.is_whole
    assert [(each.place.rpartition(":")[2], each.number, each.is_heard) for each in told.processes] == [
        ("8000", 1, True), ("8000", 2, True), ("8010", 1, True),
    ]  # fmt: skip
    # All see the same sources, as they are the same process here.
    assert {tuple(state.source for state in each.states) for each in told.processes} == {
        tuple(state.source for state in processes.own_process().states)
    }


async def test_process_is_no_longer_heard_then_forgotten_and_leaves_by_itself(nobody):
    with override_settings(WORKER=2):
        await processes.report()
    nobody.execute("update sources_process set heard_at = now() - interval '21 seconds', pid = pid + 1")
    told = (await processes.survey()).processes
    assert [(each.number, each.is_heard) for each in told] == [(1, True), (2, False)]
    assert [state.processes for state in processes.merge(told)] == [1] * len(told[0].states)
    with override_settings(WORKER=2):
        # Another process has that number by now.
        await processes.delete_report()
    assert nobody.execute("select number from sources_process").fetchall() == [(2,)]
    nobody.execute("update sources_process set heard_at = now() - interval '61 minutes'")
    await processes.report()
    assert nobody.execute("select number from sources_process").fetchall() == [(1,)]
    await processes.delete_report()
    assert nobody.execute("select number from sources_process").fetchall() == []


@pytest.mark.parametrize("states", [b'[{"source": 1}]', b'["\xff"]'])
async def test_what_another_release_said_is_not_read_and_its_process_is_listed(nobody, states):
    with override_settings(WORKER=2):
        await processes.report()
    nobody.execute("update sources_process set states = %s", [states])
    told = (await processes.survey()).processes
    assert [(each.number, bool(each.states)) for each in told] == [(1, True), (2, False)]


async def test_what_was_not_read_is_told_between_releases_and_to_operators_by_one_name(nobody):
    """Of the release before, whose processes run beside these while one is put in the place of the other."""
    state = seen("a", "open", unread=(UnreadCount("x.y", 2, ["Naam"]),))
    states = msgspec.json.encode([state])
    assert b'"unread":[{"dataset":"x.y","answers":2,"places":["Naam"]}]' in states
    with override_settings(WORKER=2):
        await processes.report()
    nobody.execute("update sources_process set states = %s", [states])
    assert [each.states for each in (await processes.survey()).processes if each.number == 2] == [(state,)]


async def test_process_goes_on_saying_what_it_sees_once_it_can(nobody, monkeypatch, caplog):
    monkeypatch.setattr(processes, "EVERY_SECONDS", 0.01)
    nobody.execute("alter table sources_process rename to sources_process_away")
    telling = asyncio.create_task(processes.report_regularly())
    try:
        await until(lambda: "operators are not told of this process: UndefinedTable" in caplog.text)
        nobody.execute("alter table sources_process_away rename to sources_process")
        await until(lambda: nobody.execute("select 1 from sources_process").fetchone())
    finally:
        nobody.execute("alter table if exists sources_process_away rename to sources_process")
        telling.cancel()
        await asyncio.wait([telling])


async def test_process_goes_on_reporting_after_a_fault_of_ours(nobody, monkeypatch, caplog):
    async def faulty(*_, **__):
        raise RuntimeError("of our own")

    monkeypatch.setattr(processes, "EVERY_SECONDS", 0.01)
    with monkeypatch.context() as broken:
        broken.setattr(pool, "repeatable", faulty)
        reporting = asyncio.create_task(processes.report_regularly())
        await until(lambda: "operators are not told of this process: RuntimeError" in caplog.text)
    try:
        await until(lambda: nobody.execute("select 1 from sources_process").fetchone())
    finally:
        reporting.cancel()
        await asyncio.wait([reporting])


async def test_where_nothing_can_be_said_or_read_a_process_speaks_for_itself_and_ends_as_any_other(nobody):
    nobody.execute("alter table sources_process rename to sources_process_away")
    try:
        told = await processes.survey()
        await processes.delete_report()
    finally:
        nobody.execute("alter table sources_process_away rename to sources_process")
    assert ([each.number for each in told.processes], told.is_whole) == ([1], False)


async def test_without_a_database_the_process_that_is_asked_speaks_for_itself(nobody, monkeypatch):
    async def away(*_, **__):
        raise DatabaseBusy("Away")

    monkeypatch.setattr(pool, "repeatable", away)
    told = await processes.survey()
    assert ([each.number for each in told.processes], told.is_whole) == ([1], False)


def test_worst_condition_counts_and_numbers_are_added():
    early, late = NOW - timedelta(hours=1), NOW
    one = process(
        seen("a", "open", 3, unread=(UnreadCount("x.y", 2, ["Naam", "Stad"]),)), seen("b", "failing", since=late)
    )
    two = process(
        seen("a", "open", 4, unread=(UnreadCount("x.y", 1, ["Stad", "Land"]),)), seen("b", "open", since=early)
    )
    gone = process(seen("a", "failing", 9), is_heard=False)
    a, b = processes.merge([one, two, gone])
    assert (a.condition, a.processes, a.calls, a.under_way) == ("open", 2, 7, 2)
    assert a.unread == (UnreadCount("x.y", 3, ["Naam", "Stad", "Land"]),)
    assert (b.condition, b.processes, b.down_since) == ("failing", 1, early)
