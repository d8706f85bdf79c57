"""Keep what belongs to the link with the eBox: one change of a citizen's after the other, and none without a link.

Whoever changes anything holds the link: two tabs never undo each other's work. Where it was withdrawn, nothing is
kept; a withdrawal waits for who holds it, and then takes away what they kept too.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.kit.errors import PortalError

HOLD = "select 1 from mailbox_link where citizen_id = %s for update"


class NotLinked(PortalError):
    """The link with the eBox was withdrawn meanwhile: nothing is kept any more."""

    code = "not_linked"


@asynccontextmanager
async def hold(citizen_id: UUID) -> AsyncIterator[AsyncConnection[Any]]:
    """Give a transaction of the citizen in which nobody else changes what is kept with the link. Raise NotLinked."""
    async with pool.as_citizen(citizen_id) as conn:
        if await (await conn.execute(HOLD, (citizen_id,))).fetchone() is None:
            raise NotLinked
        yield conn
