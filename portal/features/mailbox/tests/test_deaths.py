"""The link of who died ends within a day: everybody linked is asked about, slowly, and only an answer says so."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from django.test import override_settings

from portal.features.mailbox import queries
from portal.features.mailbox.copies import consent, reading
from portal.features.mailbox.link import deaths
from portal.features.mailbox.tests import copying
from portal.features.mailbox.tests.linking import occasion
from portal.features.mailbox.tests.watching import TABLES, TriedBox, box, forget, link_box
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from tests.citizen import person, sign_in
from tests.inbox import _lets_go_of_the_cluster, inbox, past_walls, running_inbox, workers
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security
__all__ = ["_lets_go_of_the_cluster", "box", "inbox", "running_inbox", "workers"]

DEAD, LIVING = "38621716473", "84651421235"
NOW = datetime(2026, 6, 15, 2, tzinfo=UTC)
DIED = Fact("death_date", "Datum van overlijden", "2025-03-02", "date", "Persoon/Overlijden/Datum")
BORN = Fact("birth_date", "Geboortedatum", "1938-02-17", "date", "Persoon/Geboorte/Datum")


@pytest.mark.parametrize(
    ("outcome", "is_so"),
    [
        (Ready((BORN, DIED), NOW), True),
        (Partial((DIED,), (Missing("x", "y", "late"),), NOW), True),
        (Ready((BORN,), NOW), False),
        (Partial((BORN,), (Missing("x", "y", "late"),), NOW), False),
        (Nothing(NOW), False),
        (Late(), False),
        (Down("mismatch"), False),
    ],
)
def test_only_an_answer_that_says_so_tells_that_somebody_died(outcome, is_so):
    assert deaths.has_died(outcome, "death_date") is is_so


class Worker:
    """The worker at night."""

    def __init__(self, tried: TriedBox) -> None:
        self.town = tried.town
        self.tried = tried

    async def ends(self, now: datetime | None = None, **more: Any) -> int:
        async with self.tried.as_worker():
            with override_settings(KEYS_FILE=""):
                return await deaths.end_links(now or datetime.now(UTC), pause_s=0.0, **more)


@pytest_asyncio.fixture
async def worker(box: TriedBox) -> AsyncIterator[Worker]:
    with override_settings(MAGDA_URL=f"{box.town.tls}/api/Magda-02.00/soap/WebService"):
        yield Worker(box)


async def test_link_of_who_died_is_gone_with_its_news_and_mails_and_nobody_elses(worker):
    dead, lies = await link_box(DEAD), await link_box(LIVING)
    for whose in (DEAD, LIVING):
        worker.tried.send(whose=whose)
    assert await worker.tried.pulls() == 2
    assert await worker.ends() == 1
    assert await queries.is_linked(dead.session.citizen_id) is False
    assert await queries.is_linked(lies.session.citizen_id) is True
    (mail,) = await worker.tried.mails()
    assert mail["recipients"]
    owned = [table for table in TABLES if table != "mailbox_cursor"]
    left = {table: past_walls(f"select distinct citizen_id from {table}") for table in owned}
    assert {table for table, whose in left.items() if whose} >= {"mailbox_link", "mailbox_box", "mailbox_event"}
    assert [whose for whose in left.values() if whose not in ([], [(lies.session.citizen_id,)])] == []
    worker.tried.send(whose=DEAD)
    assert await worker.tried.pulls() == 0
    names = [entry.name for entry in await entries_of(dead.session.citizen_id)]
    assert (
        names.count("end mailbox link of who died") == names.count("ask whether who linked their mailbox died") == 1
    )
    assert "end mailbox link of who died" not in [one.name for one in await entries_of(lies.session.citizen_id)]


async def test_own_archive_of_who_died_stays(worker):
    dead = (await link_box(DEAD)).session.citizen_id
    await consent.give(occasion(dead))
    await copying.keep(occasion(dead), "smals|1", b"CANARY")
    assert await worker.ends() == 1
    assert await queries.is_linked(dead) is False
    assert (await reading.use_of(dead)).copies == 1
    assert await consent.look(dead) is not None


async def test_everybody_is_asked_about_once_a_night_and_again_soon_where_nobody_answered(worker):
    await link_box(LIVING)
    now, earlier = datetime.now(UTC), await questions()
    for at, expected in ((now, 1), (now + timedelta(hours=2), 1), (now + timedelta(hours=21), 2)):
        await worker.ends(at)
        assert await questions() == earlier + expected
    worker.town.ask("PUT", "/faults/rijksregister-persoon", {"mode": "503"})
    await worker.ends(now + timedelta(hours=42))
    worker.town.put_right()
    forget()
    before = await questions()
    await worker.ends(now + timedelta(hours=44))
    assert await questions() == before + 1
    assert past_walls("select count(*) from mailbox_link") == [(1,)]


async def questions() -> int:
    who = (await sign_in(person(LIVING))).session.citizen_id
    names = [entry.name for entry in await entries_of(who)]
    return names.count("ask whether who linked their mailbox died")


async def test_register_that_does_not_answer_is_left_alone_and_nothing_ends(worker, monkeypatch):
    monkeypatch.setattr(deaths, "MOST_FAILED", 1)
    for whose in (DEAD, LIVING):
        await link_box(whose)
    worker.town.ask("PUT", "/faults/rijksregister-persoon", {"mode": "503"})
    assert await worker.ends() == 0
    assert past_walls("select count(*) from mailbox_box where due_at > now()") == [(1,)]
    assert past_walls("select count(*) from mailbox_link") == [(2,)]


@pytest.mark.parametrize(
    ("outcome", "is_left"),
    [
        (Down("refused"), False),
        (Down("mismatch"), False),
        (Down("unreadable"), False),
        (Down("refused", is_elsewhere=True), True),
        (Down("fault"), True),
        (Down("failing"), True),
        (Late(), True),
    ],
)
async def test_who_fails_for_their_own_sake_waits_behind_others_and_ends_no_run(
    worker, monkeypatch, outcome, is_left
):
    for whose in (DEAD, LIVING):
        await link_box(whose)
    asked = []

    async def fails(_entry: object, national_number: str, _occasion: object) -> Down | Late:
        asked.append(national_number)
        return outcome

    monkeypatch.setattr(deaths, "MOST_FAILED", 1)
    monkeypatch.setattr(deaths, "_answer", fails)
    now = datetime.now(UTC)
    assert await worker.ends(now) == 0
    assert len(asked) == (1 if is_left else 2)
    (again,) = past_walls(f"select count(*) from mailbox_box where due_at > '{now + timedelta(hours=19)}'")
    assert again == (0 if is_left else 2,)


async def test_box_that_does_not_open_is_asked_about_nowhere(worker):
    dead = await link_box(DEAD)
    past_walls("update mailbox_box set sealed = 'x'")
    assert await worker.ends() == 0
    assert past_walls("select count(*) from mailbox_box where due_at > now()") == [(1,)]
    assert await queries.is_linked(dead.session.citizen_id)
