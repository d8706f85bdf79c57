"""Read a citizen's copies: the list, the facts of each, and the bytes of its items; of finished copies only.

A copy that is still being written has no `kept_at`, and is not found here. `item` is the number of an item:
`sealing.LETTER`, or that of a file, from 1. An item is stored in parts, at least one. A part that was changed, moved
or lost cannot be decrypted, and the last part of an item is only given where the digest of all of it is right.
"""

import hashlib
import hmac
from collections.abc import AsyncGenerator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens, pseudonym
from portal.platform.keys.boxes import Box, content_of
from portal.platform.keys.errors import CannotOpen
from portal.platform.kit.errors import PortalError

from .. import journalling
from . import consent, sealing
from .types import ArchiveUse, CopyExtent, CopyFacts, CopyLetter, CopyState, MailboxCopy

EXPORTED = "ebox_copy"
PAGE = 25  # copies of a page of the list

USE = """
select count(*), coalesce(sum(size), 0)::bigint from mailbox_copy where citizen_id = %s and kept_at is not null
"""
COLUMNS = "select id, mark, kept_at, size, sealed from mailbox_copy where citizen_id = %s and kept_at is not null"
NEWEST = f"{COLUMNS} order by kept_at desc, id limit %s offset %s"
ONE = f"{COLUMNS} and id = %s"
IDS = "select id from mailbox_copy where citizen_id = %s and kept_at is not null order by kept_at desc, id"
OF_MARK = "select id, kept_at from mailbox_copy where citizen_id = %s and mark = %s and kept_at is not null"
PART = "select sealed from mailbox_copy_part where citizen_id = %s and copy_id = %s and item = %s and number = %s"

_facts = msgspec.json.Decoder(CopyFacts)
_letter = msgspec.json.Decoder(CopyLetter)


class CopyDamagedError(PortalError):
    """An item of a copy is not what was stored: a part is missing or was changed, or the digest of all differs."""

    code = "copy.damaged"


async def look_at_archive(occasion: Occasion, page: int) -> tuple[ArchiveUse, Sequence[MailboxCopy]]:
    """Read the size of the archive and a page of its copies (from 1), the newest first, and journal that."""
    citizen_id = occasion.citizen_id
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        use = await use_in(conn, citizen_id)
        rows = await (await conn.execute(NEWEST, (citizen_id, PAGE, (page - 1) * PAGE))).fetchall()
        if use.copies:
            await journalling.note(conn, journalling.LOOK_AT_ARCHIVE, occasion)
    return use, [_copy(box, row) for row in rows]


async def use_of(citizen_id: UUID) -> ArchiveUse:
    """Read how much a citizen keeps; a copy that is being written does not count."""
    async with pool.as_citizen(citizen_id) as conn:
        return await use_in(conn, citizen_id)


async def use_in(conn: AsyncConnection[Any], citizen_id: UUID) -> ArchiveUse:
    """Read how much a citizen keeps, in the caller's transaction."""
    return ArchiveUse(*(await (await conn.execute(USE, (citizen_id,))).fetchone() or (0, 0)))


async def find(citizen_id: UUID, copy_id: UUID) -> MailboxCopy | None:
    """Read a finished copy by its id; None where this citizen has none of that id."""
    return await _find(await citizens.data_box_if_any(citizen_id), citizen_id, copy_id)


async def every(citizen_id: UUID) -> AsyncGenerator[MailboxCopy]:
    """Yield every copy, the newest first, each read in its turn: one that was deleted by then is left out."""
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        ids = await (await conn.execute(IDS, (citizen_id,))).fetchall()
    for (copy_id,) in ids:
        copy = await _find(box, citizen_id, copy_id)
        if copy is not None:
            yield copy


async def note_opening(occasion: Occasion) -> None:
    """Journal that the citizen opens a copy, or takes all along. Where this raises, nothing may be shown."""
    async with pool.as_citizen(occasion.citizen_id) as conn:
        await journalling.note(conn, journalling.OPEN_COPY, occasion)


async def state_of(citizen_id: UUID, key: str) -> CopyState:
    """Read whether a citizen has an archive, and a finished copy of a document (by its key, `key_of`) in it."""
    mark = await mark_of(citizen_id, key)
    box = await citizens.data_box_if_any(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        if await consent.consent_in(conn, citizen_id, box) is None:
            return CopyState(has_archive=False)
        row = await (await conn.execute(OF_MARK, (citizen_id, mark))).fetchone()
    return CopyState(True, *row) if row else CopyState(has_archive=True)


async def chunks(citizen_id: UUID, copy_id: UUID, item: int, extent: CopyExtent) -> AsyncGenerator[bytes]:
    """Yield the bytes of an item, a part at a time, the last only where all are right. Raise CopyDamagedError.

    extent: the item's own, from the facts of its copy. An empty item yields nothing. No database connection is held
    between parts, since the reader may be slow. A copy that is deleted meanwhile counts as damaged.
    """
    box = await citizens.data_box_if_any(citizen_id)
    digest = hashlib.sha256()
    for number in range(extent.parts):
        is_last = number == extent.parts - 1
        part = await _part(citizen_id, copy_id, item, number)
        try:
            opened = box.open(part, sealing.of_part(copy_id, item, number, is_last=is_last)) if box else None
        except CannotOpen:
            opened = None
        if opened is None:
            raise CopyDamagedError("a part does not open")
        digest.update(opened)
        if is_last and not hmac.compare_digest(digest.hexdigest(), extent.sha256):
            raise CopyDamagedError("its digest is another")
        if opened:
            yield opened


async def letter(citizen_id: UUID, copy: MailboxCopy) -> CopyLetter | None:
    """Read the letter of a copy that has facts; None where it is damaged."""
    assert copy.facts is not None  # noqa: S101 - callers check it
    try:
        parts = [one async for one in chunks(citizen_id, copy.id, sealing.LETTER, copy.facts.letter)]
        return _letter.decode(b"".join(parts))
    except (CopyDamagedError, msgspec.DecodeError):
        return None


async def export(citizen_id: UUID) -> list[Record]:
    """Give a citizen the facts of each copy, with the digests of its files; `Tables.files` gives the bytes."""
    return [Record(EXPORTED, _export(copy), copy.kept_at) async for copy in every(citizen_id)]


def facts_of(box: Box | None, copy_id: UUID, mark: bytes, kept_at: datetime, sealed: bytes) -> CopyFacts | None:
    """Decrypt the facts of a copy, to whose mark and `kept_at` they are bound; None where that fails.

    box: of the citizen's data key, None where their keys are gone.
    """
    return content_of(box, sealed, sealing.of_facts(copy_id, mark, kept_at), _facts.decode)


async def mark_of(citizen_id: UUID, key: str) -> bytes:
    """Give the mark of a document (by its key, `key_of`): a keyed hash of 32 bytes, another for every citizen."""
    return await pseudonym.mark(citizen_id, b"mailbox copy", key.encode())


async def _find(box: Box | None, citizen_id: UUID, copy_id: UUID) -> MailboxCopy | None:
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(ONE, (citizen_id, copy_id))).fetchone()
    return _copy(box, row) if row else None


def _copy(box: Box | None, row: Sequence[Any]) -> MailboxCopy:
    copy_id, mark, kept_at, size, sealed = row
    return MailboxCopy(copy_id, kept_at, size, facts_of(box, copy_id, bytes(mark), kept_at, bytes(sealed)))


async def _part(citizen_id: UUID, copy_id: UUID, item: int, number: int) -> bytes:
    async with pool.as_citizen(citizen_id) as conn:
        found = await conn.execute(PART, (citizen_id, copy_id, item, number), binary=True)
        row = await found.fetchone()
    if row is None:
        raise CopyDamagedError("a part is gone")
    return bytes(row[0])


def _export(copy: MailboxCopy) -> object:
    if copy.facts is None:
        return None
    return {
        "bytes": copy.size,
        "document": msgspec.to_builtins(copy.facts),
    }
