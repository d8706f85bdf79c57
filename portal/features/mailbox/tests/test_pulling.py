"""Events of the town's event service become notices and mails of who linked their eBox: each once, and no other's."""

import asyncio
import re
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from django.test import override_settings

from portal.features.mailbox import actions, queries
from portal.features.mailbox.events import boxes, marks, pulling
from portal.features.mailbox.tests.linking import LIES, links, occasion
from portal.features.mailbox.tests.watching import ADDRESS, OTHER, TABLES, box, link_box, threads
from portal.features.notifications.preference_rules import Pace
from portal.features.notifications.tests.mailing import send_digests, states
from portal.features.notifications.types import EBOX, EboxNews
from portal.platform.database import pool
from portal.platform.keys import citizens
from portal.platform.keys.key_file import KeyFile
from portal.platform.sources.gates import gatekeeper
from tests.citizen import person, sign_in
from tests.inbox import _lets_go_of_the_cluster, inbox, past_walls, running_inbox, workers
from tests.journal_entries import entries_of

pytestmark = pytest.mark.security
__all__ = ["_lets_go_of_the_cluster", "box", "inbox", "running_inbox", "workers"]

LIST = "/brievenbus/meldingen/"


async def test_document_is_one_notice_and_one_mail_that_names_the_sender_and_never_the_subject(box):
    lies = await link_box()
    before = await entries_of(lies.session.citizen_id)
    box.send()
    assert [await box.pulls(), await box.pulls()] == [1, 0]
    (one,) = await threads(lies)
    document = one.newest.notice.document
    assert (one.is_unread, one.newest.body, document.news, document.provider) == (
        True,
        EBOX,
        EboxNews.NEW,
        "federaal",
    )
    name = document.sender["nl"]
    (mail,) = await box.mails()
    (mail,) = await box.mails()
    assert (mail["recipients"], f"Van: {name}" in mail["text"]) == ([ADDRESS], True)
    listed = (await lies.gets(LIST)).content.decode()
    page = (await lies.gets(re.findall(rf"{LIST}[0-9a-f-]{{36}}/", listed)[0])).content.decode()
    sentence = "Er staat een nieuw document in uw eBox."
    assert [sentence in text and name in text for text in (listed, page, mail["text"])] == [True] * 3
    (href,) = re.findall(r"/brievenbus/ebox/bericht/[^/\"]+/", page)
    assert (await lies.gets(href)).status_code == 200
    said = listed + page + mail["text"] + str(mail["headers"])
    assert [word for word in ("Geheim", LIES, document.id) if word in said] == []
    assert states() == [("sent", None)]
    entries = await entries_of(lies.session.citizen_id)
    names = [entry.name for entry in takewhile(lambda entry: entry != before[0], entries)]
    assert names.count("take in events of own mailbox") == 1


async def test_events_of_boxes_that_are_not_linked_are_dropped_and_nothing_of_them_stays(box):
    lies = await link_box()
    box.send(whose=OTHER)
    assert await box.pulls() == 0
    box.send()
    assert await box.pulls() == 1
    assert past_walls("select count(*) from mailbox_event") == [(1,)]
    everything = str([past_walls(f"select * from {table}") for table in TABLES])
    assert (LIES in everything, OTHER in everything) == (False, False)
    assert len(await threads(lies)) == 1


async def test_what_was_read_elsewhere_is_not_mailed_and_no_longer_unread(box):
    lies = await link_box(pace=Pace.DAILY)
    first, second = box.send("een"), box.send("twee")
    await box.pulls()
    assert await box.mails() == []
    assert [state for state, _ in states()] == ["digest", "digest"]
    (received,) = {
        one["eventData"]["receiptDate"]
        for one in box.town.ask("GET", "/ebox/events")["events"]
        if one["eventData"]["messageId"] == first
    }
    box.event("readDocument", first, receiptDate=received)
    assert await box.pulls() == 1
    assert sorted(one.is_unread for one in await threads(lies)) == [False, True]
    now = datetime.now(UTC) + timedelta(days=1)
    async with box.as_worker():
        await send_digests(now)
    (mail,) = box.town.mails()
    assert "Overheidsdocumenten (eBox)" in mail["text"]
    assert ": 1" in mail["text"]
    assert sorted(states()) == [("not_needed", "read"), ("sent", None)]
    assert second not in mail["text"]
    # What comes late about it tells of nothing: until its sender puts it there anew.
    box.event("newDocumentReminder", first, receiptDate=received)
    await box.pulls()
    assert sum(one.is_unread for one in await threads(lies)) == 1
    box.event("newDocument", first, receiptDate="2026-12-01T08:00:00Z")
    await box.pulls()
    assert sum(one.is_unread for one in await threads(lies)) == 2


async def test_read_and_new_in_one_page_are_told_and_settled_in_their_order(box):
    lies = await link_box()
    box.event("newDocument", "A")
    box.event("readDocument", "A")
    box.event("readDocument", "B")
    box.event("newDocument", "B")
    assert await box.pulls() == 4
    (one,) = await threads(lies)
    assert one.is_unread is False
    assert await box.mails() == []
    assert states() == [("not_needed", "read")]


async def test_reminder_and_alert_stand_with_the_document_and_are_each_told(box):
    lies = await link_box()
    for kind in ("newDocument", "newDocumentReminder", "documentExpirationAlert"):
        box.event(kind, "A", eventTime="2020-01-01T00:00:00Z", expirationDate="2099-01-01T00:00:00Z")
        await box.pulls()
        await box.mails()
    (one,) = await threads(lies)
    assert one.newest.notice.document.news is EboxNews.EXPIRING
    assert [state for state, _ in states()] == ["sent"] * 3
    assert any("niet gelezen en verdwijnt binnenkort" in " ".join(one["text"].split()) for one in box.town.mails())


async def test_service_that_repeats_forgets_or_numbers_anew_doubles_and_loses_nothing(box):
    lies = await link_box()
    box.event("newDocument", "A")
    box.event("newDocument", "A")
    assert await box.pulls() == 1
    box.town.ask("DELETE", "/ebox/events")
    box.event("newDocument", "A")
    box.event("newDocument", "B")
    assert await box.pulls() == 1
    # It begins again and comes to the same number with another event.
    box.town.ask("DELETE", "/ebox/events")
    for name in "CDE":
        box.event("newDocument", name)
    assert await box.pulls() == 3
    box.town.ask("PUT", "/faults/ebox-events", {"mode": "endless"})
    box.event("newDocument", "F")
    assert await box.pulls() == 1
    assert await box.pulls() == 0
    box.town.put_right()
    box.town.ask("DELETE", "/ebox/events?begin=1000000")
    box.event("newDocument", "G")
    assert [await box.pulls(), await box.pulls()] == [1, 0]
    assert len(await threads(lies)) == 7
    assert len(await box.mails()) == 7


async def test_odd_events_are_passed_over_and_do_not_stop_the_others(box):
    lies = await link_box()
    for odd in (
        {},
        {"eventData": None},
        {"eventData": []},
        {"eventData": {"eventType": "newDocument", "boxId": "84.65.14-212.35", "messageId": "A"}},
        {"eventData": {"eventType": "newDocument", "boxId": LIES}},
        {"eventData": {"eventType": "newDocument", "boxId": LIES, "messageId": "x" * 5000}},
        {"eventData": {"eventType": {"a": 1}, "boxId": LIES, "messageId": "A"}},
        {"eventData": {"eventType": "somethingElse", "boxId": LIES, "messageId": "A"}},
        {"eventProviderId": 7, "eventData": {"eventType": "newDocument", "boxId": LIES, "messageId": "A"}},
    ):
        box.town.ask("POST", "/ebox/events", odd)
    box.event("newDocument", "good", expirationDate="nooit", receiptDate=None, senderOrganizationId="\u202e0")
    assert await box.pulls() == 2
    assert {one.newest.notice.document.id for one in await threads(lies)} == {"A", "good"}


@pytest.mark.parametrize("mode", ["503", "broken", "reset", "html", "huge", "hang"])
async def test_service_in_trouble_is_asked_again_and_nothing_is_lost(box, mode, monkeypatch):
    monkeypatch.setattr(pulling, "SECONDS", 0.5)
    lies = await link_box()
    box.event("newDocument", "A")
    box.town.ask("PUT", "/faults/ebox-events", {"mode": mode})
    assert await box.pulls() == 0
    box.town.put_right()
    gatekeeper._gates.clear()
    assert await box.pulls() == 1
    assert len(await threads(lies)) == 1


async def test_withdrawal_takes_the_box_the_news_and_the_mails_and_linking_again_begins_anew(box):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    box.event("newDocument", "A")
    await box.pulls()
    await actions.withdraw(occasion(citizen_id))
    assert await box.mails() == []
    assert [past_walls(f"select count(*) from {table}") for table in TABLES if table != "mailbox_cursor"] == [
        [(0,)]
    ] * (len(TABLES) - 1)
    assert past_walls("select ends_at is null from mailbox_untold") == [(False,)]  # that it is to be told
    box.event("newDocument", "B")
    assert await box.pulls() == 0
    await links(citizen_id)
    box.event("newDocument", "C")
    await box.pulls()
    assert [one.newest.notice.document.id for one in await threads(lies)] == ["C"]


async def test_row_that_was_moved_or_whose_keys_are_gone_brings_nobody_anything(box):
    lies, other = await link_box(), (await sign_in(person(OTHER))).session.citizen_id
    await citizens.ensure(other)
    box.event("newDocument", "A")
    await box.pulls()
    past_walls("update mailbox_box set citizen_id = %s", other)
    box.event("newDocument", "B")
    await box.pulls()
    assert past_walls("select count(*) from notifications_notice") == [(1,)]
    past_walls("update mailbox_box set citizen_id = %s", lies.session.citizen_id)
    await citizens.erase(lies.session.citizen_id)
    box.event("newDocument", "C")
    await box.pulls()
    assert past_walls("select count(*) from notifications_notice") == [(1,)]


async def test_two_workers_and_a_crash_before_the_end_take_each_event_once(box, monkeypatch):
    await link_box()
    box.event("newDocument", "A")

    async def dies(*_: object) -> None:
        raise psycopg.OperationalError("the worker dies")

    with monkeypatch.context() as broken:
        broken.setattr(pulling.notifications, "put_documents", dies)
        with pytest.raises(pool.DatabaseBusy):
            await box.pulls()
    assert past_walls("select count(*) from mailbox_event") == [(0,)]
    async with box.as_worker():
        with override_settings(KEYS_FILE=""):
            now = datetime.now(UTC)
            done = await asyncio.gather(*(pulling.pull(now) for _ in range(3)))
    assert sum(done) == 1
    assert past_walls("select count(*) from notifications_delivery") == [(1,)]


async def test_export_shows_the_box_and_what_came_and_all_is_forgotten(box):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    box.event("newDocument", "A")
    await box.pulls()
    kinds = [record.kind for record in await queries.export(citizen_id)]
    assert kinds == ["ebox_link", "ebox_box", "ebox_event", "ebox_untold"]
    async with pool.as_citizen(citizen_id) as conn:
        await actions.forget(conn, citizen_id)
    assert not await queries.export(citizen_id)
    assert past_walls("select count(*) from notifications_delivery") == [(0,)]


async def test_term_of_what_was_taken(box, as_worker):
    await link_box()
    box.event("newDocument", "A")
    now = datetime.now(UTC)
    await box.pulls(now)
    async with as_worker():
        assert await actions.expire(now + pulling.KEPT_FOR) == 0
        assert await actions.expire(now + pulling.KEPT_FOR + timedelta(seconds=1)) == 1


async def test_walls_hold_on_both_sides(box, as_worker):
    lies = await link_box()
    box.event("newDocument", "A")
    await box.pulls()
    denied = psycopg.errors.InsufficientPrivilege
    async with pool.as_citizen(UUID(int=7)) as conn:
        assert (await conn.execute("delete from mailbox_box")).rowcount == 0
        assert (await conn.execute("delete from mailbox_event")).rowcount == 0
    for statement in (
        "select sealed from mailbox_box",
        "select mark from mailbox_event",
        "update mailbox_box set mark = null",
        "select * from mailbox_cursor",
    ):
        with pytest.raises(denied):
            async with pool.as_citizen(lies.session.citizen_id) as conn:
                await conn.execute(statement.encode())
    async with as_worker():
        for statement in (
            "select sealed from mailbox_link",
            "update mailbox_link set since = now()",
            "update mailbox_box set sealed = ''",
            "update mailbox_event set at = now()",
            "delete from mailbox_cursor",
        ):
            with pytest.raises(denied):
                async with pool.transaction() as conn:
                    await conn.execute(statement.encode())


def test_only_the_worker_can_mark_a_box():
    portal, worker = (KeyFile.read(Path(file)) for file in (settings.KEYS_FILE, settings.KEYS_FILE_WORKER))
    assert ("ebox" in portal.names, "ebox" in worker.names) == (False, True)
    assert (boxes.PURPOSE, marks.EBOX) == (b"ebox events", "ebox")
