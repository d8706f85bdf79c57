"""Gates in front of sources: switches, maintenance, the bulkhead, the breaker and its memory."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from django.test import override_settings

from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.manifest import Maintenance
from portal.platform.sources.reading.outcomes import Down, Ready

from .in_process import FISH, THEN, ask, outcomes
from .town import ANOTHER, NUMBER


async def test_a_source_that_is_switched_off_is_not_asked(town, source):
    entry = town("a")
    with override_settings(SOURCES_OFF=frozenset({entry.dataset.source})):
        assert await ask(entry, source) == Down("off")
    assert source.asked == []
    assert await ask(entry, source) == Ready((FISH,), THEN)


async def test_a_source_in_maintenance_is_not_asked_and_says_until_when(town, source):
    hour = timedelta(hours=1)
    now = datetime.now(UTC)
    under_way = Maintenance("", now - hour, now + hour)
    entry = town("a", maintenance=(under_way,))
    assert await ask(entry, source) == Down("maintenance", until=under_way.until)
    assert source.asked == []
    around = (Maintenance("", now - 2 * hour, now - hour), Maintenance("", now + hour, now + 2 * hour))
    assert await ask(town("b", maintenance=around), source) == Ready((FISH,), THEN)


@pytest.mark.parametrize(
    ("trouble", "counts"),
    [
        (Down("connection", "X"), True),
        (Down("status", "HTTP 500"), True),
        (Down("unavailable"), True),
        (Down("busy"), True),
        (Down("refused"), False),
        (Down("mismatch"), False),
    ],
)
async def test_only_what_is_the_sources_own_trouble_opens_its_gate(town, source, trouble, counts):
    entry = town("a")
    source.trouble[entry.dataset.source] = trouble
    with override_settings(SOURCES_BREAKER_CALLS=3):
        got = [await ask(entry, source) for _ in range(4)]
    assert isinstance(got[0], Down)
    assert got[0].reason == trouble.reason
    assert isinstance(got[3], Down)
    assert got[3].reason == ("failing" if counts else trouble.reason)
    assert len(source.asked) == (3 if counts else 4)
    # From the second time on it says since when, unless the trouble may be this person's alone.
    is_everyones = counts and trouble.reason != "busy"
    assert [isinstance(each, Down) and each.since is not None for each in got] == [False, *[is_everyones] * 3]


async def test_a_source_that_answers_again_is_not_down_since_anything(town, source):
    entry = town("a")
    for trouble in (Down("busy"), None, Down("busy")):
        if trouble:
            source.trouble[entry.dataset.source] = trouble
        else:
            source.trouble.clear()
        last = await ask(entry, source)
    assert last == Down("busy")


async def test_trouble_elsewhere_is_not_the_sources(town, source):
    entry = town("a")
    source.trouble[entry.dataset.source] = Down("connection", "Repertorium: X", is_elsewhere=True)
    with override_settings(SOURCES_BREAKER_CALLS=3):
        got = [await ask(entry, source) for _ in range(4)]
    assert got == [Down("connection", "Repertorium: X", is_elsewhere=True)] * 4
    assert gatekeeper.gate_of(entry.dataset.source).down_since is None


async def test_one_person_who_asks_again_and_again_closes_a_source_for_nobody_who_is_served(town, source):
    entry = town("a")
    await ask(entry, source, ANOTHER)
    source.reads[entry.name] = Down("unreadable", "content")
    with override_settings(SOURCES_BREAKER_CALLS=3):
        got = [await ask(entry, source) for _ in range(20)]
        source.reads.clear()
        assert await ask(entry, source, ANOTHER) == Ready((FISH,), THEN)
    assert got == [Down("unreadable", "content")] * 20


async def test_one_person_alone_closes_a_source_that_answers_nobody(town, source):
    entry = town("a")
    source.trouble[entry.dataset.source] = Down("status", "HTTP 500")
    got = [await ask(entry, source) for _ in range(21)]
    assert [each.reason for each in got if isinstance(each, Down)] == ["status"] * 20 + ["failing"]


async def test_gates_hold_no_national_number(town, source):
    entry = town("a")
    await ask(entry, source)
    assert NUMBER not in repr(gatekeeper.gate_of(entry.dataset.source))


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_source_that_answers_one_of_two_datasets_is_not_down(town, source, is_first):
    school, college = town("school", "enrolments"), town("college", "enrolments")
    failing = (school if is_first else college).name
    source.reads[failing] = Down("unavailable", "X 1")
    for _ in range(3):
        assert sorted(map(repr, (await outcomes([school, college], source)).values())) == sorted(
            map(repr, (Down("unavailable", "X 1"), Ready((FISH,), THEN)))
        )
    assert gatekeeper.gate_of(school.dataset.source).down_since is None


async def test_datasets_that_share_a_question_are_down_since_the_same_call(town, source):
    school, college = town("school", "enrolments"), town("college", "enrolments")
    source.trouble[school.dataset.source] = Down("connection", "X")
    first = await outcomes([school, college], source)
    since = gatekeeper.gate_of(school.dataset.source).down_since
    assert since is not None
    assert first == dict.fromkeys(("school", "college"), Down("connection", "X"))
    again = await outcomes([school, college], source)
    assert again == dict.fromkeys(("school", "college"), Down("connection", "X", since=since))


async def test_a_full_bulkhead_answers_at_once(town, source):
    entry = town("a")
    source.hangs.add(entry.dataset.source)
    with override_settings(SOURCES_AT_ONCE=1):
        first = asyncio.create_task(ask(entry, source))
        await source.is_asked.wait()
        assert await ask(entry, source) == Down("full")
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
    source.hangs.clear()
    assert await ask(entry, source) == Ready((FISH,), THEN)
