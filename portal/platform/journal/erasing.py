"""Erase a citizen: from the journal, where an entry says what went and why, and then their keys and name in it.

The journal comes first: without the name stored beside the keys its entries cannot be found.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import citizens, subjects

from .actions import milliseconds, register
from .types import Operation

OPERATION = "erase from the journal"  # row policies and `journal_erase` name it
ERASE = "select public.journal_erase(%s, %b, %b, %s, %s, %s, %b)"


type Taking = Callable[[AsyncConnection[Any]], Awaitable[None]]


async def _nothing_more(_: AsyncConnection[Any]) -> None:
    pass


async def erase(operation: Operation) -> int:
    """Erase a citizen's entries with their salts, and then their keys; returns how many entries went."""
    count = await erase_entries(operation, _nothing_more)
    await citizens.erase(operation.citizen_id or UUID(int=0))
    return count


async def erase_keys(citizen_id: UUID) -> None:
    """Erase the keys and the name of who has no entries any more."""
    await citizens.erase(citizen_id)


async def erase_entries(operation: Operation, take: Taking) -> int:
    """Erase a citizen's entries with their salts, and what `take` takes before, in one transaction; the keys stay.

    Returns how many entries went.

    operation: named OPERATION, about the citizen, by who wants it; its one activity says on which ground. What the
    releases before wrote under the pseudonym stays until its term, and entries about others in which they are the
    actor stay too, under a name that nobody knows any more. End their sessions first: an open one has the name, and
    what it writes afterwards nobody finds or erases.
    """
    if operation.name != OPERATION or operation.citizen_id is None:
        raise ValueError(operation.name)
    (activity,) = operation.activities
    # This entry is written also for a citizen without entries: it records that their keys were erased.
    subject = await subjects.of(operation.citizen_id)
    given = (
        subject,
        operation.trace_id,
        operation.operation_id,
        operation.actor.kind.value,
        operation.actor.name,
        milliseconds(operation.started_at),
        activity.id,
    )
    async with pool.as_citizen(operation.citizen_id, subject=subject) as conn:
        await take(conn)
        await register(conn, operation.activities)
        (count,) = await (await conn.execute(ERASE, given)).fetchone() or (0,)
    return int(count)


async def finish_keys(citizen_id: UUID) -> None:
    """Do as `erase_keys` for who the portal began to erase. For the worker."""
    await citizens.erase_begun(citizen_id)
