"""Change what a citizen arranged, one after the other: two tabs never undo each other's work.

Whoever changes anything holds the link with the eBox. Where it was withdrawn, nothing is kept; a withdrawal waits
for who holds it, and then takes away what they kept too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool

from .arrangement import NotLinked

HOLD = "select 1 from mailbox_link where citizen_id = %s for update"


@asynccontextmanager
async def held(citizen_id: UUID) -> AsyncIterator[AsyncConnection[Any]]:
    """Give a transaction of the citizen in which nobody else changes what they arranged. Raise NotLinked."""
    async with pool.as_citizen(citizen_id) as conn:
        if await (await conn.execute(HOLD, (citizen_id,))).fetchone() is None:
            raise NotLinked
        yield conn
