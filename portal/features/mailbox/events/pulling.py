"""Pull what happened to documents from the event service, for those who linked their eBox. For the worker.

A page and the cursor behind it are one transaction, so nothing of it is lost or comes twice, whatever dies. A service
that forgets how it counted is noticed by the last event that was taken, which each page has: then all that it has is
read anew, and what was taken before is known by its mark. So are those before the last, which are asked for once
more: a service that numbers events before it ends their transactions shows some after higher ones.
"""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.features.notifications import actions as notifications
from portal.features.notifications.actions import DocumentNews
from portal.features.notifications.types import EboxDocument, EboxNews
from portal.platform.database import pool
from portal.platform.journal.types import WORKER, Occasion
from portal.platform.keys import errands
from portal.platform.sources import beside, listing
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Down, Late
from portal.platform.sources.sections import Lists

from .. import journalling, section
from ..registry import providers, reference
from ..types import EVENTS, ByLanguage
from . import boxes, marks, reading
from .boxes import WatchedBox
from .reading import EboxEvent, EventKind, EventLine, EventPage

SIZE = 200  # events of one page, and of one transaction
FEWEST = 2  # where that many are too large: the last that was taken, and one more
LOOK_BACK = 100  # numbers before the last that was taken, at the first page of a run
MOST_PAGES = 100  # of one run: the next goes on
SECONDS = 10.0  # for a page; nobody waits for it
NAMES_SECONDS = 3.0  # that a page of events waits for the names of its senders
KEPT_FOR = timedelta(days=730)  # that an event is known to have been taken, and its notice stays
PART = 500  # of a sweep
# Whoever links sees in the list what is there already. Clocks that differ by less lose nothing.
FROM_BEFORE = timedelta(days=1)

BEGIN = "insert into mailbox_cursor (source, number, at) values (%s, 0, %s) on conflict do nothing"
CURSOR = "select number, proof from mailbox_cursor where source = %s"
# Another worker that is at it is not waited for.
HELD = f"{CURSOR} for update skip locked"
MOVE = "update mailbox_cursor set number = %s, proof = %s, at = %s where source = %s"
BOXES = "select citizen_id, mark from mailbox_box where mark = any(%s)"
# Whoever withdraws or is erased takes the box first, and waits, or has done so already. By their citizens: who linked
# anew a moment ago has no mark yet, and was linked when it happened.
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
    """Up to which event all were taken, by its number and its mark; proof: None where nothing was, or it is gone."""

    number: int = 0
    proof: bytes | None = None

    def after(self, back: int) -> int:
        """After which number to ask, so that the last that was taken comes along, with so many numbers in all."""
        return max(self.number - back, 0) if self.proof is not None else self.number


class _BoxEvent(NamedTuple):
    """An event of a box that is linked. document, mark: of it, read: of that its document was read. Never printed.

    is_late: its number is not above those that were taken before.
    """

    event: EboxEvent
    is_late: bool
    citizen_id: UUID
    document: UUID
    mark: bytes
    read: bytes

    def __repr__(self) -> str:
        return "_BoxEvent(…)"


async def pull(now: datetime) -> int:
    """Take in all that the event service has; returns how many events were of boxes that are linked, and new."""
    found = _service()
    if found is None:
        return 0
    agency, listed = found
    async with pool.connection() as conn:
        await conn.execute(BEGIN, (listed.source, now))
        row = await (await conn.execute(CURSOR, (listed.source,))).fetchone()
    kept = asked = _cursor(row)
    total, is_anew, back = 0, False, LOOK_BACK
    for _ in range(MOST_PAGES):
        page = await _page(agency, listed, asked, back)
        if page is None:
            return total
        lines = page.lines
        if asked.proof is not None and not await _has(lines, asked):
            if back > 1 and page.has_next:
                back = 1  # its pages may be shorter than that
                continue
            if is_anew:
                listing.count_unusable(agency, EVENTS, ["it does not count on from what it gave"])
                return total
            log.warning("the event service does not know the last event any more: all are read anew")
            asked, is_anew = EventCursor(), True
            continue
        if not lines or lines[-1].number < asked.number:
            return total
        moved = EventCursor(lines[-1].number, await marks.of_proof(lines[-1].written))
        taken = await _take(listed.source, lines, asked.number, kept, moved, now)
        if taken is None:
            return total
        has_more = page.has_next and moved.number > asked.number
        total, kept, asked, back = total + taken, moved, moved, 1
        if not has_more:
            return total
    return total


async def expire(before: datetime) -> int:
    """Forget that events were taken whose term ended before then; returns how many."""
    total = 0
    while gone := await pool.sweep(SWEEP, (before, PART)):
        total += gone
    return total


def _service() -> tuple[Agency, Lists] | None:
    agency = section.federation()
    listed = [one for one in agency.lists if one.id == EVENTS] if agency else []
    return (agency, listed[0]) if agency and listed else None


def _cursor(row: Sequence[Any] | None) -> EventCursor:
    return EventCursor() if row is None else EventCursor(row[0], None if row[1] is None else bytes(row[1]))


async def _page(agency: Agency, listed: Lists, cursor: EventCursor, back: int) -> EventPage | None:
    came: bytes | Down | Late = b""
    for size in (SIZE, FEWEST):
        query = {"lastSequenceNbr": cursor.after(back), "pageSize": size}
        came = await listing.page_of(agency, listed, query, seconds=SECONDS)
        # A page that is too large stays so, and what comes behind it would never be seen.
        if not (isinstance(came, Down) and came.reason == "unreadable"):
            break
    if not isinstance(came, bytes):
        return None
    page = await beside.read(len(came), lambda: reading.read(came))
    if isinstance(page, str):
        listing.count_unusable(agency, listed.id, [page])
        return None
    # Of what is only looked at once more it was counted before.
    if page.left_out and not (page.lines and page.lines[-1].number <= cursor.number):
        listing.count_unusable(agency, listed.id, page.left_out)
    return page


async def _has(lines: Sequence[EventLine], cursor: EventCursor) -> bool:
    found = [line for line in lines if line.number == cursor.number]
    return bool(found) and await marks.of_proof(found[0].written) == cursor.proof


async def _take(
    source: str, lines: Sequence[EventLine], last: int, kept: EventCursor, moved: EventCursor, now: datetime
) -> int | None:
    """Put in what these events say and move the cursor; None where another worker did meanwhile.

    last: the number up to which they are looked at once more.
    """
    # After the page came: whoever linked their box before an event of it happened has a mark by now.
    await boxes.mark_new()
    of_boxes = {line.event.box: b"" for line in lines if line.event is not None}
    for number in of_boxes:
        of_boxes[number] = await marks.of_box(number)
    async with pool.connection() as conn:
        rows = await (await conn.execute(BOXES, (list(of_boxes.values()),))).fetchall()
    linked = {bytes(mark): citizen_id for citizen_id, mark in rows}
    whose = [
        (line.event, line.number <= last, linked[of_boxes[line.event.box]])
        for line in lines
        if line.event is not None and of_boxes[line.event.box] in linked
    ]
    if not whose and moved == kept:
        return 0
    names = await _names([event for event, _, _ in whose], now)
    async with pool.transaction() as conn:
        row = await (await conn.execute(HELD, (source,))).fetchone()
        if row is None or _cursor(row) != kept:
            return None
        count = 0
        if whose:
            citizens = list(linked.values())
            rows = await (await conn.execute(HELD_BOXES, (citizens,))).fetchall()
            sealed = {citizen_id: bytes(box) for citizen_id, box in rows}
            taken = [await _row_of(*each) for each in whose if each[-1] in sealed]
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
    """Keep which events are new, and put in what they say; returns how many are."""
    citizens = list({one.citizen_id for one in taken})
    rows = await (await conn.execute(KNOWN, (citizens, [one.read for one in taken]))).fetchall()
    were_read = {bytes(mark) for (mark,) in rows}
    given = ([one.citizen_id for one in taken], [one.mark for one in taken])
    rows = await (await conn.execute(TAKE, (now, now + KEPT_FOR, *given))).fetchall()
    fresh = {bytes(mark) for (mark,) in rows}
    new: list[_BoxEvent] = []
    for one in taken:
        if one.mark in fresh:
            fresh.discard(one.mark)  # the same may stand there twice
            new.append(one)
    opened = await _open(conn, {one.citizen_id for one in new}, sealed, now)
    news: list[DocumentNews] = []
    for one in new:
        box = opened.get(one.citizen_id)
        if box is None or box.number != one.event.box:
            continue
        # What was read is not told of any more, until its sender puts it there anew.
        is_over = one.event.expires_at is not None and one.event.expires_at <= now
        if one.event.kind is EventKind.READ:
            were_read.add(one.read)
        elif one.read in were_read or is_over or _is_from_before(one, box):
            continue
        news.append(_news(one, box, names, now))
    await notifications.put_documents(conn, news, now)
    return len(new)


def _is_from_before(one: _BoxEvent, box: WatchedBox) -> bool:
    """Tell whether it happened before the box was linked: a service whose events are read anew has years of them."""
    if one.event.happened_at is None or box.since is None:
        return one.is_late
    return one.event.happened_at < (box.since if one.is_late else box.since - FROM_BEFORE)


async def _open(
    conn: AsyncConnection[Any], citizen_ids: set[UUID], sealed: dict[UUID, bytes], now: datetime
) -> dict[UUID, WatchedBox]:
    """Open the boxes of these citizens, after the journal says so, in the same transaction."""
    keys = await errands.keys_of(list(citizen_ids), boxes.PURPOSE)
    if len(keys) < len(citizen_ids):
        log.warning("%s boxes are of people who have no keys any more", len(citizen_ids) - len(keys))
    occasions = [Occasion(who, now, str(uuid4()), WORKER, one.subject) for who, one in keys.items()]
    await journalling.note_for(conn, journalling.TAKE_IN, occasions)
    found = {who: box for who, one in keys.items() if (box := boxes.unseal(one, sealed[who])) is not None}
    if len(found) < len(keys):
        log.error("%s boxes do not open", len(keys) - len(found))
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


async def _names(happened: Sequence[EboxEvent], now: datetime) -> dict[tuple[str, str], ByLanguage]:
    """Find how senders are called; nothing for those that their provider does not name, or not in time."""
    wanted = {(event.provider, event.sender) for event in happened if event.sender}
    if not wanted:
        return {}
    known = await providers.active_providers(now, seconds=NAMES_SECONDS)
    asked = [one for one in known.active if one.id in {provider for provider, _ in wanted}]
    await reference.wait(asked, NAMES_SECONDS)
    found = {pair: reference.sender(*pair) for pair in wanted}
    return {pair: one.long_names or one.short_names for pair, one in found.items() if one is not None}
