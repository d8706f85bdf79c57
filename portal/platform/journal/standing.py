"""Check that the chain in the database is the one that this worker knows, by its file, the anchors and its own key.

Sealing on top of a chain that was cut or changed would hide the damage. So this check precedes every link
(`sealing`), and raises SealingStopped for anything that does not fit.
"""

import hmac
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.keys import service
from portal.platform.keys.service import KeyService

from .canonical import BATCH, BEFORE_ALL, batch_hash
from .errors import SealingStopped
from .findings import Head
from .head_file import HeadFile, HeadRecord
from .structure import CATALOG_ONLY

log = logging.getLogger("portal.journal")

# A row lock, since only the worker can take it; advisory locks are open to every role. A worker that finds it locked
# leaves the sealing to the other.
LOCK = "select installation, clock_timestamp() from public.journal_state for update skip locked"
HEAD = "select number, hash, up_to from public.journal_batch order by number desc limit 1"
HAS_LINK = "select 1 from public.journal_batch where number = %s and hash = %s"
# S608, here and below: the statements consist of our own constants.
LINKS = f"select hash, mac, entry_ids, {BATCH} from public.journal_batch where number > %s order by number"  # noqa: S608 - of constants
BREAKS = f"""
select hash, mac, entry_ids, {BATCH} from public.journal_batch where lost_number >= %s order by number
"""  # noqa: S608 - of constants
NEWEST_ANCHOR = "select number, hash, mac from public.journal_anchor order by number desc limit 1"
ANCHORED = "select 1 from public.journal_anchor where number = %s and hash = %s"


class BatchLink(msgspec.Struct, frozen=True):
    """A batch as it stands in the table. columns: those of canonical.BATCH, which are hashed."""

    hash: bytes
    mac: bytes
    entry_ids: list[int]
    columns: tuple[Any, ...]

    @property
    def head(self) -> Head:
        """Give its number and hash."""
        return Head(self.number, self.hash)

    @property
    def number(self) -> int:
        """Give its number; 0 before the first."""
        return int(self.columns[0])

    @property
    def previous(self) -> bytes:
        """Give the hash that it names as that of the batch before."""
        return bytes(self.columns[1])

    @property
    def sealed_us(self) -> int:
        """Tell when it was made, in microseconds since 2000 (`timestamptz_send`)."""
        return int.from_bytes(self.columns[2], signed=True)

    @property
    def hashes(self) -> bytes:
        """Give the hashes of its entries, 32 bytes each, one after another."""
        return bytes(self.columns[4])

    @property
    def lost(self) -> Head | None:
        """Give the newest head that had been seen and is gone, when it notes a break; else None."""
        return None if self.columns[6] is None else Head(self.columns[6], bytes(self.columns[7] or b""))

    @property
    def is_accepted(self) -> bool:
        """Tell whether it notes a break that somebody explained: the explanation is an entry of the batch."""
        return self.lost is not None and bool(self.entry_ids)

    def follows(self, before: Head) -> bool:
        """Tell whether it comes straight after a head, or after the break that it notes."""
        is_next = self.number > before.number if self.lost else self.number == before.number + 1
        return is_next and self.previous == before.hash

    async def is_ours(self, keys: KeyService) -> bool:
        """Tell whether its hash fits its columns, and its MAC was made with our key."""
        return batch_hash(self.columns) == self.hash and hmac.compare_digest(
            self.mac, await keys.mac(service.JOURNAL, self.hash)
        )


class Standing(msgspec.Struct, frozen=True):
    """The state of the chain.

    clock: the database's. head: where the chain ends. up_to: the highest id that is sealed.
    anchored: the newest anchor, NO_HEAD without one. is_anchor_ours: whether its MAC was made with our key.
    """

    installation: UUID
    clock: datetime
    head: Head
    up_to: int
    anchored: Head
    is_anchor_ours: bool = True


NO_HEAD = Head(0, BEFORE_ALL)


@asynccontextmanager
async def catalog_only(conn: AsyncConnection[Any]) -> AsyncIterator[None]:
    """Begin a transaction in which names without a schema mean PostgreSQL's own objects."""
    async with conn.transaction():
        await conn.execute(CATALOG_ONLY)
        yield


async def read(conn: AsyncConnection[Any], anchors: AsyncConnection[Any], keys: KeyService) -> Standing | None:
    """Take the turn to seal, and read where the chain ends; None when another worker has the turn.

    conn: within `catalog_only`; the turn lasts as long as that transaction.
    """
    locked = await fetch_row(conn, LOCK)
    if locked is None:
        return None
    # Read before the chain: an anchor is written only after its link.
    async with catalog_only(anchors):
        anchored = await fetch_row(anchors, NEWEST_ANCHOR)
    number, known, up_to = await fetch_row(conn, HEAD) or (0, BEFORE_ALL, 0)
    newest = Head(anchored[0], anchored[1]) if anchored else NO_HEAD
    # Anchors of earlier releases have no MAC: they are compared with the chain only.
    mac = anchored[2] if anchored else None
    is_ours = not mac or hmac.compare_digest(mac, await keys.mac(service.JOURNAL, newest.hash))
    installation, clock = locked
    return Standing(installation, clock, Head(number, known), up_to, newest, is_ours)


async def check(
    standing: Standing,
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
    head_file: HeadFile,
) -> None:
    """Raise SealingStopped when the chain is not the one that was anchored or kept; else keep its head."""
    kept = head_file.read()
    if kept is None and standing.head.number:
        log.warning("this machine has kept no head of the journal yet: it begins with batch %s", standing.head.number)
    await compare(standing, kept, conn, anchors, keys)
    head_file.keep(standing.installation, standing.head)


async def compare(
    standing: Standing,
    kept: HeadRecord | None,
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
) -> None:
    """Raise SealingStopped, with what is wrong, when the chain is not the one that was anchored or kept.

    kept: the content of the file with the head. Nothing is written.
    """
    if not standing.is_anchor_ours:
        raise SealingStopped(f"anchor {standing.anchored.number} was not made with our key")
    if kept and kept.installation != standing.installation:
        raise SealingStopped(
            f"this is another database (installation {standing.installation}) than the one that the file with the "
            "head knows"
        )
    for what, known in (("anchored", standing.anchored), ("seen by this worker", kept.head if kept else NO_HEAD)):
        gone = await _is_gone(known, conn, anchors, keys)
        if gone:
            raise SealingStopped(
                f"the chain ends at batch {standing.head.number}, but batch {known.number} was {what} and is "
                f"{'gone' if known.number > standing.head.number else 'another now'}"
            )
    await _walk(conn, keys, await _start(kept, conn))


async def lost_head(
    standing: Standing,
    kept: HeadRecord | None,
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
) -> Head | None:
    """Find the newest head that was anchored or kept of this database and is gone; None: nothing is lost."""
    known = [standing.anchored]
    if kept and kept.installation == standing.installation:
        known.append(kept.head)
    gone = [each for each in known if await _is_gone(each, conn, anchors, keys)]
    return max(gone, key=lambda head: head.number, default=None)


async def fetch_row(conn: AsyncConnection[Any], statement: str, *values: object) -> Any:
    """Read one row, in binary; None when there is none."""
    return await (await conn.execute(statement.encode(), values, binary=True)).fetchone()


async def _is_gone(known: Head, conn: AsyncConnection[Any], anchors: AsyncConnection[Any], keys: KeyService) -> bool:
    """Tell whether a head is neither in the chain nor before a break that somebody explained."""
    if not known.number or await fetch_row(conn, HAS_LINK, known.number, known.hash):
        return False
    async for link in _links(conn, BREAKS, known.number):
        if link.number > known.number and await link.is_ours(keys):
            if link.lost == known:
                return False
            async with catalog_only(anchors):
                if await fetch_row(anchors, ANCHORED, known.number, known.hash):
                    return False
    return True


async def _start(kept: HeadRecord | None, conn: AsyncConnection[Any]) -> Head | None:
    """Tell after which head links are to be checked; None: only the newest, for a machine that has no file yet."""
    if kept is None:
        return None
    if not kept.number or await fetch_row(conn, HAS_LINK, kept.number, kept.head.hash):
        return kept.head
    # The kept head was lost, and somebody explained it: begin at the link before its number that is still there.
    before = "select number, hash from public.journal_batch where number < %s order by number desc limit 1"
    return Head(*(await fetch_row(conn, before, kept.number) or (0, BEFORE_ALL)))


async def _walk(conn: AsyncConnection[Any], keys: KeyService, start: Head | None) -> None:
    """Check that each link after a head was made with our key, and follows the one before."""
    after = start.number if start else (await fetch_row(conn, HEAD) or (1,))[0] - 1
    before = start
    async for link in _links(conn, LINKS, after):
        if not await link.is_ours(keys):
            raise SealingStopped(f"batch {link.number} was not made with our key")
        if before and not link.follows(before):
            raise SealingStopped(f"batch {link.number} does not come after batch {before.number} as it is")
        before = link.head


async def _links(conn: AsyncConnection[Any], statement: str, after: int) -> AsyncIterator[BatchLink]:
    async with conn.cursor("links", binary=True) as cursor:
        cursor.itersize = 10
        await cursor.execute(statement.encode(), (after,))
        async for known, mac, ids, *columns in cursor:
            yield BatchLink(known, mac, ids, tuple(columns))
