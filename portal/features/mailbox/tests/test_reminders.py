"""Reminders that people ask for: on a day that can be, sealed, told once by the worker, and gone with the link."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from portal.features.mailbox import actions, queries
from portal.features.mailbox.holding import NotLinked
from portal.features.mailbox.registry import locating, looking
from portal.features.mailbox.reminders import days, sending, storage
from portal.features.mailbox.reminders.storage import KeepResult
from portal.features.mailbox.tests.linking import links, occasion
from portal.features.mailbox.tests.messages import message
from portal.features.mailbox.tests.watching import TriedBox, box, link_box, threads
from portal.features.notifications import preference_actions
from portal.features.notifications.preference_rules import Pace, for_each
from portal.features.notifications.types import EBOX, EboxNews
from portal.features.profile.tests import reads
from portal.platform.database import pool
from portal.platform.keys import citizens
from portal.platform.language.dates import BRUSSELS, day_here
from portal.platform.sources.reading.outcomes import Down, Nothing, Outcome, Ready
from tests.citizen import person, sign_in
from tests.inbox import inbox, past_walls, running_inbox
from tests.journal_entries import entries_of

__all__ = ["box", "inbox", "running_inbox"]

pytestmark = pytest.mark.security

JAN = "93681527060"
TODAY = date(2026, 11, 30)
LIST = "/brievenbus/ebox/herinneringen/"
NOW = datetime.now(UTC)
# A day that can be, also where midnight passes while the tests run.
SOON = day_here(NOW) + timedelta(days=2)


@pytest.mark.parametrize(
    ("on", "expires", "is_possible"),
    [
        (date(2026, 11, 29), None, False),
        (TODAY, None, False),
        (date(2026, 12, 1), None, True),
        (date(2028, 2, 29), None, True),
        (date(2028, 11, 30), None, True),
        (date(2028, 12, 1), None, False),
        (date.max, None, False),
        (date(2026, 12, 5), datetime(2026, 12, 5, 6, 59, tzinfo=UTC), False),
        (date(2026, 12, 5), datetime(2026, 12, 5, 7, 1, tzinfo=UTC), True),
    ],
)
def test_day_can_be_from_tomorrow_on_within_two_years_and_while_the_document_is_there(on, expires, is_possible):
    assert days.is_possible(on, TODAY, expires) is is_possible


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_each_day_has_its_moment_at_eight_here_also_when_the_clock_is_changed(on):
    moment = days.moment_of(on).astimezone(UTC)
    assert (moment.astimezone(BRUSSELS).date(), moment.astimezone(BRUSSELS).hour) == (on, 8)
    assert moment.hour in (6, 7)


def test_days_are_offered_once_in_their_order_and_none_that_cannot_be():
    offered = days.propose(TODAY, datetime(2026, 12, 14, 12, tzinfo=UTC), date(2026, 12, 20))
    assert [one.on.day for one in offered] == [1, 7, 13]
    assert offered[1].words == "Over een week"  # which is a week before it disappears too
    assert days.propose(TODAY, datetime(2026, 12, 1, 5, tzinfo=UTC), None) == []
    assert [one.on.day for one in days.propose(TODAY, None, TODAY)] == [1, 7]


async def asks(who: Any, on: date = SOON, id_: str = "CANARY 1", **more: Any) -> KeepResult:
    made = message("federaal", id_, **{"expires_at": NOW + timedelta(days=900)} | more)
    return await storage.keep(occasion(who.session.citizen_id), made, on)


async def test_one_document_has_one_reminder_the_day_that_was_chosen_last(lies, home):
    citizen_id = lies.session.citizen_id
    with pytest.raises(NotLinked):
        await asks(lies)
    await links(citizen_id)
    later = SOON + timedelta(days=30)
    for on in (SOON, SOON, later):
        assert await asks(lies, on) is KeepResult.KEPT
    (one,) = await storage.look(occasion(citizen_id))
    assert one.document is not None
    assert (one.document.id, day_here(one.due_at), one.told_at) == ("CANARY 1", later, None)
    assert await storage.due_at(citizen_id, "federaal|CANARY 1") == days.moment_of(later)
    await storage.remove(occasion(citizen_id), one.mark)
    await storage.remove(occasion(citizen_id), one.mark)
    assert await storage.due_at(citizen_id, "federaal|CANARY 1") is None
    names = [entry.name for entry in await entries_of(citizen_id)]
    assert names[: names.index("link own mailbox")].count("take back a reminder of own document") == 1


async def test_so_many_at_once_and_no_more_also_in_two_tabs(lies, home, monkeypatch):
    monkeypatch.setattr(storage, "MOST", 3)
    await links(lies.session.citizen_id)
    came = await asyncio.gather(*(asks(lies, id_=str(number)) for number in range(6)))
    assert sorted(came) == [KeepResult.KEPT] * 3 + [KeepResult.TOO_MANY] * 3
    kept = came.index(KeepResult.KEPT)
    # Another day, for one that is there.
    assert await asks(lies, SOON + days.WEEK, id_=str(kept)) is KeepResult.KEPT


async def test_rows_say_nothing_and_are_their_citizen_s_alone(lies, home, as_worker, past_walls: psycopg.Connection):
    citizen_id = lies.session.citizen_id
    await links(citizen_id)
    await asks(lies)
    row = past_walls.execute("select row_to_json(r)::text, mark, sealed, errand from mailbox_reminder r").fetchone()
    assert row is not None
    assert [b"CANARY" in each for each in (row[0].encode(), *row[1:])] == [False] * 4
    async with pool.as_citizen(uuid4()) as conn:
        assert (await conn.execute("select mark from mailbox_reminder")).rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await conn.execute("select errand from mailbox_reminder")
    async with as_worker():
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            await storage.look(occasion(citizen_id))
    found = {record.kind: record.value for record in await queries.export(citizen_id)}
    assert found["ebox_reminder"] == "federaal|CANARY 1"
    past_walls.execute("update mailbox_reminder set sealed = 'x'")
    assert {record.kind: record.value for record in await queries.export(citizen_id)}["ebox_reminder"] is None
    assert "wij niet meer kunnen lezen" in (await lies.gets(LIST)).content.decode()
    await actions.withdraw(occasion(citizen_id))
    assert past_walls.execute("select count(*) from mailbox_reminder").fetchone() == (0,)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> list[Outcome[Any]]:
    """Let the provider of every document answer what the test puts into the list."""
    outcomes: list[Outcome[Any]] = [Ready(message("federaal", "CANARY 1", due_on=SOON + 2 * days.WEEK), NOW)]

    async def asked_for(*_: Any) -> Outcome[Any]:
        return outcomes[-1]

    async def away(*_: Any) -> Down:
        return Down("failing")

    monkeypatch.setattr(looking, "message", asked_for)
    monkeypatch.setattr(looking, "provider", away)
    return outcomes


def page_of(who: Any) -> str:
    return f"/brievenbus/ebox/bericht/{locating.token_of(who.session, 'federaal', 'CANARY 1')}/herinneren/"


async def test_reminder_is_chosen_changed_and_taken_away_on_its_pages(lies, home, provider):
    await links(lies.session.citizen_id)
    path = page_of(lies)
    said = (await lies.gets(path)).content.decode()
    assert (said.count('<button class="quiet" name="dag"'), "Nu vertellen wij" in said) == (4, False)
    for wrong, words in (
        ("", "Kies een dag."),
        ("31/02/2027", "Vul een dag in"),
        ("x" * 9_000, "Vul een dag in"),
        (str(day_here(datetime.now(UTC))), "Kies een dag na vandaag."),
        ("9999-12-31", "Kies een dag binnen de twee jaar."),
        (str(SOON + timedelta(days=400)), "Kies een vroegere dag."),
    ):
        sent = await lies.posts(path, dag=wrong)
        assert (sent.status_code, words in sent.content.decode()) == (422, True), wrong
    sent = await lies.posts(path, dag=SOON.strftime("%d/%m/%Y"))
    assert (sent.status_code, sent["Location"]) == (303, f"{path}?klaar=bewaard")
    assert "Bewaard. Op " in (await lies.gets(path, klaar="bewaard")).content.decode()
    listed = (await lies.gets(LIST)).content.decode()
    assert ('data-open="1"' in listed, "CANARY" in listed) == (True, False)
    place = listed.partition('name="herinnering" value="')[2].partition('"')[0]
    assert (await lies.posts(LIST, herinnering=place)).status_code == 303
    assert "De herinnering is weg." in (await lies.gets(LIST, klaar="weg")).content.decode()
    for strange in ("", "AAAA", place[::-1]):
        assert (await lies.posts(LIST, herinnering=strange)).status_code == 404


async def test_day_typed_before_the_session_ended_is_shown_again_to_whom_it_is_of_and_not_kept(lies, home, provider):
    jan = await sign_in(person(JAN))
    await links(lies.session.citizen_id)
    await links(jan.session.citizen_id, JAN)
    said = (await lies.gets(page_of(lies))).content.decode()
    fields = {"dag": str(SOON), "van": said.partition('name="van" value="')[2].partition('"')[0], "form_token": "old"}
    old = f"/brievenbus/ebox/bericht/{'A' * 60}/herinneren/"  # of the session that ended
    again = await lies.posts(old, **fields)
    assert (again.status_code, f'value="{SOON}"' in again.content.decode()) == (200, True)
    assert await storage.due_at(lies.session.citizen_id, "federaal|CANARY 1") is None
    path = again.content.decode().partition("data-keeps-typed")[0].rpartition('action="')[2].partition('"')[0]
    assert (await lies.posts(path, dag=str(SOON)))["Location"] == f"{path}?klaar=bewaard"
    # Somebody else signed in at the same browser.
    assert (await jan.posts(old, **fields)).status_code == 404


async def test_document_that_disappears_before_any_day_offers_none_and_says_what_to_do(lies, home, provider):
    await links(lies.session.citizen_id)
    provider.append(Ready(message("federaal", "CANARY 1", expires_at=datetime.now(UTC) + timedelta(minutes=5)), NOW))
    for came in (await lies.gets(page_of(lies)), await lies.posts(page_of(lies), dag=str(SOON))):
        said = came.content.decode()
        assert ('data-too-late="1"' in said, 'name="dag"' in said) == (True, False)
    provider.append(Ready(message("federaal", "CANARY 1", expires_at=days.moment_of(SOON + days.WEEK)), NOW))
    said = (await lies.gets(page_of(lies))).content.decode()
    last = SOON + timedelta(days=6)
    tomorrow = day_here(datetime.now(UTC)) + timedelta(days=1)
    assert f'min="{tomorrow}" max="{last}"' in said


async def test_another_citizen_s_address_leads_nowhere_and_trouble_is_said_as_it_is(lies, home, provider):
    await links(lies.session.citizen_id)
    assert (await lies.gets("/brievenbus/ebox/bericht/AAAA/herinneren/")).status_code == 404
    provider.append(Down("failing"))
    assert "Wij konden dit document nu niet opvragen" in (await lies.gets(page_of(lies))).content.decode()
    for written in (str(SOON), SOON.strftime("%d/%m/%Y")):
        sent = await lies.posts(page_of(lies), dag=written)
        said = sent.content.decode()
        assert (sent.status_code, "Er is niets bewaard" in said, f'value="{SOON}"' in said) == (503, True, True)
    assert (await lies.posts(page_of(lies), dag="x" * 9_000)).status_code == 503
    provider.append(Nothing(NOW))
    sent = await lies.posts(page_of(lies), dag=str(SOON))
    said = sent.content.decode()
    assert (sent.status_code, "staat niet meer in uw eBox. Er is niets bewaard." in said) == (404, True)
    assert (await lies.gets(page_of(lies))).status_code == 200
    assert await storage.due_at(lies.session.citizen_id, "federaal|CANARY 1") is None
    await actions.withdraw(occasion(lies.session.citizen_id))
    assert (await lies.posts(page_of(lies), dag=str(SOON)))["Location"] == "/brievenbus/ebox/koppelen/"


async def tells(box: TriedBox, now: datetime) -> int:
    async with box.as_worker():
        with override_settings(KEYS_FILE=""):
            return await actions.send_reminders(now)


DUE = days.moment_of(SOON)


async def test_reminder_is_told_on_its_day_once_by_a_notice_and_a_mail_that_name_no_subject(box):
    lies = await link_box()
    await asks(lies)
    assert await tells(box, DUE - timedelta(seconds=1)) == 0
    async with box.as_worker():
        with override_settings(KEYS_FILE=""):
            assert sum(await asyncio.gather(*(sending.send_due(DUE) for _ in range(3)))) == 1
    assert await tells(box, DUE) == 0
    (thread,) = await threads(lies)
    assert thread.newest.notice.document.news is EboxNews.ASKED
    assert thread.newest.notice.document.id == "CANARY 1"
    (mail,) = await box.mails(DUE)
    assert "U vroeg om u opnieuw over een document in uw eBox te vertellen." in mail["text"]
    assert ("CANARY" in str(mail), "Brief" in str(mail)) == (False, False)
    assert past_walls("select told_at is null, errand is null from mailbox_reminder") == [(False, True)]
    assert "verteld op" in (await lies.gets(LIST)).content.decode()
    async with box.as_worker():
        assert [await storage.expire(DUE + storage.STAYS + timedelta(days=more)) for more in (-1, 1)] == [0, 1]


async def test_it_stands_with_the_news_of_its_document_and_is_told_though_that_was_read(box):
    lies = await link_box()
    box.event("newDocument", "CANARY 1")
    await box.pulls()
    await asks(lies)
    box.event("readDocument", "CANARY 1")
    await box.pulls()
    assert await box.mails() == []
    assert await tells(box, DUE) == 1
    (thread,) = await threads(lies)
    assert (thread.newest.notice.document.news, thread.is_unread) == (EboxNews.ASKED, True)
    assert len(await box.mails(DUE)) == 1


async def test_mail_that_was_asked_for_goes_though_the_document_is_about_to_expire(box):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    email = await reads.verified_emails_of(citizen_id)
    chosen = for_each({EBOX: email[0].id}, Pace.AT_ONCE, may_mail_expiry=False)
    await preference_actions.choose(occasion(citizen_id), chosen)
    await asks(lies)
    await tells(box, DUE)
    box.event("documentExpirationAlert", "CANARY 1")
    await box.pulls(DUE)
    (thread,) = await threads(lies)
    assert thread.newest.notice.document.news is EboxNews.EXPIRING
    (mail,) = await box.mails(DUE)
    assert "U vroeg om u opnieuw over een document in uw eBox te vertellen." in mail["text"]


async def test_who_wants_one_mail_a_day_gets_it_there(box):
    lies = await link_box(pace=Pace.DAILY)
    await asks(lies)
    await tells(box, DUE)
    assert await box.mails(DUE) == []
    assert past_walls("select state from notifications_delivery") == [("digest",)]


async def test_no_link_no_keys_another_s_row_or_a_document_that_is_gone_tell_nobody_anything(box):
    lies = await link_box()
    for number, change in enumerate(
        (
            "delete from mailbox_box",
            "update mailbox_reminder set errand = 'x'",
            "update mailbox_reminder set mark = 'x'",
        )
    ):
        await actions.withdraw(occasion(lies.session.citizen_id))
        await links(lies.session.citizen_id)
        await asks(lies, id_=str(number))
        past_walls(change)
        assert await tells(box, DUE) == 0
        assert past_walls("select count(*) from mailbox_reminder") == [(0,)]
    await asks(lies, expires_at=DUE - timedelta(hours=1))
    assert await tells(box, DUE) == 0
    await asks(lies)
    await actions.withdraw(occasion(lies.session.citizen_id))
    await links(lies.session.citizen_id)
    await asks(lies)
    await citizens.erase(lies.session.citizen_id)
    assert await tells(box, DUE) == 0
    assert past_walls("select count(*) from notifications_notice") == [(0,)]


async def test_worker_that_dies_between_any_two_steps_loses_and_doubles_nothing(box, monkeypatch):
    lies = await link_box()
    for number in range(3):
        await asks(lies, id_=str(number))

    async def dies(*_: object) -> None:
        raise psycopg.OperationalError("the worker dies")

    for step in (sending.notifications, sending.journalling):
        name = "put_documents" if step is sending.notifications else "note_for"
        with monkeypatch.context() as broken:
            broken.setattr(step, name, dies)
            with pytest.raises(pool.DatabaseBusy):
                await tells(box, DUE)
        assert past_walls("select count(*) from mailbox_reminder where told_at is null") == [(3,)]
    with monkeypatch.context() as broken:
        broken.setattr(sending, "TOLD", sending.TOLD + " and 1 / 0 = 1")
        with pytest.raises(psycopg.Error):
            await tells(box, DUE)
    assert past_walls("select count(*) from notifications_notice") == [(0,)]
    assert await tells(box, DUE) == 3
    assert past_walls("select count(*), count(distinct notice_id) from notifications_delivery") == [(3, 3)]
