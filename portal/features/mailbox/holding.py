"""Lock the row of a citizen's link while stars, folders, notes or reminders are changed.

So two tabs change one after the other, and nothing is stored without a link: a withdrawal waits for the lock and then
deletes what was stored under it too.
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
    """The citizen has no link with their eBox, or withdrew it meanwhile: nothing is stored."""

    code = "not_linked"


@asynccontextmanager
async def hold(citizen_id: UUID) -> AsyncIterator[AsyncConnection[Any]]:
    """Lock a citizen's link for the transaction that is given; no other changes what is kept with it.

    Raise NotLinked.
    """
    async with pool.as_citizen(citizen_id) as conn:
        if await (await conn.execute(HOLD, (citizen_id,))).fetchone() is None:
            raise NotLinked
        yield conn
