"""Read how far a mail is, and which mails wait for a citizen."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature.types import Record

WAITING, WAITS = "waiting_mail", "select created_at from mail_outbox where citizen_id = %s order by created_at, id"
# The status of the mail's job. The row in the outbox does not tell: it is gone in either case, sent or given up.
JOB = "select mail_job(%s)"
GIVEN_UP = frozenset(("failed", "aborted", "cancelled"))


class MailState(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


async def state(conn: AsyncConnection[Any], mail_id: UUID) -> MailState:
    """Tell how far a mail is. A failed job stays in the queue for a fortnight; then its mail counts as sent."""
    (status,) = await (await conn.execute(JOB, (mail_id,))).fetchone() or (None,)
    if status is None:
        return MailState.SENT
    return MailState.GIVEN_UP if status in GIVEN_UP else MailState.WAITING


async def export(citizen_id: UUID) -> list[Record]:
    """List when each mail to a citizen was written that is still to be sent; only the worker may open mails."""
    async with pool.as_citizen(citizen_id) as conn:
        rows = await (await conn.execute(WAITS, (citizen_id,))).fetchall()
    return [Record(WAITING, None, at) for (at,) in rows]
