"""Store which documents have a star or stand in a folder: a mark of each, and nothing of its content.

The row of a mark is found by a keyed hash of its document's key; the document's ids, its star and its folder are
sealed with the citizen's data key. Documents are asked for at their providers.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of
from portal.platform.sources import beside

from .. import holding, journalling
from ..registry.locating import MessagePlace
from ..types import EboxMessage
from .arrangement import HOLDS, MOST_DOCUMENTS, ArrangedDocument, Arranging, FolderGone, TooManyDocuments, bare

MANY = 500  # marks; decrypting more takes over 5 ms, and is done outside the event loop

ALL = "select mark, sealed, since from mailbox_arranged where citizen_id = %s order by since, mark"
THESE = "select mark, sealed, since from mailbox_arranged where citizen_id = %s and mark = any(%s)"
KEEP = """
insert into mailbox_arranged (citizen_id, mark, sealed, since, ends_at)
select %(citizen)s, kept.mark, kept.sealed, %(now)s, kept.ends_at
from unnest(%(marks)s::bytea[], %(sealed)s::bytea[], %(ends)s::timestamptz[]) kept (mark, sealed, ends_at)
on conflict (citizen_id, mark) do update
set sealed = excluded.sealed, ends_at = coalesce(excluded.ends_at, mailbox_arranged.ends_at)
"""
RENEW = """
update mailbox_arranged a set ends_at = said.ends_at
from unnest(%(marks)s::bytea[], %(ends)s::timestamptz[]) said (mark, ends_at)
where a.citizen_id = %(citizen)s and a.mark = said.mark and a.ends_at is distinct from said.ends_at
"""
# `least` passes over null, which is a document without an end.
END = """
update mailbox_arranged set ends_at = least(ends_at, %(now)s)
where citizen_id = %(citizen)s and mark = any(%(marks)s) and (ends_at is null or ends_at > %(now)s)
"""
DROP = "delete from mailbox_arranged where citizen_id = %s and mark = any(%s)"
COUNT = "select count(*) from mailbox_arranged where citizen_id = %s"
FOLDER = "select 1 from mailbox_folder where citizen_id = %s and id = %s"
FORGET = "delete from mailbox_arranged where citizen_id = any(%s)"
EXPIRE = "delete from mailbox_arranged where ends_at < %s"

_document = msgspec.json.Decoder(ArrangedDocument)

# A row of mailbox_arranged: mark (keyed hash), sealed ArrangedDocument, since when (UTC).
type MarkRow = tuple[bytes, bytes, datetime]


async def of(citizen_id: UUID, keys: Iterable[str]) -> Mapping[str, ArrangedDocument]:
    """Read how these documents (by their keys, `key_of`) are arranged; by key, without those that are not."""
    marks = [await _mark_of(citizen_id, key) for key in keys]
    if not marks:
        return {}
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(THESE, (citizen_id, marks))).fetchall()
    return {one.key: one for one, _ in await _open_rows(citizen_id, rows) if one}


async def of_shown(citizen_id: UUID, messages: Sequence[EboxMessage]) -> Mapping[str, ArrangedDocument]:
    """Read how these documents are arranged, and `renew` their marks from what their providers just answered."""
    found = await of(citizen_id, [one.key for one in messages])
    await renew(citizen_id, [one for one in messages if one.key in found])
    return found


async def every(citizen_id: UUID) -> Sequence[ArrangedDocument]:
    """Read all documents that a citizen arranged, in no order, without those whose mark cannot be decrypted."""
    return [one for one, _ in await with_moments(citizen_id) if one]


async def with_moments(citizen_id: UUID) -> Sequence[tuple[ArrangedDocument | None, datetime]]:
    """Read all marks of a citizen, with since when each is kept; None for one that cannot be decrypted."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(ALL, (citizen_id,))).fetchall()
    return await _open_rows(citizen_id, rows)


async def _open_rows(citizen_id: UUID, rows: Sequence[MarkRow]) -> Sequence[tuple[ArrangedDocument | None, datetime]]:
    """Decrypt rows, with since when each is kept; None for one that cannot be decrypted."""
    box = await citizens.data_box_if_any(citizen_id) if rows else None
    return await beside.run(len(rows) > MANY, _open, box, rows)


async def arrange(occasion: Occasion, places: Sequence[MessagePlace], arranging: Arranging) -> int:
    """Change how documents are arranged, all or none; return how many. Doing it twice changes nothing more.

    Raise NotLinked where the link was withdrawn meanwhile, FolderGone where the folder was removed, and
    TooManyDocuments where that many marks cannot be kept.
    """
    citizen_id = occasion.citizen_id
    by_mark = {await _mark_of(citizen_id, one.key): one for one in places}
    await citizens.ensure(citizen_id)
    box = await citizens.data_box(citizen_id)
    async with holding.hold(citizen_id) as conn:
        if arranging.folder is not None:
            await _find_folder(conn, citizen_id, arranging.folder)
        rows = await (await conn.execute(THESE, (citizen_id, list(by_mark)))).fetchall()
        before = {bytes(row[0]): one for row, (one, _) in zip(rows, _open(box, rows), strict=True)}
        after = {mark: arranging.of(before.get(mark) or bare(one, occasion.now)) for mark, one in by_mark.items()}
        ends = {mark: one.expires_at for mark, one in by_mark.items()}
        await put(conn, occasion, box, after, ends)
        if after != before:
            await journalling.note(conn, journalling.ARRANGE, occasion)
    return len(by_mark)


async def put(
    conn: AsyncConnection[Any],
    occasion: Occasion,
    box: Box,
    documents: Mapping[bytes, ArrangedDocument],
    ends: Mapping[bytes, datetime | None],
) -> None:
    """Store documents by their marks as they are arranged now, in a transaction that locks the link (`holding`).

    ends: when each expires (UTC); without one, the stored moment stays. Raise TooManyDocuments.
    """
    citizen_id = occasion.citizen_id
    bare_marks = [mark for mark, one in documents.items() if one.is_bare]
    kept = [mark for mark, one in documents.items() if not one.is_bare]
    if bare_marks:
        await conn.execute(DROP, (citizen_id, bare_marks))
    if not kept:
        return
    values = {
        "citizen": citizen_id,
        "now": occasion.now,
        "marks": kept,
        "sealed": [box.seal(msgspec.json.encode(documents[mark]), _binding(mark)) for mark in kept],
        "ends": [ends.get(mark) for mark in kept],
    }
    await conn.execute(KEEP, values)
    (count,) = await (await conn.execute(COUNT, (citizen_id,))).fetchone() or (0,)
    if count > MOST_DOCUMENTS:
        raise TooManyDocuments


async def leave(conn: AsyncConnection[Any], occasion: Occasion, box: Box, folder_id: UUID) -> None:
    """Take all documents out of a folder, in a transaction that locks the link."""
    rows = await (await conn.execute(ALL, (occasion.citizen_id,))).fetchall()
    found = await beside.run(len(rows) > MANY, _open, box, rows)
    out = Arranging(is_moved=True)
    inside = {
        bytes(row[0]): out.of(one)
        for row, (one, _) in zip(rows, found, strict=True)
        if one is not None and one.folder == folder_id
    }
    await put(conn, occasion, box, inside, {})


async def renew(citizen_id: UUID, messages: Iterable[EboxMessage]) -> None:
    """Store when these documents expire, as their providers say now: a mark is deleted HOLDS after that."""
    marks = {await _mark_of(citizen_id, one.key): one.expires_at for one in messages}
    if marks:
        async with pool.as_citizen(citizen_id) as conn:
            await conn.execute(RENEW, {"citizen": citizen_id, "marks": list(marks), "ends": list(marks.values())})


async def end(citizen_id: UUID, keys: Iterable[str], now: datetime) -> None:
    """Store that these documents are gone, as their providers just said: a mark is deleted HOLDS after that.

    One that its provider shows again later has its own end again (`renew`).
    """
    marks = [await _mark_of(citizen_id, key) for key in keys]
    if marks:
        async with pool.as_citizen(citizen_id) as conn:
            await conn.execute(END, {"citizen": citizen_id, "marks": marks, "now": now})


async def forget(conn: AsyncConnection[Any], citizen_ids: list[UUID]) -> None:
    """Delete all marks of these citizens, in the caller's transaction."""
    await conn.execute(FORGET, (citizen_ids,))


async def expire(before: datetime) -> int:
    """Delete the marks of documents that were gone HOLDS before then; return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - HOLDS,))


async def _find_folder(conn: AsyncConnection[Any], citizen_id: UUID, folder_id: UUID) -> None:
    if await (await conn.execute(FOLDER, (citizen_id, folder_id))).fetchone() is None:
        raise FolderGone


def _open(box: Box | None, rows: Sequence[MarkRow]) -> Sequence[tuple[ArrangedDocument | None, datetime]]:
    return [(_one(box, bytes(mark), bytes(sealed)), since) for mark, sealed, since in rows]


def _one(box: Box | None, mark: bytes, sealed: bytes) -> ArrangedDocument | None:
    return content_of(box, sealed, _binding(mark), _document.decode)


async def _mark_of(citizen_id: UUID, key: str) -> bytes:
    return await pseudonym.mark(citizen_id, b"mailbox arranged", key.encode())


def _binding(mark: bytes) -> bytes:
    """Give the associated data of what is sealed in a row."""
    return b"mailbox_arranged\0" + mark
