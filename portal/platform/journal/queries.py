"""Read in the journal, for the citizen whose data it is about; and whether it is sealed, for operators."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import subjects

from .types import Access, Activity, Actor, ActorKind, OperationStatus, SealingState, Use

# An operation that was written twice, after a lost connection, counts once: where it was written first.
_ENTRIES = """(
select a.id, a.start_ms, o.end_ms, a.name, a.actor_kind, a.actor, coalesce(o.status, 0), a.activities, o.outcomes,
    a.trace_id, a.operation_id
from public.journal_entry a
left join lateral (
    select e.end_ms, e.status, e.outcomes from public.journal_entry e
    where e.{0} = a.{0} and e.operation_id = a.operation_id and e.trace_id = a.trace_id and e.outcomes is not null
    order by e.id limit 1
) o on true
where a.{0} = %({0})s and a.activities is not null and a.id < %(before)s and a.id = coalesce(
    (select min(d.id) from public.journal_entry d where d.{0} = a.{0} and d.actor_kind = 'citizen'
        and d.start_ms = a.start_ms and d.operation_id = a.operation_id),
    (select min(d.id) from public.journal_entry d where d.{0} = a.{0} and d.actor is not null
        and d.start_ms = a.start_ms and d.operation_id = a.operation_id)
)
order by a.id desc limit %(most)s
)"""
# Earlier releases wrote the pseudonym; each form of the name has an index of its own.
ENTRIES = f"""
{_ENTRIES.format("subject")} union all {_ENTRIES.format("citizen_id")} order by 1 desc limit %(most)s
"""
REGISTERED = "id, body, body_name, dataset, title, purpose, legal_basis, services, retention"
# S608: the statement consists of our own constants.
ACTIVITIES = f"select {REGISTERED} from public.journal_activity where id = any(%b)"  # noqa: S608 - of constants
SEALING = "select looked_at, trouble from public.journal_state"
LAST = 2**63 - 1


async def entries_of(citizen_id: UUID, *, before: int = LAST, most: int = 100) -> list[Access]:
    """List the accesses to a citizen's data, the newest first, at most `most`.

    before: the id of the last access of the previous page; only earlier ones are listed.
    """
    subject = await subjects.find(citizen_id)
    parameters = {"subject": subject, "citizen_id": citizen_id, "before": before, "most": most}
    async with pool.as_citizen(citizen_id, subject=subject) as conn:
        cursor = await conn.execute(ENTRIES.encode(), parameters, binary=True)
        rows = await cursor.fetchall()
        return accesses_of(rows, await activities_of(conn, rows))


async def sealing_state() -> SealingState:
    """Tell when a worker last came to seal, and what keeps it from that."""
    rows = await pool.repeatable(SEALING)
    return SealingState(*rows[0]) if rows else SealingState(None, "its row is gone")


def activity_of(columns: Sequence[Any]) -> Activity:
    """Make an activity of its columns, as REGISTERED lists them without the id."""
    body, body_name, dataset, title, purpose, legal_basis, services, retention = columns
    return Activity(body, body_name, dataset, title, purpose, legal_basis, tuple(services), retention)


async def activities_of(conn: AsyncConnection[Any], rows: Sequence[tuple[Any, ...]]) -> dict[bytes, Activity]:
    """Read from the register the activities of rows with the columns of `ENTRIES`, by id."""
    ids = list({activity_id for row in rows for activity_id in row[7]})
    cursor = await conn.execute(ACTIVITIES, (ids,), binary=True)
    return {row[0]: activity_of(row[1:]) for row in await cursor.fetchall()}


def accesses_of(rows: Iterable[tuple[Any, ...]], known: Mapping[bytes, Activity]) -> list[Access]:
    """Make accesses of rows with the columns of `ENTRIES`. known: the register's activities by id."""
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
