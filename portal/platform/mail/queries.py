"""What can be told of a mail that was handed over."""

from enum import StrEnum
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

# By the job: its row in the outbox is gone in either case, sent or given up.
JOB = "select mail_job(%s)"
GIVEN_UP = frozenset(("failed", "aborted", "cancelled"))


class State(StrEnum):
    """How far a mail is."""

    WAITING = "waiting"
    SENT = "sent"
    GIVEN_UP = "given_up"


async def state(conn: AsyncConnection[Any], mail_id: UUID) -> State:
    """Tell how far a mail is whose id is known, for as long as the queue remembers what failed: a fortnight."""
    (status,) = await (await conn.execute(JOB, (mail_id,))).fetchone() or (None,)
    if status is None:
        return State.SENT
    return State.GIVEN_UP if status in GIVEN_UP else State.WAITING
