"""Pull events of documents from the event service, for citizens who linked their eBox. For the worker.

The service numbers its events; a cursor holds the number of the last one that was taken. A page of events and the
cursor behind it are written in one transaction, so no event is lost or taken twice when a process stops.

Each page begins with the last event that was taken. Where it is not there, the service numbers anew: then all its
events are read again, and those that were taken before are recognised by their marks. The first page of a run begins
LOOK_BACK numbers earlier, since a service that numbers events before it commits them shows some late.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import AsyncConnection

from portal.features.notifications import actions as notifications
from portal.features.notifications.actions import DocumentNews
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.platform.database import pool
from portal.platform.keys import errands
from portal.platform.sources import beside, listing
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Down, Late
from portal.platform.sources.sections import PublicList

from .. import journalling, section
from ..registry import providers, reference
from ..types import EVENTS, ByLanguage
from . import boxes, marks, reading
from .boxes import WatchedBox
from .reading import EboxEvent, EventKind, EventLine, EventPage

SIZE = 200  # events of one page, and of one transaction
FEWEST = 2  # the same where a page of SIZE is too large: the last event that was taken, and one more
LOOK_BACK = 100  # numbers before the cursor at which the first page of a run begins
MOST_PAGES = 100  # of one run; the next goes on
SECONDS = 10.0  # deadline for a page; nobody waits for it
NAMES_SECONDS = 3.0  # for how long a page waits for the names of its senders
KEPT_FOR = timedelta(days=730)  # for how long the mark of an event, and its notice, are kept
PART = 500  # marks that one statement deletes
# Events from before a citizen linked their box are no news. By this much their clocks may differ from ours.
CLOCKS_DIFFER = timedelta(days=1)

BEGIN = "insert into mailbox_cursor (source, number, at) values (%s, 0, %s) on conflict do nothing"
CURSOR = "select number, proof from mailbox_cursor where source = %s"
# A cursor that another worker has locked is left to it.
HELD = f"{CURSOR} for update skip locked"
MOVE = "update mailbox_cursor set number = %s, proof = %s, at = %s where source = %s"
BOXES = "select citizen_id, mark from mailbox_box where mark = any(%s)"
# Withdrawing and erasing delete the box first, so each comes wholly before or after this. By citizen and not by mark:
# the box of a citizen who just linked again has no mark yet, and their events count.
HELD_BOXES = "select citizen_id, sealed from mailbox_box where citizen_id = any(%s) order by citizen_id for share"
KNOWN = "select mark from mailbox_event where citizen_id = any(%s) and mark = any(%s)"
TAKE = """
insert into mailbox_event (citizen_id, mark, at, ends_at)
select given.citizen_id, given.mark, %s, %s from unnest(%s::uuid[], %s::bytea[]) given(citizen_id, mark)
on conflict do nothing returning mark
"""
SWEEP = """
delete from mailbox_event where (citizen_id, mark) in (
    select citizen_id, mark from mailbox_event where ends_at < %s order by ends_at limit %s
)
"""
NEWS = {
    EventKind.NEW: EboxNews.NEW,
    EventKind.REMINDER: EboxNews.UNREAD,
    EventKind.EXPIRING: EboxNews.EXPIRING,
}

log = logging.getLogger("portal.mailbox")


class EventCursor(NamedTuple):
    """The last event that was taken: its number, and its mark (`marks.of_proof`), None where none was taken."""

    number: int = 0
    proof: bytes | None = None

    def after(self, back: int) -> int:
        """Give the number after which to ask, so that the page begins with the last `back` numbers up to this one."""
        return max(self.number - back, 0) if self.proof is not None else self.number


class _BoxEvent(NamedTuple):
    """An event of a linked box, with its citizen. Its repr hides its content.

    is_late: its number is not above the cursor. document, mark: the marks of its document and of the event.
    read_mark: the mark that the event "its document was read" has.
    """

    event: EboxEvent
    is_late: bool
    citizen_id: UUID
    document: UUID
    mark: bytes
    read_mark: bytes

    def __repr__(self) -> str:
        return "_BoxEvent(…)"


async def pull(now: datetime) -> int:
    """Take the new events of the event service; return how many were new events of linked boxes."""
    service = _service()
    if service is None:
        return 0
    agency, listed = service
    async with pool.connection() as conn:
        await conn.execute(BEGIN, (listed.source, now))
        row = await (await conn.execute(CURSOR, (listed.source,))).fetchone()
    stored = cursor = _cursor_of(row)
    total, is_anew, back = 0, False, LOOK_BACK
    for _ in range(MOST_PAGES):
        page = await _page(agency, listed, cursor, back)
        if page is None:
            return total
        lines = page.lines
        if cursor.proof is not None and not await _has(lines, cursor):
            if back > 1 and page.has_next:
                back = 1  # The page may be too short to reach the last event from so far back.
                continue
            if is_anew:
                listing.count_unusable(agency, EVENTS, ["a page lacks the last event of the page before"])
                return total
            log.warning("the event service no longer has the last event: all its events are read again")
            cursor, is_anew = EventCursor(), True
            continue
        if not lines or lines[-1].number < cursor.number:
            return total
        moved = EventCursor(lines[-1].number, await marks.of_proof(lines[-1].written))
        taken = await _take(listed.source, lines, cursor.number, stored, moved, now)
        if taken is None:
            return total
        has_more = page.has_next and moved.number > cursor.number
        total, stored, cursor, back = total + taken, moved, moved, 1
        if not has_more:
            return total
    return total


async def expire(before: datetime) -> int:
    """Delete the marks of events whose term ended before then; return how many."""
    total = 0
    while gone := await pool.sweep(SWEEP, (before, PART)):
        total += gone
    return total


def _service() -> tuple[Agency, PublicList] | None:
    agency = section.federation()
    listed = [one for one in agency.lists if one.id == EVENTS] if agency else []
    return (agency, listed[0]) if agency and listed else None


def _cursor_of(row: Sequence[Any] | None) -> EventCursor:
    return EventCursor() if row is None else EventCursor(row[0], None if row[1] is None else bytes(row[1]))


async def _page(agency: Agency, listed: PublicList, cursor: EventCursor, back: int) -> EventPage | None:
    """Ask for the page after a cursor; None where it could not be had or read."""
    answer: bytes | Down | Late = b""
    for size in (SIZE, FEWEST):
        query = {"lastSequenceNbr": cursor.after(back), "pageSize": size}
        answer = await listing.page_of(agency, listed, query, seconds=SECONDS)
        # A page that is too large would stay so, and no event behind it would ever be seen: a small one is asked for.
        if not (isinstance(answer, Down) and answer.reason == "unreadable"):
            break
    if not isinstance(answer, bytes):
        return None
    page = await beside.read(len(answer), lambda: reading.read(answer))
    if isinstance(page, str):
        listing.count_unusable(agency, listed.id, [page])
        return None
    # The faults of a page with only events from before the cursor were counted when those were taken.
    if page.left_out and not (page.lines and page.lines[-1].number <= cursor.number):
        listing.count_unusable(agency, listed.id, page.left_out)
    return page


async def _has(lines: Sequence[EventLine], cursor: EventCursor) -> bool:
    """Tell whether a page has the event of the cursor, unchanged."""
    found = [line for line in lines if line.number == cursor.number]
    return bool(found) and await marks.of_proof(found[0].written) == cursor.proof


async def _take(
    source: str, lines: Sequence[EventLine], last: int, stored: EventCursor, moved: EventCursor, now: datetime
) -> int | None:
    """Store these events and their news, and move the cursor; return how many were new, of linked boxes.

    last: number up to which events were taken before. stored, moved: the cursor in the database, and as it is to be.
    None where another worker has moved it, or is at it.
    """
    # Only now, after the page was fetched: so a box that was linked before an event in it happened has its mark.
    await boxes.mark_new()
    of_boxes = {line.event.box: b"" for line in lines if line.event is not None}
    for number in of_boxes:
        of_boxes[number] = await marks.of_box(number)
    async with pool.connection() as conn:
        rows = await (await conn.execute(BOXES, (list(of_boxes.values()),))).fetchall()
    linked = {bytes(mark): citizen_id for citizen_id, mark in rows}
    of_linked = [
        (line.event, line.number <= last, linked[of_boxes[line.event.box]])
        for line in lines
        if line.event is not None and of_boxes[line.event.box] in linked
    ]
    if not of_linked and moved == stored:
        return 0
    names = await _names([event for event, _, _ in of_linked], now)
    async with pool.transaction() as conn:
        row = await (await conn.execute(HELD, (source,))).fetchone()
        if row is None or _cursor_of(row) != stored:
            return None
        count = 0
        if of_linked:
            citizens = list(linked.values())
            rows = await (await conn.execute(HELD_BOXES, (citizens,))).fetchall()
            sealed = {citizen_id: bytes(box) for citizen_id, box in rows}
            taken = [await _row_of(*each) for each in of_linked if each[-1] in sealed]
            count = await _put(conn, taken, sealed, names, now)
        await conn.execute(MOVE, (moved.number, moved.proof, now, source))
    return count


async def _row_of(event: EboxEvent, is_late: bool, citizen_id: UUID) -> _BoxEvent:
    document, mark = await marks.of_document(event), await marks.of_event(event, event.kind)
    return _BoxEvent(event, is_late, citizen_id, document, mark, await marks.of_event(event, EventKind.READ))


async def _put(
    conn: AsyncConnection[Any],
    taken: Sequence[_BoxEvent],
    sealed: dict[UUID, bytes],
    names: dict[tuple[str, str], ByLanguage],
    now: datetime,
) -> int:
    """Store the marks of events, and the news of those that are new; return how many are new."""
    citizens = list({one.citizen_id for one in taken})
    rows = await (await conn.execute(KNOWN, (citizens, [one.read_mark for one in taken]))).fetchall()
    were_read = {bytes(mark) for (mark,) in rows}
    given = ([one.citizen_id for one in taken], [one.mark for one in taken])
    rows = await (await conn.execute(TAKE, (now, now + KEPT_FOR, *given))).fetchall()
    fresh = {bytes(mark) for (mark,) in rows}
    new: list[_BoxEvent] = []
    for one in taken:
        if one.mark in fresh:
            fresh.discard(one.mark)  # A page may have the same event twice.
            new.append(one)
    opened = await _open(conn, {one.citizen_id for one in new}, sealed, now)
    news: list[DocumentNews] = []
    for one in new:
        box = opened.get(one.citizen_id)
        if box is None or box.national_number != one.event.box:
            continue
        # A document that was read is no news any more, unless its sender sends it again.
        is_over = one.event.expires_at is not None and one.event.expires_at <= now
        if one.event.kind is EventKind.READ:
            were_read.add(one.read_mark)
        elif one.read_mark in were_read or is_over or _is_from_before(one, box, now):
            continue
        news.append(_news(one, box, names, now))
    await notifications.put_documents(conn, news, now)
    return len(new)


def _is_from_before(one: _BoxEvent, box: WatchedBox, now: datetime) -> bool:
    """Tell whether an event is no news, when all events are read again: that brings years of them.

    It happened before its box was linked, or so long ago that its mark may be gone.
    """
    if one.is_late and (one.event.happened_at is None or box.since is None):
        return True
    moment = one.event.likely_at
    if moment is None:
        return False
    if moment < now - KEPT_FOR + CLOCKS_DIFFER:
        return True
    return box.since is not None and moment < (box.since if one.is_late else box.since - CLOCKS_DIFFER)


async def _open(
    conn: AsyncConnection[Any], citizen_ids: set[UUID], sealed: dict[UUID, bytes], now: datetime
) -> dict[UUID, WatchedBox]:
    """Journal that the boxes of these citizens are opened, in this transaction, and decrypt them; by citizen."""
    keys = await errands.keys_of(list(citizen_ids), boxes.PURPOSE)
    if len(keys) < len(citizen_ids):
        log.warning("%s boxes are of citizens who have no keys any more", len(citizen_ids) - len(keys))
    await journalling.note_for(conn, journalling.TAKE_IN, [one.subject for one in keys.values()], now)
    found = {who: box for who, one in keys.items() if (box := boxes.unseal(one, sealed[who])) is not None}
    if len(found) < len(keys):
        log.error("%s boxes cannot be decrypted", len(keys) - len(found))
    return found


def _news(one: _BoxEvent, box: WatchedBox, names: dict[tuple[str, str], ByLanguage], now: datetime) -> DocumentNews:
    event, document = one.event, None
    if event.kind is not EventKind.READ:
        sender = names.get((event.provider, event.sender), {})
        document = EboxDocument(
            NEWS[event.kind], sender, event.provider, event.message, event.expires_at, event.is_registered
        )
    ends_at = min(event.expires_at or now + KEPT_FOR, now + KEPT_FOR)
    return DocumentNews(one.citizen_id, box.public_key, one.document, document, ends_at)


async def _names(events: Sequence[EboxEvent], now: datetime) -> dict[tuple[str, str], ByLanguage]:
    """Find the names of senders, by provider and KBO number; those that are not known in time are left out."""
    wanted = {(event.provider, event.sender) for event in events if event.sender}
    if not wanted:
        return {}
    known = await providers.active_providers(now, seconds=NAMES_SECONDS)
    asked = [one for one in known.active if one.id in {provider for provider, _ in wanted}]
    await reference.wait(asked, NAMES_SECONDS)
    found = {pair: reference.sender(*pair) for pair in wanted}
    return {pair: one.long_names or one.short_names for pair, one in found.items() if one is not None}
