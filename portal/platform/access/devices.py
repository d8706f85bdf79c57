"""The kinds of device a citizen signed in with before, so that we can tell them of a new one."""

from datetime import date
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import pseudonym

# A kind that was not used for a year is new again.
SEEN = """
insert into access_device (citizen_id, kind, first_seen_on, last_seen_on)
values (%(citizen)s, %(kind)s, %(on)s, %(on)s)
on conflict (citizen_id, kind) do update set last_seen_on = excluded.last_seen_on
returning first_seen_on = %(on)s and xmax = 0
"""
ANY = "select exists (select from access_device where citizen_id = %s)"
# Row-level security lets the portal delete these only for a citizen whose erasure is open (`erasing`).
FORGET = "delete from access_device where citizen_id = %s"
EXPIRE = "delete from access_device where last_seen_on < %s"


async def is_new(conn: AsyncConnection[Any], citizen_id: UUID, kind: str, *, on: date) -> bool:
    """Note a kind of device, and tell whether it is new beside others that this citizen used before.

    kind: as `device.kind_of` names it; only a keyed hash is stored. The citizen's very first device does not count as
    new. conn: as the citizen; the mail about a new device belongs in the same transaction.
    """
    name = (await pseudonym.mark(citizen_id, b"device", kind.encode()))[:16]
    (had_any,) = await (await conn.execute(ANY, (citizen_id,))).fetchone() or (False,)
    cursor = await conn.execute(SEEN, {"citizen": citizen_id, "kind": name, "on": on})
    (is_first,) = await cursor.fetchone() or (False,)
    return bool(had_any and is_first)


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Delete a citizen's kinds of device, in the caller's transaction, after their erasure was noted (`erasing`)."""
    await conn.execute(FORGET, (citizen_id,))


async def expire(before: date) -> int:
    """Delete the kinds of device not used since that day, as the worker; returns how many."""
    return await pool.sweep(EXPIRE, (before,))
