"""Erase a citizen: from the journal, where an entry says what went and why, and then their keys and name in it.

The journal comes first: without the name stored beside the keys its entries cannot be found. An interruption in
between leaves both in place, so the erasure can be repeated.
"""

from portal.platform.database import pool
from portal.platform.keys import citizens, subjects

from .actions import milliseconds, register
from .types import Operation

OPERATION = "erase from the journal"  # row policies and `journal_erase` name it
ERASE = "select public.journal_erase(%s, %b, %b, %s, %s, %s, %b)"


async def erase(operation: Operation) -> int:
    """Erase a citizen's entries with their salts, and then their keys; returns how many entries went.

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
        await register(conn, operation.activities)
        (count,) = await (await conn.execute(ERASE, given)).fetchone() or (0,)
    await citizens.erase(operation.citizen_id)
    return int(count)
