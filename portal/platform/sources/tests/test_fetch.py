"""Asking many sources at once: which are asked, which are not, and what remains when the reader leaves."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import msgspec
import pytest
from django.test import override_settings

from portal.platform.journal.errors import NotJournalled
from portal.platform.sources import catalogue
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.gates import gatekeeper, turns
from portal.platform.sources.gates.states import states
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from tests.clock import Clock

from .in_process import FISH, THEN, ask, ask_all, outcomes, with_lookup
from .town import NUMBER, receipt

# All that is asked is in this loop, on the clock of which nothing is late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


async def test_datasets_that_share_a_question_are_asked_once_and_read_each(town, source):
    school, college = town("school", "enrolments"), town("college", "enrolments")
    source.reads[college.name] = Nothing(THEN)
    assert await outcomes([school, college, town("own")], source) == {
        "school": Ready((FISH,), THEN),
        "college": Nothing(THEN),
        "own": Ready((FISH,), THEN),
    }
    assert len(source.asked) == 2


async def test_waiting_for_its_turn_makes_a_question_neither_late_nor_slow(town, source, monkeypatch):
    monkeypatch.setattr(turns, "page_turns", turns.CallTurns(1))
    # The turn of a question that hangs lasts longer than the other's deadline.
    hanging, quick = town("hanging", deadline_s=0.3), town("quick", deadline_s=0.05)
    source.hangs.add(hanging.question.source)
    page = asyncio.create_task(outcomes([hanging, quick], source))
    await asyncio.sleep(0.03)
    assert source.sources == [hanging.question.source]
    assert await page == {"hanging": Late(), "quick": Ready((FISH,), THEN)}
    assert gatekeeper.gate_of(quick.question.source).counts(time.monotonic()) == (1, 0, 0)


async def test_origins_and_subject_do_not_make_it_another_question_but_the_version_does(town, source):
    def of(name: str, **service: Any) -> DatasetEntry:
        entry = town(name, "enrolments")
        changed = msgspec.structs.replace(entry.dataset.magda, **service)
        return DatasetEntry(entry.agency, msgspec.structs.replace(entry.dataset, magda=changed), entry.parse)

    entries = [
        of("a", origins=("DISCI",)),
        of("b", origins=("VWO",), subject="X/INSZ"),
        of("c", version="02.00.0000"),
    ]
    assert len(await outcomes(entries, source)) == 3
    assert len(source.asked) == 2


async def test_one_that_hangs_holds_up_nobody(town, source):
    slow, quick = town("slow"), town("quick")
    source.hangs.add(slow.dataset.source)
    asked = ask_all([slow, quick], source)
    async with aclosing(asked):
        ((inquiry, outcome),) = await anext(asked)
    assert (inquiry.name, outcome) == ("town.quick", Ready((FISH,), THEN))


async def test_what_is_not_journalled_is_not_asked(town, source):
    one, other = town("one"), town("other")
    for entries in ([other], [one, other]):
        with pytest.raises(NotJournalled):
            await anext(ask_all(entries, source, journalled=receipt(one)))
    assert source.asked == []


async def test_the_deadline_makes_it_late_and_gives_up_upstream(town, source):
    entry = town("slow", deadline_s=0.01)
    source.hangs.add(entry.dataset.source)
    assert await ask(entry, source) == Late()
    assert source.given_up == [entry.dataset.source]


async def test_the_page_waits_no_longer_than_its_budget(town, source):
    entries = [town("a"), town("b")]
    source.hangs |= {entry.dataset.source for entry in entries}
    assert await outcomes(entries, source, seconds=0.01) == {"a": Late(), "b": Late()}
    await asyncio.sleep(0)
    assert sorted(source.given_up) == sorted(source.hangs)


async def test_what_arrived_counts_however_late_it_is_taken(town, source):
    both = [town("a"), town("b")]
    asked = ask_all(both, source, seconds=0.2)
    first = await anext(asked)
    await asyncio.sleep(0.3)  # a reader on a slow line
    found = first + [one async for several in asked for one in several]
    assert [outcome for _, outcome in found] == [Ready((FISH,), THEN)] * 2


async def test_what_is_there_at_one_moment_comes_together(town, source):
    asked = ask_all([town("a"), town("b"), town("c")], source)
    assert [len(several) async for several in asked] == [3]


async def test_a_reader_who_leaves_stops_what_was_asked_and_counts_for_nothing(town, source):
    slow, quick = town("slow"), town("quick")
    source.hangs.add(slow.dataset.source)
    asked: AsyncIterator[Any] = ask_all([slow, quick], source)
    await anext(asked)
    await asked.aclose()
    await asyncio.sleep(0)
    gate = gatekeeper.gate_of(slow.dataset.source)
    assert source.given_up == [slow.dataset.source]
    assert (gate.under_way, gate.counts(asyncio.get_running_loop().time())) == (0, (0, 0, 0))


async def test_a_fault_of_ours_is_down_and_says_so_in_the_log(town, source, caplog):
    entry = town("a")
    source.trouble[entry.dataset.source] = RuntimeError(NUMBER)
    assert await ask(entry, source) == Down("fault", "RuntimeError")
    assert "failed: RuntimeError c" in caplog.text
    assert NUMBER not in caplog.text


async def test_a_fault_of_ours_is_no_vote_against_the_source(town, source):
    entry = town("a")
    source.trouble[entry.dataset.source] = RuntimeError()
    with override_settings(SOURCES_BREAKER_CALLS=1):
        for _ in range(3):
            assert await ask(entry, source) == Down("fault", "RuntimeError")
    gate = gatekeeper.gate_of(entry.dataset.source)
    assert (gate.counts(time.monotonic()), gate.under_way, gate.down_since) == ((0, 0, 0), 0, None)


async def test_a_lookup_that_is_a_fault_of_ours_leaves_the_first_answer(town, source):
    entry = with_lookup(town)
    assert entry.lookup
    source.trouble[entry.lookup.source] = RuntimeError()
    missing = (Missing("Stadsbestuur", "RuntimeError", "fault"),)
    assert await ask(entry, source) == Partial((FISH,), missing, THEN)


async def test_an_answer_that_is_long_to_read_makes_its_source_not_slow(town, source, monkeypatch, clock: Clock):
    entry = town("long", deadline_s=0.1)

    def slowly(*_: Any) -> Any:
        clock.hold(0.08)
        return Ready((FISH,), THEN)

    monkeypatch.setattr(source, "read", slowly)
    assert await ask(entry, source) == Ready((FISH,), THEN)
    assert gatekeeper.gate_of(entry.dataset.source).counts(time.monotonic()) == (1, 0, 0)


async def test_the_state_of_every_source_can_be_seen_also_of_lookups_and_what_features_ask():
    known = catalogue.installed()
    sources = {entry.source for entry in (*known.entries, *known.lookups)}
    sources |= {one.source for agency in known.agencies for one in agency.asks}
    sources |= {one.source for agency in known.agencies for one in agency.lists}
    off = min(sources)
    with override_settings(SOURCES_OFF=frozenset({off})):
        found = {state.source: state for state in states(0.0)}
    assert set(found) == {*sources, "repertorium", "tokens"}
    assert [source for source, state in found.items() if state.condition == "off"] == [off]
    assert all(state.bodies for state in found.values())


# --- lookups ------------------------------------------------------------------------------------------------


async def test_a_lookup_asks_its_own_source_about_the_value(town, source):
    entry = with_lookup(town)
    name = Fact("name", "Naam", "Esox lucius", "text", "Naam")
    source.reads["town.catches_lookup:Snoek"] = Ready((name,), THEN)
    assert await ask(entry, source) == Ready((FISH, msgspec.structs.replace(name, path="Vangst/Vis/Naam")), THEN)
    first, second = source.asked
    assert first == (entry.dataset.source, {"insz": NUMBER})
    assert second == (entry.lookup.source, {"value": "Snoek"})


async def test_a_lookup_that_hangs_makes_the_answer_partial_at_the_deadline(town, source):
    entry = with_lookup(town, deadline_s=0.05)
    assert entry.lookup
    source.hangs.add(entry.lookup.source)
    assert await ask(entry, source) == Partial((FISH,), (Missing("Stadsbestuur", "", "late"),), THEN)


async def test_a_lookup_that_is_switched_off_is_not_asked(town, source):
    entry = with_lookup(town)
    assert entry.lookup
    with override_settings(SOURCES_OFF=frozenset({entry.lookup.source})):
        assert await ask(entry, source) == Partial((FISH,), (Missing("Stadsbestuur", "", "off"),), THEN)
    assert source.sources == [entry.dataset.source]


async def test_the_lookups_of_one_answer_count_as_one_call(town, source):
    entry = with_lookup(town)
    assert entry.lookup
    fish = [msgspec.structs.replace(FISH, value=str(n)) for n in range(10)]
    source.reads[entry.name] = Ready(tuple(fish), THEN)
    source.trouble[entry.lookup.source] = Down("connection", "X")
    with override_settings(SOURCES_BREAKER_CALLS=3):
        for _ in range(2):
            await ask(entry, source)
        gate = gatekeeper.gate_of(entry.lookup.source)
        assert (len(source.asked), gate.is_open) == (22, False)
        assert gate.counts(asyncio.get_running_loop().time()) == (2, 2, 0)
        await ask(entry, source)
        assert gate.is_open


async def test_two_datasets_of_one_answer_that_look_up_count_as_one_call(town, source):
    one = with_lookup(town)
    assert one.lookup
    other = DatasetEntry(one.agency, msgspec.structs.replace(one.dataset, id="more"), list, one.lookup)
    await outcomes([one, other], source)
    assert len(source.asked) == 3
    now = asyncio.get_running_loop().time()
    assert gatekeeper.gate_of(one.lookup.source).counts(now) == (1, 0, 0)
