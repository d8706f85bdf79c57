"""Write a copy, part by part: each in a short transaction of its own, while the next is on its way from its provider.

A copy is shown to nobody until its facts are written last. Room is counted with each part, under a lock of the
citizen's, so that nobody passes it, however many pages keep something at once and whatever a provider says of sizes.
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

# Why there is no copy.
NO_ARCHIVE, UNDER_WAY, MANY, FULL, LARGE = "uit", "bezig", "aantal", "vol", "groot"

DROP_ABANDONED = "delete from mailbox_copy where citizen_id = %s and kept_at is null and begun_at < %s"
OF_MARK = "select id, mark, kept_at, sealed from mailbox_copy where citizen_id = %s and mark = %s"
USE = "select count(*), coalesce(sum(size), 0)::bigint from mailbox_copy where citizen_id = %s"
BEGIN = "insert into mailbox_copy (id, citizen_id, mark, begun_at) values (%s, %s, %s, %s)"
# Nothing is stored where the copy is gone, is whole, or would be too large.
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
    """A copy cannot be made. why: a word of ours."""

    code = "copy"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class CopyThere(PortalError):
    """There is a copy of that document already."""

    code = "copy.there"

    def __init__(self, copy_id: UUID) -> None:
        super().__init__("")
        self.copy_id = copy_id


class CopyWriter:
    """One copy that is being written. Made by `begin`; ends with `finish`, or with `drop`."""

    def __init__(self, copy_id: UUID, occasion: Occasion, mark: bytes, box: Box, room: int) -> None:
        self.id = copy_id
        self.room = room  # bytes that there were when it began
        self._occasion, self._mark, self._box = occasion, mark, box

    async def write(self, item: int, chunks: AsyncIterator[bytes]) -> CopyExtent:
        """Seal and store an item as it comes. Raise NotKept, and whatever `chunks` raises."""
        digest, size, number = hashlib.sha256(), 0, 0
        waiting = bytearray()
        async for chunk in chunks:
            waiting += chunk
            # The last part is sealed as such, so a full one waits until there is more.
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
        """Take away what was stored of an item that does not come to its end."""
        async with alone(self._occasion.citizen_id) as conn:
            values = {"copy": self.id, "citizen": self._occasion.citizen_id, "item": item}
            await conn.execute(TAKE_BACK, values)

    async def finish(self, facts: CopyFacts) -> None:
        """Say what it is a copy of: from now on it is one. Raise NotKept where it is gone meanwhile."""
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
        """Take away what was stored, unless it is whole."""
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
    """Borrow a connection inside a transaction in which nobody else writes in this citizen's archive."""
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        yield conn


async def begin(occasion: Occasion, key: str) -> CopyWriter:
    """Begin a copy of a document (its key), where its citizen agreed to an archive and there is room for any.

    What was begun by a process that is no more gives way. Raise NotKept, or CopyThere.
    """
    citizen_id = occasion.citizen_id
    box = await citizens.data_box_if_any(citizen_id)
    mark = await mark_of(citizen_id, key)
    async with alone(citizen_id) as conn:
        if box is None or await consent.consent_in(conn, citizen_id, box) is None:
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
    """Take a copy away; tells whether there was one."""
    citizen_id = occasion.citizen_id
    async with alone(citizen_id) as conn:
        was_there = bool((await conn.execute(DELETE, (copy_id, citizen_id))).rowcount)
        if was_there:
            await journalling.note(conn, journalling.DELETE_COPY, occasion)
    return was_there


async def expire(before: datetime) -> int:
    """Take away what was begun an hour before then and never became whole; returns how many. For the worker."""
    return await pool.sweep(EXPIRE, (before - limits.SWEPT,))


async def _give_way(conn: AsyncConnection[Any], citizen_id: UUID, box: Box, row: Sequence[Any]) -> None:
    """Raise unless what stands there can no longer be opened: then it is taken away."""
    copy_id, mark, kept_at, sealed = row
    if kept_at is None:
        raise NotKept(UNDER_WAY)
    if facts_of(box, copy_id, bytes(mark), kept_at, bytes(sealed)) is not None:
        raise CopyThere(copy_id)
    await conn.execute(DELETE, (copy_id, citizen_id))
