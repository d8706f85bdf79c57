"""Seal what was written: link after link of a chain, each over a batch of entries. Only the worker does.

Writers never wait for it: they insert freely, and a batch takes in what has committed meanwhile. Each link holds the
salted hashes of its entries (`journal_salt`) and the hash of the link before, and is authenticated with a key that
neither the portal nor the owner of the tables has. Its hash is also kept in the key database (an anchor) and in a
file of the worker. Sealing stops when the chain does not match these (`standing`), or when the tables are not as our
migrations made them (`structure`).
"""

import logging
import os
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import psycopg
from django.conf import settings
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import service
from portal.platform.keys.service import KeyService

from . import standing, structure
from .canonical import ENTRY, SALT, batch_hash, entry_hash
from .errors import HeadFileRefused, SealingStopped
from .findings import Head
from .head_file import HeadFile
from .standing import Standing, catalog_only, fetch_row

log = logging.getLogger("portal.journal")

MOST = 5000  # entries in a batch
# Anchors that are added in one turn. Every link lacks its anchor after the key database was made anew.
ANCHORS = 1000
# A row gets its id before it commits, so it may appear late. No transaction of ours lasts a quarter of this time
# (`database.connection`).
LATE = timedelta(seconds=60)

# The newest link that is older than LATE: below its `up_to` every transaction has ended, and no entry can appear. At
# one link in ten seconds, LATE is seven links: a clock that jumps ahead between two links makes none look older, but
# while a backlog is sealed, when links follow one another at once.
SETTLED = """
select number, up_to from public.journal_batch
where sealed_at < (select sealed_at from public.journal_batch order by number desc limit 1) - %s
    and number <= (select number from public.journal_batch order by number desc limit 1) - 7
order by number desc limit 1
"""
# S608, here and below: the statements consist of our own constants.
PENDING = f"""
select {ENTRY} from public.journal_entry
where id > %s and id not in (select unnest(entry_ids) from public.journal_batch where number > %s)
order by id limit %s
"""  # noqa: S608 - of constants
AS_SENT = "select timestamptz_send(%s::timestamptz), array_send(%s::bigint[])"
# Entries of a link that was lost have salts already: once the loss is accepted, they are sealed again.
SALTED = """
insert into public.journal_salt (entry_id, salt) select * from unnest(%s::bigint[], %s::uuid[]) on conflict do nothing
"""
SALTS = "select entry_id, salt from public.journal_salt where entry_id = any(%s)"
INSERT = """
insert into public.journal_batch
    (number, previous, sealed_at, entry_ids, hashes, up_to, lost_number, lost_hash, hash, mac)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
LINKS_AFTER = "select number, hash, mac from public.journal_batch where number > %s order by number limit %s"
ANCHOR = "select public.journal_anchor_add(%s, %s, %s)"
WELL = "update public.journal_state set looked_at = clock_timestamp(), trouble = null"
TROUBLE = "update public.journal_state set looked_at = pg_catalog.clock_timestamp(), trouble = %s"


class SealedBatch(msgspec.Struct, frozen=True):
    """A link that was made, and how many entries it holds."""

    number: int
    entries: int


async def seal_batches() -> int:
    """Seal all that waits, in as many batches as it takes; returns how many entries. For the worker.

    The reason that prevents sealing is logged as critical each time, and noted for the operator's page.
    """
    count = 0
    head_file = HeadFile(Path(settings.JOURNAL_HEAD_FILE))
    async with pool.connection() as conn, pool.connection(pool.KEYS) as anchors:
        try:
            await check_structure(conn, anchors)
            while sealed := await seal_batch(conn, anchors, service.installed(), head_file):
                count += sealed.entries
        except (SealingStopped, HeadFileRefused, psycopg.ProgrammingError) as error:
            # ProgrammingError: a statement does not fit the tables, so somebody changed them.
            trouble = error.detail if isinstance(error, SealingStopped | HeadFileRefused) else type(error).__name__
            log.critical("the journal is NOT sealed any more: %s. See docs/operations.md", trouble)
            await conn.execute(TROUBLE, (trouble[:500],))
    return count


async def check_structure(conn: AsyncConnection[Any], anchors: AsyncConnection[Any]) -> None:
    """Raise SealingStopped unless tables, functions, policies and rights are as our migrations made them."""
    for each, name in ((conn, "main"), (anchors, "keys")):
        async with catalog_only(each):
            findings = await structure.compare(each, name)
        if findings:
            raise SealingStopped(f"{findings[0].line()} ({len(findings)} such; `journal verify` names all)")


async def seal_batch(
    conn: AsyncConnection[Any],
    anchors: AsyncConnection[Any],
    keys: KeyService,
    head_file: HeadFile,
    *,
    now: datetime | None = None,
    most: int = MOST,
) -> SealedBatch | None:
    """Seal one batch; None when nothing waits, or somebody else is sealing.

    conn, anchors: the main and the key database as the worker, in autocommit. Raises SealingStopped when the chain is
    not the one that was anchored or kept (a database put back, an end that was cut off).
    """
    sealed, head = None, None
    async with catalog_only(conn):
        known = await standing.read(conn, anchors, keys)
        if known is None:
            return None
        await standing.check(known, conn, anchors, keys, head_file)
        rows = await _pending(conn, most)
        if rows:
            head = await link(conn, keys, known, rows, None, now or known.clock)
            sealed = SealedBatch(head.number, len(rows))
        await conn.execute(WELL)
    if head:
        head_file.keep(known.installation, head)
    await anchor(conn, anchors, known.anchored.number)
    return sealed


async def _pending(conn: AsyncConnection[Any], most: int) -> list[tuple[Any, ...]]:
    number, up_to = await fetch_row(conn, SETTLED, LATE) or (0, 0)
    cursor = await conn.execute(PENDING, (up_to, number, most), binary=True)
    return await cursor.fetchall()


async def link(
    conn: AsyncConnection[Any],
    keys: KeyService,
    known: Standing,
    rows: list[tuple[Any, ...]],
    lost: Head | None,
    now: datetime,
) -> Head:
    """Add a link after the head, and return it as the new head. A number is never reused, even when its link is gone.

    rows: of entries, as canonical.ENTRY. lost: the newest head that is gone, when somebody explained the break.
    """
    number = max(known.head.number, lost.number if lost else 0) + 1
    ids = [entry[0] for entry in rows]
    up_to = max([known.up_to, *ids])
    salts = await _salts(conn, ids)
    hashes = b"".join(entry_hash(entry, salts[entry[0]]) for entry in rows)
    sealed_at, entry_ids = await fetch_row(conn, AS_SENT, now, ids)
    gone = (lost.number, lost.hash) if lost else (None, None)
    own = batch_hash((number, known.head.hash, sealed_at, entry_ids, hashes, up_to, *gone))
    mac = await keys.mac(service.JOURNAL, own)
    await conn.execute(INSERT, (number, known.head.hash, now, ids, hashes, up_to, *gone, own, mac))
    return Head(number, own)


async def _salts(conn: AsyncConnection[Any], ids: list[int]) -> dict[int, bytes]:
    """Give each entry a salt, unless it has one, and return them by the entry's id."""
    await conn.execute(SALTED, (ids, [UUID(bytes=os.urandom(SALT)) for _ in ids]))
    return {entry: salt.bytes for entry, salt in await (await conn.execute(SALTS, (ids,))).fetchall()}


async def anchor(conn: AsyncConnection[Any], anchors: AsyncConnection[Any], newest: int) -> None:
    """Anchor in the key database the links that have no anchor, including those of a worker that died.

    newest: the number of the newest anchor. At most ANCHORS are added in one call.
    """
    async with catalog_only(conn):
        links = await (await conn.execute(LINKS_AFTER, (newest, ANCHORS), binary=True)).fetchall()
    for each in links:
        async with catalog_only(anchors):
            await anchors.execute(ANCHOR, each)
