"""Asking many at once: what is asked, what is not, and what is left behind when the reader goes."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from django.test import override_settings

from portal.platform.sources import catalogue, fetch, gatekeeper
from portal.platform.sources.catalogue import Agency, Entry, Question
from portal.platform.sources.manifest import Dataset, Lookup, Magda, Maintenance, Manifest
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Outcome, Partial, Ready
from portal.platform.sources.transports.answer import Answer

from .town import NUMBER

THEN = datetime(2026, 3, 3, tzinfo=UTC)
FISH = Fact("fish", "Vis", "Snoek", "text", "Vangst/Vis")
ALL_AT_ONCE = {"correlation_id": "c"}


class Source:
    """A transport in this process: what it brings home or reads for each source, and what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Mapping[str, str]]] = []
        self.is_asked = asyncio.Event()
        self.given_up: list[str] = []
        self.trouble: dict[str, Down | Exception] = {}
        self.hangs: set[str] = set()
        self.reads: dict[str, Outcome] = {}

    async def ask(self, question: Question, values: Mapping[str, str], *, correlation_id: str) -> Answer | Down:
        assert correlation_id == "c"
        self.asked.append((question.source, values))
        self.is_asked.set()
        try:
            if question.source in self.hangs:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.given_up.append(question.source)
            raise
        trouble = self.trouble.get(question.source)
        if isinstance(trouble, Exception):
            raise trouble
        return trouble or Answer(b"", None, THEN)

    def read(self, answer: Answer, entry: Entry, about: str | None) -> Outcome:
        return self.reads.get(f"{entry.name}:{about}", self.reads.get(entry.name, Ready((FISH,), THEN)))

    @property
    def sources(self) -> list[str]:
        return [source for source, _ in self.asked]


@pytest.fixture
def source() -> Source:
    return Source()


@pytest.fixture
def town(tmp_path: Path) -> Any:
    """A maker of datasets. Gates live as long as the worker, so every test has sources of its own."""
    (tmp_path / "requests").mkdir()
    (tmp_path / "requests" / "q.xml").write_text("<Inhoud>${insz}</Inhoud>")
    (tmp_path / "requests" / "other.xml").write_text("<Inhoud>${value}</Inhoud>")
    mark = uuid4().hex[:8]

    def entry(name: str, source: str = "", *, maintenance: tuple[Maintenance, ...] = (), **own: Any) -> Entry:
        dataset = Dataset(
            id=name,
            title=name,
            theme="natuur",
            source=f"{source or name}-{mark}",
            transport="magda",
            parse="parse",
            legal_basis="-",
            about="-",
            when_nothing="-",
            magda=Magda("Natuur", "GeefVangsten", "01.00.0000", "urn:vangsten", "q.xml"),
        )
        here = [msgspec.structs.replace(time, source=dataset.source) for time in maintenance]
        agency = Agency("town", Manifest("Stadsbestuur", "https://town.example", maintenance=tuple(here)), tmp_path)
        return Entry(agency, msgspec.structs.replace(dataset, **own), list)

    return entry


async def outcomes(entries: list[Entry], source: Source, **own: Any) -> dict[str, Outcome]:
    asked = fetch.ask_all(entries, NUMBER, transports={"magda": source}, **ALL_AT_ONCE, **own)
    return {entry.dataset.id: timeless(outcome) async for entry, outcome in asked}


async def ask(entry: Entry, source: Source) -> Outcome:
    outcome = await fetch.ask(entry, NUMBER, transports={"magda": source}, **ALL_AT_ONCE)
    return timeless(outcome)


def timeless(outcome: Outcome) -> Outcome:
    """Take off when trouble was met, which it must say."""
    if isinstance(outcome, Late | Down):
        was_asked = isinstance(outcome, Late) or outcome.reason not in fetch.NOT_ASKED
        assert (outcome.asked_at is not None) is was_asked
        return msgspec.structs.replace(outcome, asked_at=None)
    return outcome


async def test_datasets_that_share_a_question_are_asked_once_and_read_each(town, source):
    school, college = town("school", "enrolments"), town("college", "enrolments")
    source.reads[college.name] = Nothing(THEN)
    assert await outcomes([school, college, town("own")], source) == {
        "school": Ready((FISH,), THEN),
        "college": Nothing(THEN),
        "own": Ready((FISH,), THEN),
    }
    assert len(source.asked) == 2


async def test_origins_and_subject_do_not_make_it_another_question_but_the_version_does(town, source):
    def of(name: str, **service: Any) -> Entry:
        entry = town(name, "enrolments")
        changed = msgspec.structs.replace(entry.dataset.magda, **service)
        return Entry(entry.agency, msgspec.structs.replace(entry.dataset, magda=changed), entry.parse)

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
    asked = fetch.ask_all([slow, quick], NUMBER, transports={"magda": source}, **ALL_AT_ONCE)
    async with aclosing(asked):
        entry, outcome = await anext(asked)
    assert (entry.name, outcome) == ("town.quick", Ready((FISH,), THEN))


async def test_the_deadline_makes_it_late_and_gives_up_upstream(town, source):
    entry = town("slow", deadline_s=0.01)
    source.hangs.add(entry.dataset.source)
    assert await ask(entry, source) == Late()
    assert source.given_up == [entry.dataset.source]


async def test_the_page_waits_no_longer_than_its_budget(town, source):
    entries = [town("a"), town("b")]
    source.hangs |= {entry.dataset.source for entry in entries}
    assert await outcomes(entries, source, page_seconds=0.01) == {"a": Late(), "b": Late()}
    await asyncio.sleep(0)
    assert sorted(source.given_up) == sorted(source.hangs)


async def test_what_arrived_counts_however_late_it_is_taken(town, source):
    asked = fetch.ask_all(
        [town("a"), town("b")], NUMBER, transports={"magda": source}, page_seconds=0.2, **ALL_AT_ONCE
    )
    first = await anext(asked)
    await asyncio.sleep(0.3)  # a reader on a slow line
    assert [first[1], *[outcome async for _, outcome in asked]] == [Ready((FISH,), THEN)] * 2


async def test_a_reader_who_leaves_stops_what_was_asked_and_counts_for_nothing(town, source):
    slow, quick = town("slow"), town("quick")
    source.hangs.add(slow.dataset.source)
    asked: AsyncIterator[Any] = fetch.ask_all([slow, quick], NUMBER, transports={"magda": source}, **ALL_AT_ONCE)
    await anext(asked)
    await asked.aclose()  # type: ignore[attr-defined]
    await asyncio.sleep(0)
    gate = gatekeeper.gate_of(slow.dataset.source)
    assert source.given_up == [slow.dataset.source]
    assert (gate.under_way, gate.counts(asyncio.get_running_loop().time())) == (0, (0, 0, 0))


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


async def test_a_fault_of_ours_is_down_and_says_so_in_the_log(town, source, caplog):
    entry = town("a")
    source.trouble[entry.dataset.source] = RuntimeError(NUMBER)
    assert await ask(entry, source) == Down("fault", "RuntimeError")
    assert "failed: RuntimeError c" in caplog.text


async def test_the_state_of_every_source_can_be_seen_lookups_included():
    known = catalogue.installed()
    sources = {entry.dataset.source for entry in (*known.entries, *known.lookups)}
    off = min(sources)
    with override_settings(SOURCES_OFF=frozenset({off})):
        states = {state.source: state for state in gatekeeper.states(0.0)}
    assert set(states) == sources
    assert [source for source, state in states.items() if state.condition == "off"] == [off]
    assert all(state.bodies for state in states.values())


# --- lookups ------------------------------------------------------------------------------------------------


def with_lookup(town: Any, **own: Any) -> Entry:
    first, second = town("catches", **own), town("names")
    lookup = Lookup(
        "fish", second.dataset.source, "parse", msgspec.structs.replace(second.dataset.magda, question="other.xml")
    )
    named = msgspec.structs.replace(second.dataset, magda=lookup.magda)
    return Entry(
        first.agency, msgspec.structs.replace(first.dataset, lookup=lookup), list, Entry(first.agency, named, list)
    )


async def test_a_lookup_asks_its_own_source_about_the_value(town, source):
    entry = with_lookup(town)
    name = Fact("name", "Naam", "Esox lucius", "text", "Naam")
    source.reads["town.names:Snoek"] = Ready((name,), THEN)
    assert await ask(entry, source) == Ready((FISH, msgspec.structs.replace(name, path="Vangst/Vis/Naam")), THEN)
    first, second = source.asked
    assert first == (entry.dataset.source, {"insz": NUMBER})
    assert second == (entry.lookup.dataset.source, {"value": "Snoek"})  # type: ignore[union-attr]


async def test_a_lookup_that_hangs_makes_the_answer_partial_at_the_deadline(town, source):
    entry = with_lookup(town, deadline_s=0.05)
    assert entry.lookup
    source.hangs.add(entry.lookup.dataset.source)
    assert await ask(entry, source) == Partial((FISH,), (Missing("Stadsbestuur", "", "late"),), THEN)


async def test_a_lookup_that_is_switched_off_is_not_asked(town, source):
    entry = with_lookup(town)
    assert entry.lookup
    with override_settings(SOURCES_OFF=frozenset({entry.lookup.dataset.source})):
        assert await ask(entry, source) == Partial((FISH,), (Missing("Stadsbestuur", "", "off"),), THEN)
    assert source.sources == [entry.dataset.source]
