"""Pulling events while others get in between, services misbehave, and workers die: nothing is lost or doubled."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.conf import settings
from psycopg.conninfo import make_conninfo

from portal.features.mailbox import actions, journalling
from portal.features.mailbox.events import boxes, marks, pulling, reading
from portal.features.mailbox.tests.linking import LIES, links, occasion
from portal.features.mailbox.tests.watching import box, link_box, threads
from portal.features.notifications import actions as notifications
from portal.features.notifications import documents
from portal.features.notifications.tests.mailing import states
from portal.platform.database import pool
from portal.platform.keys import errands
from portal.platform.sources.reading.outcomes import Down
from tests.inbox import _lets_go_of_the_cluster, inbox, past_walls, running_inbox, workers

pytestmark = pytest.mark.security
__all__ = ["_lets_go_of_the_cluster", "box", "inbox", "running_inbox", "workers"]


class Dies(Exception):
    """The worker is killed here."""


def event_line(number: int, message: str, **more: Any) -> dict[str, Any]:
    data = {"eventType": "newDocument", "boxId": LIES, "messageId": message, "receiptDate": "2026-11-01T08:00:00Z"}
    return {
        "eventSequenceNbr": number,
        "eventTime": "2026-11-01T08:00:00Z",
        "eventProviderId": "federaal",
        "eventData": data | more,
    }


def page(*lines: dict[str, Any]) -> reading.EventPage:
    found = reading.read(json.dumps({reading.LIST: lines, "pageInfo": {"hasNext": False}}).encode())
    assert not isinstance(found, str)
    return found


async def test_worker_that_is_killed_at_any_step_loses_and_doubles_nothing(box, monkeypatch):
    lies = await link_box()
    box.event("newDocument", "A")
    box.event("newDocument", "B")
    box.event("readDocument", "B")
    steps = [
        (pulling.boxes, "mark_new"),
        (marks, "of_box"),
        (marks, "of_document"),
        (marks, "of_event"),
        (marks, "of_proof"),
        (errands, "keys_of"),
        (journalling, "note_for"),
        (documents.errands, "seal_document"),
        (pulling.notifications, "put_documents"),
    ]
    for room, name in steps:
        for is_after in (False, True):
            whole = getattr(room, name)

            async def dies(*given: Any, whole: Any = whole, is_after: bool = is_after) -> Any:
                if is_after:
                    await whole(*given)
                raise Dies

            with monkeypatch.context() as broken:
                broken.setattr(room, name, dies)
                with pytest.raises(Dies):
                    await box.pulls()
            kept = [
                past_walls(f"select count(*) from {table}") for table in ("mailbox_event", "notifications_notice")
            ]
            assert (name, is_after, kept) == (name, is_after, [[(0,)], [(0,)]])
    assert [await box.pulls(), await box.pulls()] == [3, 0]
    assert sorted(one.is_unread for one in await threads(lies)) == [False, True]
    assert past_walls("select count(*) from notifications_delivery") == [(2,)]
    assert len(await box.mails()) == 1


async def test_statement_that_fails_anywhere_in_the_transaction_undoes_all_of_it(box, monkeypatch):
    lies = await link_box()
    box.event("newDocument", "A")
    whole, tried = psycopg.AsyncConnection.execute, 0
    for allowed in range(60):
        left = allowed

        async def counts(self: Any, *given: Any, **named: Any) -> Any:
            nonlocal left
            if not left:
                raise psycopg.OperationalError("cut")
            left -= 1
            return await whole(self, *given, **named)

        with monkeypatch.context() as broken:
            broken.setattr(psycopg.AsyncConnection, "execute", counts)
            try:
                await box.pulls()
            except (pool.DatabaseBusy, psycopg.OperationalError):
                tried += 1
        if past_walls("select count(*) from notifications_notice") != [(0,)]:
            break
        assert past_walls("select count(*) from mailbox_event") == [(0,)]
    assert tried > 3
    await box.pulls()
    await box.pulls()
    assert len(await threads(lies)) == 1
    assert past_walls("select count(*) from notifications_delivery") == [(1,)]


async def test_who_links_again_while_a_page_is_taken_in_misses_nothing_of_it(box, monkeypatch):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    box.event("newDocument", "A")
    names = pulling._names

    async def anew(*given: Any) -> Any:
        # In two tabs: once as a change of the address, once by withdrawing and linking.
        past_walls("update mailbox_box set mark = null where citizen_id = %s", citizen_id)
        return await names(*given)

    monkeypatch.setattr(pulling, "_names", anew)
    assert await box.pulls() == 1
    assert len(await threads(lies)) == 1


async def test_box_of_who_links_once_more_stays_as_it_is(box):
    lies = await link_box()
    box.event("newDocument", "A")
    await box.pulls()
    before = past_walls("select mark, sealed from mailbox_box")
    await links(lies.session.citizen_id)
    assert past_walls("select mark, sealed from mailbox_box") == before
    assert bytes(before[0][0])


async def test_boxes_that_do_not_open_keep_no_other_from_being_watched(box, monkeypatch):
    monkeypatch.setattr(boxes, "PART", 2)
    for number in range(5):
        past_walls("insert into mailbox_box (citizen_id, sealed) values (%s, 'x')", UUID(int=number + 1))
    lies = await link_box()
    box.event("newDocument", "A")
    assert await box.pulls() == 1
    assert len(await threads(lies)) == 1


async def test_what_happened_before_the_link_is_not_told_when_a_service_is_read_anew(box):
    lies = await link_box()
    long_ago = {"eventTime": "2025-06-01T08:00:00Z"}
    data = {"boxId": LIES, "receiptDate": "2025-06-01T08:00:00Z"}
    for kind, message in (("newDocument", "old"), ("newDocumentReminder", "old"), ("newDocument", "older")):
        made = {"eventProviderId": "federaal", "eventData": data | {"eventType": kind, "messageId": message}}
        box.town.ask("POST", "/ebox/events", long_ago | made)
    now = datetime.now(UTC).isoformat()
    made = {"eventTime": now, "eventProviderId": "federaal"}
    box.town.ask(
        "POST", "/ebox/events", made | {"eventData": data | {"eventType": "newDocument", "messageId": "new"}}
    )
    assert await box.pulls() == 4
    (one,) = await threads(lies)
    assert one.newest.notice.document.id == "new"
    assert len(await box.mails()) == 1


async def test_new_document_that_does_not_say_when_it_happened_is_as_old_as_its_receipt(box, service):
    lies = await link_box()
    received = {"old": "2025-06-01T08:00:00Z", "new": datetime.now(UTC).isoformat(), "unknown": "0001-01-01"}
    reminder = event_line(4, "seen", eventType="newDocumentReminder", receiptDate=received["old"])
    lines = [event_line(number, each, receiptDate=at) for number, (each, at) in enumerate(received.items(), 1)]
    for line in (*lines, reminder):
        service.raw[line["eventSequenceNbr"]] = json.dumps(line | {"eventTime": None})
    assert await box.pulls() == 4
    # Of a reminder, the receipt of its document says nothing.
    assert {one.newest.notice.document.id for one in await threads(lies)} == {"new", "unknown", "seen"}


async def test_what_happened_longer_ago_than_marks_are_kept_is_not_told_when_a_service_is_read_anew(box, service):
    lies = await link_box()
    citizen_id, now = lies.session.citizen_id, datetime.now(UTC)
    async with pool.as_citizen(citizen_id) as conn:
        await boxes.put(conn, citizen_id, LIES, now - timedelta(days=1500))
    # As long ago as a mark is kept, by a service whose clock is ahead.
    for number, days in enumerate((1400, 731, 729.5, 700), 1):
        service.put(number, f"{days}", now - timedelta(days=days))
    assert await box.pulls() == 4
    assert [one.newest.notice.document.id for one in await threads(lies)] == ["700"]


async def test_one_moment_in_other_spellings_is_one_letter(box):
    lies = await link_box()
    for moment in ("2026-11-01T08:00:00Z", "2026-11-01T09:00:00+01:00", "2026-11-01T08:00:00.123Z"):
        box.event("newDocument", "A", receiptDate=moment)
        await box.pulls()
    box.event("readDocument", "A", receiptDate="2026-11-01T09:00:00.123+01:00")
    box.event("newDocumentReminder", "A", receiptDate="2026-11-01T08:00:00Z")
    await box.pulls()
    (one,) = await threads(lies)
    assert one.is_unread is False
    assert len(states()) == 1


def test_page_that_is_too_long_and_in_no_order_is_cut_behind_the_lowest_numbers():
    lines = [event_line(number, f"M{number}") for number in range(10_000, 0, -1)]
    found = page(*lines)
    assert ([line.number for line in found.lines], found.has_next) == (list(range(1, reading.MOST + 1)), True)


def test_event_is_known_again_though_more_is_written_into_it():
    (before,), (after,) = (
        page(event_line(7, "A", **more)).lines for more in ({}, {"eventCorrelationId": "x", "v": 2})
    )
    (other,) = page(event_line(7, "B")).lines
    assert before.written == after.written != other.written


class Numbered:
    """An event service that shows what it is given, in pages of so many."""

    def __init__(self, most: int = 1000) -> None:
        self.raw: dict[int, str] = {}
        self.most = most
        self.largest = 4_000_000
        self.asked = 0

    def put(self, number: int, message: str, happened_at: datetime | None = None) -> None:
        moment = (happened_at or datetime.now(UTC)).isoformat()
        self.raw[number] = json.dumps(event_line(number, message) | {"eventTime": moment})

    async def page_of(self, _agency: Any, _listed: Any, query: dict[str, int], *, seconds: float) -> bytes | Down:
        self.asked += 1
        after = sorted(number for number in self.raw if number > query["lastSequenceNbr"])
        most = min(self.most, query["pageSize"])
        shown = ", ".join(self.raw[number] for number in after[:most])
        has_next = "true" if len(after) > most else "false"
        if len(shown) > self.largest:
            return Down("unreadable", "answer too large")
        return f'{{"{reading.LIST}": [{shown}], "pageInfo": {{"hasNext": {has_next}}}}}'.encode()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Numbered:
    made = Numbered()
    monkeypatch.setattr(pulling.listing, "page_of", made.page_of)
    return made


async def test_event_that_shows_after_one_with_a_higher_number_is_told_all_the_same(box, service):
    lies = await link_box()
    service.put(1, "A")
    service.put(7, "C")
    assert [await box.pulls(), await box.pulls()] == [2, 0]
    service.put(5, "B")
    assert [await box.pulls(), await box.pulls()] == [1, 0]
    service.put(6, "D")
    service.put(8, "E")
    assert [await box.pulls(), await box.pulls()] == [2, 0]
    assert len(await threads(lies)) == 5
    assert past_walls("select number from mailbox_cursor") == [(8,)]


async def test_who_links_or_links_again_is_not_told_what_was_told_before(box, service):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    for number in range(1, 4):
        service.put(number, f"M{number}")
    assert await box.pulls() == 3
    await actions.withdraw(occasion(citizen_id))
    await links(citizen_id)
    await box.pulls()
    assert await threads(lies) == []
    service.put(4, "new")
    await box.pulls()
    assert [one.newest.notice.document.id for one in await threads(lies)] == ["new"]


async def test_service_of_short_pages_is_read_to_its_end_and_asked_once_more_at_most(box, service):
    lies = await link_box()
    service.most = 3
    for number in range(1, 11):
        service.put(number, f"M{number}")
    assert await box.pulls() == 10
    service.asked = 0
    service.put(11, "M11")
    assert await box.pulls() == 1
    assert service.asked == 2
    assert len(await threads(lies)) == 11


def _of_the_portal() -> Any:
    """Connect as the portal, beside the worker's pools."""
    given = settings.DATABASES[pool.MAIN]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return psycopg.AsyncConnection.connect(
        make_conninfo(**{name: given[key] for name, key in names.items() if given[key]})
    )


async def test_list_that_is_looked_at_and_news_that_comes_in_wait_in_one_order(box):
    lies = await link_box()
    for message in "AB":
        box.event("newDocument", message)
    await box.pulls()
    stand = "select thread from notifications_thread order by thread"
    low, high = (thread for (thread,) in past_walls(stand))
    found = {one.id: one.newest.notice.document.id for one in await threads(lies)}
    # The higher first: who took them as they come would hold what the list wants next.
    for thread in (high, low):
        box.event("newDocumentReminder", found[thread])
    lock = "select from notifications_thread where thread = %s for update"
    async with await _of_the_portal() as portal, portal.transaction():
        await portal.execute("select set_config('app.citizen', %s, true)", (str(lies.session.citizen_id),))
        await portal.execute(lock, (low,))
        pull = asyncio.create_task(box.pulls())
        await asyncio.sleep(0.5)
        await portal.execute(lock, (high,))
    assert await pull == 2


@pytest.mark.parametrize(
    "spoiled",
    [
        '"subject": {"nl": "\\ud800"}',
        '"subject": {"nl": "\\udc00\\ud800 half"}',
        f'"subject": {"[" * 2000}{"]" * 2000}',
        '"amount": 1e999',
        f'"amount": {"9" * 5000}',
        '"messageId": "\\ud800", "messageId": "B"',
        '"messageId": "\\ud800"',
        '"messageId": 1e999',
        '"eventType": "newDocument", "boxId": {"a": 1}',
    ],
)
async def test_one_event_that_cannot_be_read_stops_no_other(box, service, spoiled):
    lies = await link_box()
    service.put(1, "A")
    service.put(3, "C")
    data = f'{{"boxId": "{LIES}", "messageId": "B", "eventType": "newDocument", {spoiled}}}'
    service.raw[2] = f'{{"eventSequenceNbr": 2, "eventProviderId": "federaal", "eventData": {data}}}'
    await box.pulls()
    service.put(4, "D")
    await box.pulls()
    assert {"A", "C", "D"} <= {one.newest.notice.document.id for one in await threads(lies)}
    assert past_walls("select number from mailbox_cursor") == [(4,)]


async def test_events_that_are_too_large_together_are_taken_in_one_by_one(box, service):
    lies = await link_box()
    service.largest = 20_000
    for number in range(1, 6):
        service.put(number, f"M{number}")
        service.raw[number] = service.raw[number].replace(
            '"eventData": {', f'"eventData": {{"subject": "{"x" * 9000}", '
        )
    assert [await box.pulls() for _ in range(2)] == [5, 0]
    assert len(await threads(lies)) == 5


async def test_who_is_forgotten_while_a_page_is_taken_in_is_forgotten_whole(box):
    lies = await link_box()
    citizen_id = lies.session.citizen_id
    box.event("newDocument", "A")
    await box.pulls()
    box.event("newDocumentReminder", "A")
    async with await _of_the_portal() as portal, portal.transaction():
        await portal.execute("select set_config('app.citizen', %s, true)", (str(citizen_id),))
        # Notices first, as features stand: the worker, who has the box, now waits for the thread.
        await notifications.forget(portal, citizen_id)
        pull = asyncio.create_task(box.pulls())
        await asyncio.sleep(0.5)
        await actions.forget(portal, citizen_id)
    # Whoever began to wait first gives way, which is the worker: it comes again.
    await asyncio.gather(pull, return_exceptions=True)
    await box.pulls()
    tables = ("mailbox_event", "mailbox_box", "notifications_thread", "notifications_notice")
    assert [past_walls(f"select count(*) from {table}") for table in tables] == [[(0,)]] * 4
