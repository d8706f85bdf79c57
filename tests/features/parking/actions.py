"""Give a permit, mark it, take it away."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.keys import citizens
from portal.platform.mail import actions as mail
from portal.platform.mail.types import MailMessage

from .types import PermitGiven

MARK = "parking.mark"
PUT = "insert into parking_permit (id, citizen_id, plate, at) values (%s, %s, %s, %s)"


async def give(citizen_id: UUID, plate: str, address: str, now: datetime) -> None:
    """Keep a permit, have it marked by a job, and mail it."""
    permit_id = uuid4()
    await citizens.ensure(citizen_id)
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(PUT, (permit_id, citizen_id, plate, now))
        await queue.defer(conn, MARK, permit_id=permit_id)
        await mail.send(conn, citizen_id, MailMessage(address, "", PermitGiven(plate)))


async def mark(permit_id: UUID) -> None:
    """Mark a permit. For the worker."""
    async with pool.connection() as conn:
        await conn.execute("update parking_permit set is_marked = true where id = %s", (permit_id,))


async def forget(conn: AsyncConnection[Any], citizen_id: UUID) -> None:
    """Take away a citizen's permits, in the caller's transaction."""
    await conn.execute("delete from parking_permit where citizen_id = %s", (citizen_id,))


async def expire(before: datetime) -> int:
    """Take away permits of before then; returns how many. For the worker."""
    return await pool.sweep("delete from parking_permit where at < %s", (before,))
