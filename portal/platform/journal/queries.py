"""Make accesses of what the journal has of a citizen (`searching` finds it), and tell operators whether it is sealed.

A row of an access: id, start (ms since 1970), end (ms, or None), name, kind of actor, actor, status, ids of
activities, outcomes (None where the end is missing), trace, operation.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from psycopg import AsyncConnection

from portal.platform.database import pool

from .types import Access, Activity, Actor, ActorKind, OperationStatus, SealingState, Use

REGISTERED = "id, body, body_name, dataset, title, purpose, legal_basis, services, retention"
# S608: the statement consists of our own constants.
ACTIVITIES = f"select {REGISTERED} from public.journal_activity where id = any(%b)"  # noqa: S608 - of constants
SEALING = "select looked_at, trouble, now() - looked_at from public.journal_state"


async def sealing_state() -> SealingState:
    """Tell when a worker last came to seal, and what keeps it from that."""
    rows = await pool.repeatable(SEALING)
    return SealingState(*rows[0]) if rows else SealingState(None, "its row is gone")


def activity_of(columns: Sequence[Any]) -> Activity:
    """Make an activity of its columns, as REGISTERED lists them without the id."""
    body, body_name, dataset, title, purpose, legal_basis, services, retention = columns
    return Activity(body, body_name, dataset, title, purpose, legal_basis, tuple(services), retention)


async def activities_of(conn: AsyncConnection[Any], rows: Sequence[tuple[Any, ...]]) -> dict[bytes, Activity]:
    """Read from the register the activities of rows of accesses, by id."""
    ids = list({activity_id for row in rows for activity_id in row[7]})
    cursor = await conn.execute(ACTIVITIES, (ids,), binary=True)
    return {row[0]: activity_of(row[1:]) for row in await cursor.fetchall()}


def accesses_of(rows: Iterable[tuple[Any, ...]], known: Mapping[bytes, Activity]) -> list[Access]:
    """Make accesses of their rows. known: the register's activities by id.

    An activity that the register lost is left out of its access; `verifying` reports it to operators. Raise
    ValueError where an end has another number of outcomes than its beginning has activities.
    """
    return [_access(row, known) for row in rows]


def _access(row: tuple[Any, ...], known: Mapping[bytes, Activity]) -> Access:
    number, start, end, name, kind, actor, status, activities, outcomes, trace, operation = row
    results = outcomes or [None] * len(activities)
    return Access(
        number,
        _moment(start),
        None if end is None else _moment(end),
        name,
        Actor(ActorKind(kind), actor),
        OperationStatus(status),
        tuple(Use(known[id_], result) for id_, result in zip(activities, results, strict=True) if id_ in known),
        trace,
        operation,
    )


def _moment(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)
