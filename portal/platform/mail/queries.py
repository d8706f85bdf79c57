"""What can be told of a mail that was handed over."""

from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

WAITING = "select exists (select from mail_outbox where id = %s)"


async def is_waiting(conn: AsyncConnection[Any], mail_id: UUID) -> bool:
    """Tell whether a mail of the citizen the transaction acts for is not sent yet, or could not be."""
    (waits,) = await (await conn.execute(WAITING, (mail_id,))).fetchone() or (False,)
    return bool(waits)
