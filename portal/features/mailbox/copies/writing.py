"""Write a copy, part by part: each in a short transaction, while the next one is on its way from its provider.

The facts are written last; until then the copy is shown to nobody. Each part is counted against the limits under a
lock per citizen, so they hold for copies that are written at the same time, whatever sizes a provider announces.
"""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.journal.types import Occasion
from portal.platform.keys import citizens
from portal.platform.keys.boxes import Box
from portal.platform.kit.errors import PortalError

from .. import journalling
from . import consent, limits, sealing
from .consent import ONE_BY_ONE
from .reading import facts_of, mark_of
from .types import CopyExtent, CopyFacts

# Why no copy was kept (`NotKept.why`), as addresses carry it: no archive, a copy of this document is being written,
# as many copies as may be, the archive is full, the document is too large.
NO_ARCHIVE, UNDER_WAY, MANY, FULL, LARGE = "uit", "bezig", "aantal", "vol", "groot"

DROP_ABANDONED = "delete from mailbox_copy where citizen_id = %s and kept_at is null and begun_at < %s"
OF_MARK = "select id, mark, kept_at, sealed from mailbox_copy where citizen_id = %s and mark = %s"
USE = "select count(*), coalesce(sum(size), 0)::bigint from mailbox_copy where citizen_id = %s"
BEGIN = "insert into mailbox_copy (id, citizen_id, mark, begun_at) values (%s, %s, %s, %s)"
# Stores nothing where the copy was deleted or finished, or where it or the archive would become too large.
PUT = """
with taken as (
    update mailbox_copy set size = size + %(more)s
    where id = %(copy)s and citizen_id = %(citizen)s and kept_at is null and size + %(more)s <= %(one)s
        and %(more)s + (select sum(size) from mailbox_copy where citizen_id = %(citizen)s) <= %(all)s
    returning id
)
insert into mailbox_copy_part (copy_id, item, number, citizen_id, sealed)
select id, %(item)s, %(number)s, %(citizen)s, %(sealed)b from taken
"""
# A sealed part is 28 bytes longer than its content: nonce and authentication tag.
TAKE_BACK = """
with gone as (
    delete from mailbox_copy_part where copy_id = %(copy)s and citizen_id = %(citizen)s and item = %(item)s
    returning octet_length(sealed) - 28 as size
)
update mailbox_copy set size = size - coalesce((select sum(size) from gone), 0)
where id = %(copy)s and citizen_id = %(citizen)s and kept_at is null
"""
SIZE = "select size from mailbox_copy where id = %s and citizen_id = %s and kept_at is null"
FINISH = """
update mailbox_copy set sealed = %s, kept_at = %s where id = %s and citizen_id = %s and kept_at is null
"""
DELETE = "delete from mailbox_copy where id = %s and citizen_id = %s and kept_at is not null"
EXPIRE = "delete from mailbox_copy where kept_at is null and begun_at < %s"
DROP = "delete from mailbox_copy where id = %s and citizen_id = %s and kept_at is null"


class NotKept(PortalError):
    """No copy was kept. why: NO_ARCHIVE or one of the other reasons above, or one of `archive.keeping`."""

    code = "copy"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CopyThere(PortalError):
    """The archive has a copy of that document already, of this id."""

    code = "copy.there"

    def __init__(self, copy_id: UUID) -> None:
        super().__init__("")
        self.copy_id = copy_id


class CopyWriter:
    """One copy that is being written. `begin` gives it; `finish` or `drop` ends it."""

    def __init__(self, copy_id: UUID, occasion: Occasion, mark: bytes, box: Box, room: int) -> None:
        self.id = copy_id
        self.room = room  # bytes that it might take when it began
        self._occasion, self._mark, self._box = occasion, mark, box

    async def write(self, item: int, chunks: AsyncIterator[bytes]) -> CopyExtent:
        """Seal and store the bytes of an item as they come; return its extent.

        Raise NotKept, and what `chunks` raises: then parts of the item may be stored.
        """
        digest, size, number = hashlib.sha256(), 0, 0
        waiting = bytearray()
        async for chunk in chunks:
            waiting += chunk
            # Whether a part is the last is sealed with it, so a full part waits for the next byte.
            while len(waiting) > sealing.PART:
                part = bytes(waiting[: sealing.PART])
                del waiting[: sealing.PART]
                await self._put(item, number, part, is_last=False)
                digest.update(part)
                size, number = size + len(part), number + 1
        await self._put(item, number, bytes(waiting), is_last=True)
        digest.update(waiting)
        return CopyExtent(size + len(waiting), digest.hexdigest(), number + 1)

    async def take_back(self, item: int) -> None:
        """Delete the stored parts of an item whose bytes broke off."""
        async with alone(self._occasion.citizen_id) as conn:
            values = {"copy": self.id, "citizen": self._occasion.citizen_id, "item": item}
            await conn.execute(TAKE_BACK, values)

    async def finish(self, facts: CopyFacts) -> None:
        """Store the facts, which makes the copy visible. Raise NotKept where it was deleted meanwhile."""
        now = self._occasion.now
        sealed = self._box.seal(msgspec.json.encode(facts), sealing.of_facts(self.id, self._mark, now))
        if len(sealed) > limits.LONGEST_FACTS:
            raise NotKept(LARGE)
        async with alone(self._occasion.citizen_id) as conn:
            values = (sealed, now, self.id, self._occasion.citizen_id)
            if not (await conn.execute(FINISH, values)).rowcount:
                raise NotKept(NO_ARCHIVE)
            await journalling.note(conn, journalling.KEEP_COPY, self._occasion)

    async def drop(self) -> None:
        """Delete the copy, unless it is finished."""
        async with alone(self._occasion.citizen_id) as conn:
            await conn.execute(DROP, (self.id, self._occasion.citizen_id))

    async def _put(self, item: int, number: int, part: bytes, *, is_last: bool) -> None:
        citizen_id = self._occasion.citizen_id
        values = {
            "copy": self.id,
            "citizen": citizen_id,
            "more": len(part),
            "one": limits.of_one(),
            "all": limits.of_all(),
            "item": item,
            "number": number,
            "sealed": self._box.seal(part, sealing.of_part(self.id, item, number, is_last=is_last)),
        }
        async with alone(citizen_id) as conn:
            if (await conn.execute(PUT, values)).rowcount:
                return
            row = await (await conn.execute(SIZE, (self.id, citizen_id))).fetchone()
        if row is None:
            raise NotKept(NO_ARCHIVE)
        raise NotKept(LARGE if row[0] + len(part) > limits.of_one() else FULL)


@asynccontextmanager
async def alone(citizen_id: UUID) -> AsyncIterator[AsyncConnection[Any]]:
    """Give a transaction with a lock on the citizen's archive, so that nobody else writes in it."""
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        yield conn


async def begin(occasion: Occasion, key: str) -> CopyWriter:
    """Begin a copy of a document (by its key, `key_of`), where the citizen has an archive with room for more.

    It replaces one that stayed unfinished (`limits.ABANDONED`), or cannot be decrypted. Raise NotKept or CopyThere.
    """
    citizen_id = occasion.citizen_id
    box = await citizens.data_box_if_any(citizen_id)
    mark = await mark_of(citizen_id, key)
    async with alone(citizen_id) as conn:
        if box is None or await consent.consent_in(conn, citizen_id, box, is_held=True) is None:
            raise NotKept(NO_ARCHIVE)
        await conn.execute(DROP_ABANDONED, (citizen_id, occasion.now - limits.ABANDONED))
        row = await (await conn.execute(OF_MARK, (citizen_id, mark))).fetchone()
        if row is not None:
            await _give_way(conn, citizen_id, box, row)
        copies, size = await (await conn.execute(USE, (citizen_id,))).fetchone() or (0, 0)
        if copies >= limits.copies():
            raise NotKept(MANY)
        if size >= limits.of_all():
            raise NotKept(FULL)
        copy_id = uuid4()
        await conn.execute(BEGIN, (copy_id, citizen_id, mark, occasion.now))
    return CopyWriter(copy_id, occasion, mark, box, min(limits.of_one(), limits.of_all() - size))


async def delete(occasion: Occasion, copy_id: UUID) -> bool:
    """Delete a finished copy; tell whether there was one."""
    citizen_id = occasion.citizen_id
    async with alone(citizen_id) as conn:
        was_there = bool((await conn.execute(DELETE, (copy_id, citizen_id))).rowcount)
        if was_there:
            await journalling.note(conn, journalling.DELETE_COPY, occasion)
    return was_there


async def expire(before: datetime) -> int:
    """Delete copies that were begun `limits.SWEPT` before then and not finished; return how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - limits.SWEPT,))


async def _give_way(conn: AsyncConnection[Any], citizen_id: UUID, box: Box, row: Sequence[Any]) -> None:
    """Delete the copy in a row where it cannot be decrypted; else raise NotKept (unfinished) or CopyThere."""
    copy_id, mark, kept_at, sealed = row
    if kept_at is None:
        raise NotKept(UNDER_WAY)
    if facts_of(box, copy_id, bytes(mark), kept_at, bytes(sealed)) is not None:
        raise CopyThere(copy_id)
    await conn.execute(DELETE, (copy_id, citizen_id))
