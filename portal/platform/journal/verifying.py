"""Walk the whole chain, a few rows at a time, and report everything that does not fit: `manage.py journal verify`."""

import hmac
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Set
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import AsyncConnection, IsolationLevel

from portal.platform.keys import service
from portal.platform.keys.service import KeyService

from . import erasures
from .canonical import BATCH, BEFORE_ALL, ENTRY, batch_hash, entry_hash
from .findings import Finding, FindingKind, Head
from .queries import REGISTERED, activity_of
from .sealing import LATE, SETTLED
from .standing import NEWEST_ANCHOR, BatchLink, catalog_only

SEALED_WITHIN = timedelta(minutes=10)  # what is older and not sealed, or not anchored, counts as damage
AT_ONCE = 2000  # entries in memory
DATABASE_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # timestamptz_send counts microseconds from here

# S608, here and below: the statements consist of our own constants.
BATCHES = f"select hash, mac, entry_ids, {BATCH} from public.journal_batch order by number"  # noqa: S608 - of constants
ANCHORS = "select number, hash, mac from public.journal_anchor order by number"
ENTRIES = f"""
select (select uuid_send(s.salt) from public.journal_salt s where s.entry_id = id), {ENTRY}
from public.journal_entry where id = any(%s)
"""  # noqa: S608 - of constants
# A statement that was rolled back leaves a gap in the numbers as well.
UNUSED = """
select pg_sequence_last_value('public.journal_entry_id_seq')
    - (select count(*) from public.journal_entry where id > 0) - %s
"""
# Who explained a break, and why: an entry of the very link that notes it.
EXPLAINED = """
select e.actor, a.purpose from public.journal_entry e join public.journal_activity a on a.id = any(e.activities)
where e.id = any(%s) and e.actor_kind = 'employee' limit 1
"""
UNSEALED = """
select e.id, e.id <= %s or e.recorded_at < %s from public.journal_entry e
left join (select unnest(entry_ids) as id from public.journal_batch) sealed on sealed.id = e.id
where sealed.id is null order by e.id
"""
ACTIVITIES = f"""
select {REGISTERED}, coalesce(array_ndims(services) = 1 and array_lower(services, 1) = 1, true)
from public.journal_activity
"""  # noqa: S608 - of constants
NOT_REGISTERED = """
select used.id from (select distinct unnest(activities) as id from public.journal_entry) used
left join public.journal_activity a on a.id = used.id where a.id is null
"""
NOT_USED = """
select a.id, a.body, a.dataset from public.journal_activity a
left join (select distinct unnest(activities) as id from public.journal_entry) used on used.id = a.id
where used.id is null
"""


_BEFORE = BatchLink(BEFORE_ALL, b"", [], (0, b"", bytes(8), b"", b"", 0, None, None))


async def verify(
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
    *,
    now: datetime,
    seen: Head | None = None,
) -> AsyncGenerator[Finding | Head]:
    """Yield all that does not fit, what waits to be sealed, and the head of the chain.

    seen: the head of an earlier time, kept where nobody who can write in the databases can change it. Without it, a
    chain whose end was cut off in both databases fits.

    conn, anchors: the main and the key database as the worker. Both are read as they are at one moment, the anchors
    first: an anchor is written after its batch.
    """
    for each in (anchors, conn):
        await each.set_isolation_level(IsolationLevel.REPEATABLE_READ)
        await each.set_read_only(True)
    async with catalog_only(anchors), catalog_only(conn):
        newest = await (await anchors.execute(NEWEST_ANCHOR)).fetchone()
        async with anchors.cursor("anchors", binary=True) as anchored, conn.cursor("batches", binary=True) as links:
            await anchored.execute(ANCHORS)
            links.itersize = 10
            await links.execute(BATCHES)
            gone = await erasures.read(conn)
            for finding in gone.findings:
                yield finding
            walk = _Walk(keys, aiter(anchored), newest[0] if newest else 0, _microseconds(now - SEALED_WITHIN), seen)
            async for own, mac, ids, *columns in links:
                link = BatchLink(own, mac, ids, tuple(columns))
                async for finding in walk.step(link):
                    yield await _explain(conn, link, finding) if finding.kind is FindingKind.ACCEPTED else finding
                async for finding in _entries(conn, link, gone.ids):
                    yield finding
            for finding in walk.end():
                yield finding
            yield Head(walk.before.number, walk.before.hash)
        async for finding in _find_unsealed(conn, now):
            yield finding
        async for finding in erasures.salts_of_nothing(conn, gone):
            yield finding
        async for finding in _activities(conn, is_anything_erased=bool(gone.ids)):
            yield finding
        (unused,) = await (await conn.execute(UNUSED, (len(gone.ids),))).fetchone() or (0,)
        if unused and unused > 0:
            yield Finding(
                FindingKind.NUMBERS_UNUSED, f"{unused} (statements that were undone, or rows that are hidden)"
            )


class _Walk:
    """The walk along the chain.

    before: the link before. ahead: the next anchor (number, hash, MAC). newest: the number of the newest anchor.
    old_us: links made before then (microseconds since 2000) must have an anchor. unseen: the seen head, until the
    walk meets it.
    """

    def __init__(
        self, keys: KeyService, anchors: AsyncIterator[Any], newest: int, old_us: int, seen: Head | None
    ) -> None:
        self.keys = keys
        self.anchors = anchors
        self.newest = newest
        self.old_us = old_us
        self.before = _BEFORE
        self.ahead: tuple[int, bytes, bytes | None] | None = None
        self.unseen = seen if seen and seen.number else None

    async def step(self, link: BatchLink) -> AsyncIterator[Finding]:
        """Compare a link with the one before, with itself, with our key and with its anchor."""
        number, before = link.number, self.before
        own = batch_hash(link.columns)
        if own != link.hash:
            yield Finding(FindingKind.BATCH_CHANGED, f"batch {number}", number)
        elif not hmac.compare_digest(link.mac, await self.keys.mac(service.JOURNAL, own)):
            yield Finding(FindingKind.BATCH_FORGED, f"batch {number}", number)
        if link.lost:
            kind = FindingKind.ACCEPTED if link.is_accepted else FindingKind.CHAIN_BROKEN
            yield Finding(kind, _break_text(link, before), number)
        elif number != before.number + 1:
            yield Finding(FindingKind.BATCH_REMOVED, f"batches {before.number + 1} to {number - 1}", number)
        elif link.previous != before.hash:
            yield Finding(
                FindingKind.BATCH_ORDER, f"batch {number} does not name batch {before.number} as it is", number
            )
        skipped = await self._anchors_before(number)
        if link.lost and not link.is_accepted:
            lost = link.lost
            if skipped.get(lost.number, lost.hash) != lost.hash:
                yield Finding(FindingKind.ANCHOR_DIFFERS, f"batch {lost.number}, as batch {number} names it", number)
            if len(skipped) < lost.number - before.number:
                yield Finding(FindingKind.ANCHOR_MISSING, f"of batches {before.number + 1} to {lost.number}", number)
        for finding in self._anchor(link):
            yield finding
        if self.unseen and link.lost and link.is_accepted and before.number < self.unseen.number <= link.lost.number:
            self.unseen = None
        if self.unseen and self.unseen.number == number:
            if self.unseen.hash != own:
                yield Finding(FindingKind.SEEN_DIFFERS, f"batch {number}", number)
            self.unseen = None
        self.before = link

    def end(self) -> Iterator[Finding]:
        """Report anchors beyond the last link, and a seen head that the walk did not meet."""
        if self.unseen:
            yield Finding(FindingKind.SEEN_GONE, f"batch {self.unseen.number}", self.unseen.number)
        if self.newest > self.before.number:
            text = f"the chain ends at batch {self.before.number}, but batch {self.newest} was anchored"
            yield Finding(FindingKind.ANCHOR_AHEAD, text, self.newest)

    async def _anchors_before(self, number: int) -> dict[int, bytes]:
        """Go on to the anchor of a number, or past it; returns the anchors on the way, number -> hash.

        The links of those are not in the chain.
        """
        skipped: dict[int, bytes] = {}
        while self.ahead is None or self.ahead[0] < number:
            if self.ahead and self.ahead[0] > self.before.number:
                skipped[self.ahead[0]] = self.ahead[1]
            self.ahead = await anext(self.anchors, None)
            if self.ahead is None:
                break
        return skipped

    def _anchor(self, link: BatchLink) -> Iterator[Finding]:
        """Compare a link with its anchor."""
        if self.ahead and self.ahead[0] == link.number:
            if self.ahead[1] != link.hash:
                yield Finding(FindingKind.ANCHOR_DIFFERS, f"batch {link.number}", link.number)
            elif self.ahead[2] not in (None, link.mac):
                yield Finding(FindingKind.ANCHOR_FORGED, f"of batch {link.number}", link.number)
        elif link.number < self.newest or link.sealed_us < self.old_us:
            yield Finding(FindingKind.ANCHOR_MISSING, f"of batch {link.number}", link.number)
        else:
            yield Finding(FindingKind.NOT_YET_ANCHORED, f"batch {link.number}", link.number)


async def _entries(conn: AsyncConnection[Any], link: BatchLink, erased: Set[int]) -> AsyncIterator[Finding]:
    """Compare the entries of a batch with the hashes that it holds of them. erased: ids that may be gone."""
    for start in range(0, len(link.entry_ids), AT_ONCE):
        ids = link.entry_ids[start : start + AT_ONCE]
        cursor = await conn.execute(ENTRIES, (ids,), binary=True)
        hashes = {row[0]: entry_hash(row, salt) for salt, *row in await cursor.fetchall()}
        for place, entry in enumerate(ids, start):
            if entry not in hashes:
                if entry in erased:
                    continue
                yield Finding(FindingKind.ENTRY_REMOVED, f"entry {entry} of batch {link.number}", entry)
            elif hashes[entry] != link.hashes[32 * place : 32 * place + 32]:
                yield Finding(FindingKind.ENTRY_CHANGED, f"entry {entry} of batch {link.number}", entry)


async def _find_unsealed(conn: AsyncConnection[Any], now: datetime) -> AsyncIterator[Finding]:
    """Report entries in no batch: those inserted after their ids were passed, and those that wait to be sealed."""
    settled = await (await conn.execute(SETTLED, (LATE,))).fetchone()
    waiting = 0
    strange: list[int] = []
    async with conn.cursor("unsealed") as cursor:
        await cursor.execute(UNSEALED, (settled[1] if settled else 0, now - SEALED_WITHIN))
        async for entry, is_old in cursor:
            if not is_old:
                waiting += 1
                continue
            if strange and entry != strange[-1] + 1:
                yield _insertion(strange)
                strange = []
            strange = [strange[0] if strange else entry, entry]
    if strange:
        yield _insertion(strange)
    if waiting:
        yield Finding(FindingKind.NOT_YET_SEALED, f"{waiting} entries")


async def _activities(conn: AsyncConnection[Any], *, is_anything_erased: bool) -> AsyncIterator[Finding]:
    """Compare the register's activities with their ids, which are hashes, and with the entries that name them.

    is_anything_erased: whether the entries that named an activity may have been erased.
    """
    async with conn.cursor("activities") as cursor:
        await cursor.execute(ACTIVITIES)
        async for known, *columns, is_plain in cursor:
            if not is_plain or activity_of(columns).id != known:
                yield Finding(FindingKind.ACTIVITY_CHANGED, f"{known.hex()} ({columns[0]}.{columns[2]})")
    for (unknown,) in await (await conn.execute(NOT_REGISTERED)).fetchall():
        yield Finding(FindingKind.ACTIVITY_REMOVED, f"{unknown.hex() if unknown else '-'}, which entries name")
    for known, body, dataset in await (await conn.execute(NOT_USED)).fetchall():
        if is_anything_erased:
            yield Finding(FindingKind.ACTIVITY_UNUSED, f"{known.hex()} ({body}.{dataset})")
        else:
            yield Finding(FindingKind.ACTIVITY_INSERTED, f"{known.hex()} ({body}.{dataset}), which no entry names")


def _insertion(strange: list[int]) -> Finding:
    first, last = strange[0], strange[-1]
    which = f"entry {first} is" if first == last else f"entries {first} to {last} are"
    return Finding(FindingKind.ENTRY_INSERTED, f"{which} in no batch (or nothing was sealed for long)", first)


async def _explain(conn: AsyncConnection[Any], link: BatchLink, finding: Finding) -> Finding:
    """Add to the finding of a break who explained it, and why."""
    who, why = await (await conn.execute(EXPLAINED, (link.entry_ids,))).fetchone() or ("-", "-")
    return Finding(finding.kind, f"{finding.text}; {who}: {why}", finding.number)


def _break_text(link: BatchLink, before: BatchLink) -> str:
    lost = link.lost.number if link.lost else 0
    if lost > before.number:
        loss = f"batches {before.number + 1} to {lost} had been anchored and were gone"
    else:
        loss = f"batch {lost} was not the anchored one"
    return f"batch {link.number} notes that {loss}"


def _microseconds(moment: datetime) -> int:
    """Give a moment as PostgreSQL sends it (`timestamptz_send`)."""
    return (moment - DATABASE_EPOCH) // timedelta(microseconds=1)
