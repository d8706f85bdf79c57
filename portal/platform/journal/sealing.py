"""Seal what was written: link after link of a chain, each over a batch of entries; only the worker does.

Writers never wait for it: they insert freely, and a batch takes in what has committed meanwhile. Each link holds the
hashes of its entries and of the link before, and is authenticated with a key that neither the portal nor the owner of
the tables has. Its hash goes to the key database as well, so that a chain which became shorter is found.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import service
from portal.platform.keys.service import KeyService

from .canonical import BEFORE_ALL, ENTRY, batch_hash, entry_hash

log = logging.getLogger("portal.journal")

MOST = 5000  # entries in a batch
# Ids are given out before they commit. No transaction of ours may last a quarter of this (`pool.LIMITS`).
LATE = timedelta(seconds=60)

LOCK = "select pg_try_advisory_xact_lock(hashtext('journal_batch')), clock_timestamp()"
HEAD = "select number, hash, up_to from journal_batch order by number desc limit 1"
# Up to which id everything has been looked at when it could no longer be under way.
SETTLED = """
select number, up_to from journal_batch
where sealed_at < (select sealed_at from journal_batch order by number desc limit 1) - %s
order by number desc limit 1
"""
# S608, here and below: only our own fixed text is put together.
PENDING = f"""
select {ENTRY} from journal_entry
where id > %s and id not in (select unnest(entry_ids) from journal_batch where number > %s)
order by id limit %s
"""  # noqa: S608
AS_SENT = "select timestamptz_send(%s::timestamptz), array_send(%s::bigint[])"
INSERT = """
insert into journal_batch
    (number, previous, sealed_at, entry_ids, hashes, up_to, lost_number, lost_hash, hash, mac)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
NEWEST_ANCHOR = "select number, hash from journal_anchor order by number desc limit 1"
HAS_LINK = "select 1 from journal_batch where number = %s and hash = %s"
LINKS_AFTER = "select number, hash from journal_batch where number > %s order by number"
ANCHOR = "insert into journal_anchor (number, hash) values (%s, %s) on conflict do nothing"


class Sealed(msgspec.Struct, frozen=True):
    """A link that was made: its number and entries; `lost`: up to which number links were anchored and are gone."""

    number: int
    entries: int
    lost: int | None = None


class _Head(msgspec.Struct, frozen=True):
    number: int
    hash: bytes
    up_to: int


async def seal_batches() -> int:
    """Seal all that waits, in as many batches as it takes; returns how many entries. The worker's, now and then."""
    count = 0
    async with pool.connection() as conn, pool.connection(pool.KEYS) as anchors:
        while sealed := await seal_batch(conn, anchors, service.installed()):
            count += sealed.entries
    return count


async def seal_batch(
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
    *,
    now: datetime | None = None,
    most: int = MOST,
) -> Sealed | None:
    """Seal one batch; None when nothing waits, or somebody else is sealing.

    conn, anchors: the main and the key database as the worker, in autocommit. When the chain is not the one that was
    anchored (a database put back from a back-up), the link says so and holds no entries; the next one goes on.
    """
    async with conn.transaction():
        is_ours, clock = await _row(conn, LOCK)
        if not is_ours:
            return None
        # Read before the chain: an anchor is written only after its link.
        anchored = await _row(anchors, NEWEST_ANCHOR)
        head = _Head(*(await _row(conn, HEAD) or (0, BEFORE_ALL, 0)))
        lost = anchored if anchored and await _row(conn, HAS_LINK, *anchored) is None else None
        rows = [] if lost else await _pending(conn, most)
        if rows or lost:
            sealed = await _link(conn, keys, head, rows, lost, now or clock)
    if not rows and not lost:
        await _anchor(conn, anchors, anchored[0] if anchored else 0)
        return None
    await _anchor(conn, anchors, anchored[0] if anchored else 0)
    if sealed.lost:
        log.critical(
            "the journal's chain ends at batch %s, but batches up to %s were anchored: was the database put back "
            "from a back-up? Noted as batch %s; see docs/operations.md",
            head.number,
            sealed.lost,
            sealed.number,
        )
    return sealed


async def _pending(conn: AsyncConnection[Any], most: int) -> list[tuple[Any, ...]]:
    number, up_to = await _row(conn, SETTLED, LATE) or (0, 0)
    cursor = await conn.execute(PENDING, (up_to, number, most), binary=True)
    return await cursor.fetchall()


async def _link(
    conn: AsyncConnection[Any],
    keys: KeyService,
    head: _Head,
    rows: list[tuple[Any, ...]],
    lost: tuple[int, bytes] | None,
    now: datetime,
) -> Sealed:
    """Add a link after the head. Numbers are never given twice, also when those that had them are gone."""
    lost_number, lost_hash = lost or (None, None)
    number = max(head.number, lost_number or 0) + 1
    ids = [row[0] for row in rows]
    up_to = max([head.up_to, *ids])
    hashes = b"".join(entry_hash(row) for row in rows)
    sealed_at, entry_ids = await _row(conn, AS_SENT, now, ids)
    columns = (number, head.hash, sealed_at, entry_ids, hashes, up_to, lost_number, lost_hash)
    own = batch_hash(columns)
    mac = await keys.mac(service.JOURNAL, own)
    row = (number, head.hash, now, ids, hashes, up_to, lost_number, lost_hash, own, mac)
    await conn.execute(INSERT, row)
    return Sealed(number, len(rows), lost_number)


async def _anchor(conn: AsyncConnection[Any], anchors: AsyncConnection[Any], newest: int) -> None:
    """Write down in the key database what stands in the chain: also what a sealer that died left undone."""
    cursor = await conn.execute(LINKS_AFTER, (newest,), binary=True)
    for link in await cursor.fetchall():
        await anchors.execute(ANCHOR, link)


async def _row(conn: AsyncConnection[Any], statement: str, *values: object) -> Any:
    return await (await conn.execute(statement.encode(), values, binary=True)).fetchone()
