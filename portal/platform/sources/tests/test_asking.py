"""Which inquiries are asked and shown, and what the journal says of them, also when the reader leaves half-way."""

import asyncio
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import msgspec
import psycopg
import pytest
import pytest_asyncio
from django.test import override_settings

from portal.platform.access import sessions
from portal.platform.access.types import Assurance, Identity, Session, SignInMeans
from portal.platform.journal.types import Occasion
from portal.platform.sources import asking, catalogue, fetch
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.datasets import inquiries, inquiry_of
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Missing, Partial, Ready
from portal.platform.sources.traces import processing
from tests.journal_entries import entries_of

from .in_process import FISH
from .town import LOOK

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

THEN = datetime(2026, 3, 3, tzinfo=UTC)
KEPT = Ready((Fact("fish", "Vis", "Snoek", "text", "Vangst/Vis"),), THEN)


@pytest.fixture
def entries() -> list[DatasetEntry]:
    """Two datasets of sources that are switched off: nobody is asked."""
    given = catalogue.load([Path(__file__).resolve().parents[4] / "agencies"]).entries[:2]
    return [
        msgspec.structs.replace(one, dataset=msgspec.structs.replace(one.dataset, source=f"nowhere-{at}"))
        for at, one in enumerate(given)
    ]


@pytest_asyncio.fixture
async def session(entries: list[DatasetEntry]) -> Session:
    """A citizen whose session kept the first of them."""
    me = Identity("84651421235", "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    opened, _ = await sessions.open_session(me, now=datetime.now(UTC))
    await asking.keep(opened, inquiry_of(entries[0]), KEPT)
    return opened


def own(session: Session) -> Consultation:
    return of_oneself(session, Occasion(session.citizen_id, datetime.now(UTC), str(uuid4())), LOOK)


def answers(session: Session, entries: list[DatasetEntry]) -> Any:
    return asking.answers(own(session), inquiries(entries))


async def results(session: Session) -> list[str | None]:
    (access,) = await entries_of(session.citizen_id, most=1)
    return [use.result for use in access.uses]


@pytest.fixture(autouse=True)
def nobody_is_asked() -> Any:
    with override_settings(SOURCES_OFF=frozenset(("nowhere-0", "nowhere-1"))):
        yield


async def test_kept_and_asked_are_journalled(entries, session):
    assert [outcome async for _, outcome in answers(session, entries)] == [KEPT, Down("off")]
    assert await results(session) == ["kept_ready", "down"]


async def test_who_leaves_half_way_is_journalled(entries, session):
    shown = answers(session, entries)
    await anext(shown)
    await shown.aclose()
    assert await results(session) == ["kept_ready", "left"]


async def test_the_log_has_one_line_of_a_consultation_whoever_leaves(entries, session, caplog):
    caplog.set_level("INFO", "portal.sources")
    assert len([outcome async for _, outcome in answers(session, entries)]) == 2
    shown = answers(session, entries)
    await anext(shown)
    await shown.aclose()
    said = [record.getMessage() for record in caplog.records if record.getMessage().startswith("ready ")]
    assert [re.sub(" in .*", "", line) for line in said] == [
        "ready 0 partial 0 nothing 0 late 0 down 1 kept 1 left 0",
        "ready 0 partial 0 nothing 0 late 0 down 0 kept 1 left 1",
    ]


async def test_without_the_journal_nothing_is_asked_or_shown(
    entries, session, past_walls: psycopg.Connection, caplog
):
    past_walls.execute("alter table journal_entry rename to journal_entry_away")
    try:
        found = [outcome async for _, outcome in answers(session, entries)]
    finally:
        past_walls.execute("alter table journal_entry_away rename to journal_entry")
    assert found == [Down("journal"), Down("journal")]
    assert "not journalled, so not asked: UndefinedTable" in caplog.text
    assert [outcome async for _, outcome in answers(session, entries)] == [KEPT, Down("off")]


async def test_what_they_may_not_see_is_not_journalled(entries, session):
    weak = msgspec.structs.replace(
        session, identity=msgspec.structs.replace(session.identity, assurance=Assurance.LOW)
    )
    before = len(await entries_of(session.citizen_id))
    assert [outcome async for _, outcome in answers(weak, entries)] == [Down("assurance")] * 2
    assert len(await entries_of(session.citizen_id)) == before


async def test_of_several_tries_the_last_counts(entries, session):
    inquiry = inquiry_of(entries[1])
    lacking = Partial(KEPT.value, (Missing("Stadsbestuur", "1", "busy"),), THEN)
    for outcome in (lacking, Down("connection")):
        await asking.keep(session, inquiry, outcome)
    found = await processing.find_kept(session, [inquiry])
    assert (found.records, list(found.troubles)) == ({}, [inquiry.name])
    await asking.keep(session, inquiry, lacking)
    found = await processing.find_kept(session, [inquiry])
    assert (list(found.records), found.troubles) == ([inquiry.name], {})


@pytest.mark.parametrize("ends_first", ["older", "newer"])
async def test_of_two_tabs_the_answer_of_the_newer_asking_is_kept_whichever_ends_first(
    session, town, source, monkeypatch, ends_first
):
    monkeypatch.setitem(fetch.TRANSPORTS, "magda", source)
    inquiry = inquiry_of(town("fish"))
    fresher = Ready((msgspec.structs.replace(FISH, value="Baars"),), THEN)
    tabs = {}
    for tab, outcome in (("older", Ready((FISH,), THEN)), ("newer", fresher)):
        source.reads[inquiry.name] = outcome
        tabs[tab] = asking.answers_together(own(session), [inquiry])
        assert await anext(tabs[tab]) == [(inquiry.key, outcome)]
        await asyncio.sleep(0.1)  # far more than it takes to send a statement
    for tab in (ends_first, *tabs):
        await tabs[tab].aclose()
    assert await asking.read_kept(own(session), [inquiry]) == [(inquiry.key, fresher)]


async def test_a_clock_that_was_ahead_keeps_no_answer_out(session, town, past_walls: psycopg.Connection):
    inquiry = inquiry_of(town("fish"))
    await asking.keep(session, inquiry, KEPT)
    past_walls.execute("update sources_answer set kept_at = now() + interval '1 hour'")
    fresher = Ready((FISH,), THEN)
    await asking.keep(session, inquiry, fresher)
    assert await asking.read_kept(own(session), [inquiry]) == [(inquiry.key, fresher)]


async def test_an_answer_that_we_did_not_read_wholly_is_kept_and_one_that_lacks_a_part_is_asked_again(
    entries, session
):
    unread = Missing("Stadsbestuur", "Vangst/Nieuw", "unread")
    for missing, outcome in (
        ((unread,), Partial(KEPT.value, (unread,), THEN)),
        ((unread, Missing("Stadsbestuur", "1", "busy")), Down("off")),
    ):
        await asking.keep(session, inquiry_of(entries[1]), Partial(KEPT.value, missing, THEN))
        found = {entry.name: outcome async for entry, outcome in answers(session, entries)}
        assert found[entries[1].name] == outcome
        entries[1] = msgspec.structs.replace(
            entries[1], dataset=msgspec.structs.replace(entries[1].dataset, id="anew")
        )
