"""The journal subject: the random name under which the journal knows a citizen, kept beside their keys.

The main database never has it next to a pseudonym. So whoever has a dump of the main database, and the key that makes
pseudonyms, cannot tell whose entries are whose; once the name is deleted here, with the keys, nobody can.
"""

from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool

from . import service

FIND = "select subject from keys_subject where citizen_id = %s"
IS_ERASED = "select 1 from keys_erasure where citizen_id = %s and erased_at is not null"
CREATE = "insert into keys_subject (citizen_id, subject) values (%s, %s) on conflict do nothing"
REWRAP = "update keys_subject set subject = %s where citizen_id = %s"


async def of(citizen_id: UUID) -> UUID:
    """Return the journal subject of a citizen, and make one when they have none: one transaction.

    For a citizen whose erasure is not closed yet, and who did not sign in since, it is kept nowhere: entries of
    requests that were still under way are nobody's. Raises CannotOpen when the row was changed or belongs to another,
    and KeyFileBehind when this process must be restarted to know the newest master key.
    """
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        wrapped = await _read_kept(conn, citizen_id)
        if wrapped is None:
            if await (await conn.execute(IS_ERASED, (citizen_id,))).fetchone():
                return uuid4()
            new = await service.installed().wrap(service.MAIL, uuid4().bytes, _context(citizen_id))
            await conn.execute(CREATE, (citizen_id, new))
            # Another process may have inserted it first.
            wrapped = await _read_kept(conn, citizen_id) or new
    return await unwrap(citizen_id, wrapped)


async def find(citizen_id: UUID) -> UUID | None:
    """Return the journal subject of a citizen, as `of` does; None when they have none."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        wrapped = await _read_kept(conn, citizen_id)
    return None if wrapped is None else await unwrap(citizen_id, wrapped)


async def rewrap(citizen_id: UUID) -> bool:
    """Wrap a citizen's journal subject under the newest master key; tells whether anything changed."""
    async with pool.as_citizen(citizen_id, pool.KEYS) as conn:
        wrapped = await _read_kept(conn, citizen_id)
        if wrapped is None:
            return False
        new = await service.installed().rewrap(service.MAIL, wrapped, _context(citizen_id))
        if new != wrapped:
            await conn.execute(REWRAP, (new, citizen_id))
        return new != wrapped


async def _read_kept(conn: AsyncConnection, citizen_id: UUID) -> str | None:
    row = await (await conn.execute(FIND, (citizen_id,))).fetchone()
    return row[0] if row else None


async def unwrap(citizen_id: UUID, wrapped: str) -> UUID:
    """Unwrap a journal subject. Raise as `of` does."""
    return UUID(bytes=await service.installed().unwrap(service.MAIL, wrapped, _context(citizen_id)))


def _context(citizen_id: UUID) -> bytes:
    return citizen_id.bytes + b"journal"
