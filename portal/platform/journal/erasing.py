"""Erase a citizen's entries from the journal, where a new entry states what was deleted and why, and then their keys.

The entries come first: they are found by the journal subject, which is stored beside the keys. `access.erasing` calls
both, with what the rest of the portal keeps.
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


# Deletes what else is kept of a citizen, in the transaction that it is given.
type AlsoErase = Callable[[AsyncConnection[Any]], Awaitable[None]]


async def erase_keys(citizen_id: UUID) -> None:
    """Erase the keys and the journal subject of a citizen whose entries are erased."""
    await citizens.erase(citizen_id)


async def erase_entries(operation: Operation, also_erase: AlsoErase) -> int:
    """Call `also_erase`, and erase a citizen's entries with their salts, in one transaction; the keys stay.

    Returns how many entries were erased.

    operation: named OPERATION, about the citizen; its actor is whoever asked for it, and its one activity states the
    legal basis. Entries that earlier releases wrote under the pseudonym stay until their term, and so do entries
    about others in which the citizen is the actor, under a name that nobody knows any more. `also_erase` must end the
    citizen's sessions: an open one holds the journal subject, and nobody would find or erase what it writes.
    """
    if operation.name != OPERATION or operation.citizen_id is None:
        raise ValueError(operation.name)
    (activity,) = operation.activities
    # This entry is written also for a citizen without entries: it records that their keys were erased.
    subject = await subjects.of(operation.citizen_id)
    parameters = (
        subject,
        operation.trace_id,
        operation.operation_id,
        operation.actor.kind.value,
        operation.actor.name,
        milliseconds(operation.started_at),
        activity.id,
    )
    async with pool.as_citizen(operation.citizen_id, subject=subject) as conn:
        await also_erase(conn)
        await register(conn, operation.activities)
        (count,) = await (await conn.execute(ERASE, parameters)).fetchone() or (0,)
    return int(count)


async def finish_keys(citizen_id: UUID) -> None:
    """Do as `erase_keys` for a citizen whom the portal began to erase. For the worker, which may erase no others."""
    await citizens.erase_begun(citizen_id)
