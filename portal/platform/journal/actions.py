"""Write in the journal: what is about to be done, and how it ended. Two statements an operation; no lock, no queue.

Both run on a connection of the caller's, inside `pool.as_citizen` (or the worker's own), so that they can share a
transaction with what they are about.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, get_args

from msgspec.structs import astuple, replace
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import subjects

from .errors import NotJournalled
from .types import Activity, Journalled, Operation, Result, Status

# Only when every activity stands in the register: also after the database was put back from a back-up.
ASKED = """
insert into public.journal_entry (
    trace_id, operation_id, parent_operation_id, name, actor_kind, actor, subject, start_ms, activities, status
)
select %(trace)b, %(operation)b, %(parent)b, %(name)s, %(kind)s, %(actor)s, %(subject)s, %(start)s, %(activities)b, 0
where not exists (
    select from pg_catalog.unnest(%(activities)b::bytea[]) as wanted (id)
    where not exists (select from public.journal_activity a where a.id operator(pg_catalog.=) wanted.id)
)
"""
REGISTER = """
insert into public.journal_activity (id, body, body_name, dataset, title, purpose, legal_basis, services, retention)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
OUTCOMES = """
insert into public.journal_entry (trace_id, operation_id, subject, end_ms, status, outcomes)
values (%b, %b, %s, %s, %s, %s)
"""
# Only in a transaction of that very citizen: else nothing is bound, and the wall refuses what comes next.
BIND = """
select pg_catalog.set_config('app.journal', %s, true)
where nullif(pg_catalog.current_setting('app.citizen', true), '')::uuid operator(pg_catalog.=) %s
"""

HAD = frozenset(("ready", "partial", "nothing", "kept_ready", "kept_nothing"))
RESULTS = frozenset(get_args(Result))


async def record_asked(conn: AsyncConnection[Any], operation: Operation) -> Journalled:
    """Write down what is about to be asked or shown. Whatever is raised: nothing may be asked or shown then.

    conn: as the citizen. The operation in the receipt has the citizen's `subject`.
    """
    operation = await bound(conn, operation)
    parameters = {
        "trace": operation.trace_id,
        "operation": operation.operation_id,
        "parent": operation.parent_operation_id,
        "name": operation.name,
        "kind": operation.actor.kind.value,
        "actor": operation.actor.name,
        "subject": operation.subject,
        "start": milliseconds(operation.started_at),
        "activities": [activity.id for activity in operation.activities],
    }
    if (await conn.execute(ASKED, parameters, prepare=True)).rowcount:
        return Journalled(operation)
    await register(conn, operation.activities)
    if not (await conn.execute(ASKED, parameters, prepare=True)).rowcount:
        raise NotJournalled(operation.name)
    return Journalled(operation)


async def record_outcomes(
    conn: AsyncConnection[Any], journalled: Journalled, results: Mapping[str, Result], *, now: datetime | None = None
) -> None:
    """Write down how an operation ended: AGENCY.DATASET -> result; what is not there was left before it came.

    conn: as the citizen, and as the operation's `subject`, by which the journal knows them.
    """
    operation = journalled.operation
    outcomes: list[str] = [results.get(activity.name, "left") for activity in operation.activities]
    if not RESULTS.issuperset(outcomes):
        raise ValueError(outcomes)
    parameters = (
        operation.trace_id,
        operation.operation_id,
        operation.subject,
        milliseconds(now or datetime.now(UTC)),
        _status(outcomes).value,
        outcomes,
    )
    await conn.execute(OUTCOMES, parameters, prepare=True)


async def record_done(
    conn: AsyncConnection[Any], operation: Operation, results: Mapping[str, Result] | None = None
) -> None:
    """Write both statements of what is done in this very transaction; without results everything was had.

    Whatever is raised: nothing may be shown, and what was changed is undone.
    """
    journalled = await record_asked(conn, operation)
    had: dict[str, Result] = {activity.name: "ready" for activity in operation.activities}
    await record_outcomes(conn, journalled, {**had, **(results or {})}, now=operation.started_at)


async def record_result(journalled: Journalled, result: Result, *, now: datetime) -> None:
    """Write one end of all that an operation is about, in a transaction of its own: what a worker did meanwhile."""
    operation = journalled.operation
    if operation.citizen_id is None:
        return
    async with pool.as_citizen(operation.citizen_id, subject=operation.subject) as conn:
        results = {activity.name: result for activity in operation.activities}
        await record_outcomes(conn, journalled, results, now=now)


async def bound(conn: AsyncConnection[Any], operation: Operation) -> Operation:
    """Give an operation with the journal's name of its citizen, by which this transaction may write.

    Where the caller had it, nothing is to be done.
    """
    if operation.citizen_id is None or operation.subject is not None:
        return operation
    subject = await subjects.of(operation.citizen_id)
    await conn.execute(BIND, (subject.hex, operation.citizen_id))
    return replace(operation, subject=subject)


async def register(conn: AsyncConnection[Any], activities: Iterable[Activity]) -> None:
    """Put activities in the register; in one order, so that two processes do not wait for each other in a ring."""
    rows = [
        (each.id, *(list(value) if isinstance(value, tuple) else value for value in astuple(each)))
        for each in sorted(activities, key=lambda activity: activity.id)
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(REGISTER, rows)


def _status(outcomes: Iterable[str]) -> Status:
    """Sum up: an error when something could not be had, unset when the reader left before all had come."""
    found = set(outcomes) - HAD
    if found - {"left"}:
        return Status.ERROR
    return Status.UNSET if found else Status.OK


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
