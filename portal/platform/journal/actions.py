"""Write in the journal: what is about to be done, and how it ended. Each is one insert, without lock or queue.

Both run on the caller's connection, inside `pool.as_citizen` (or as the worker), so that they can share a transaction
with the change that they journal. The `_at_once` variants are a transaction of their own in a single message to the
database (decision 0035), which can carry another read or write (`JoinedCall`).
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, get_args
from uuid import UUID

from msgspec.structs import astuple, replace
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.keys import subjects as names

from .errors import NotJournalled
from .types import WORKER, Activity, JoinedCall, Journalled, Operation, OperationStatus, Result

# Insert only if the register has every activity: it may not, after the database was restored from a back-up.
_IN_REGISTER = """not exists (
    select from pg_catalog.unnest(%(activities)b::bytea[]) as wanted (id)
    where not exists (select from public.journal_activity a where a.id operator(pg_catalog.=) wanted.id)
)"""
_ASKED = f"""
insert into public.journal_entry (
    trace_id, operation_id, parent_operation_id, name, actor_kind, actor, subject, start_ms, activities, status
)
select %(trace)b, %(operation)b, %(parent)b, %(name)s, %(kind)s, %(actor)s, {{subject}}, %(start)s, %(activities)b, 0
where {_IN_REGISTER}
"""
REGISTER = """
insert into public.journal_activity (id, body, body_name, dataset, title, purpose, legal_basis, services, retention)
values (%s, %s, %s, %s, %s, %s, %s, %s, %s) on conflict do nothing
"""
_OUTCOMES = """
insert into public.journal_entry (trace_id, operation_id, subject, end_ms, status, outcomes)
values (%(trace)b, %(operation)b, {subject}, %(end)s, %(status)s, %(outcomes)s)
"""
ASKED, OUTCOMES = (each.format(subject="%(subject)s") for each in (_ASKED, _OUTCOMES))
# The row policy sees the row with its columns filled in, so one statement can name the subject and bind it.
_BOUND = "pg_catalog.set_config('app.journal', %(subject)s, true)::uuid"
ASKED_AT_ONCE, OUTCOMES_AT_ONCE = (f"{each.format(subject=_BOUND)} returning 1" for each in (_ASKED, _OUTCOMES))
# Of many citizens at once, of each the line with which it begins and the one with which it ends. They stand in the
# order of the journal's names: in that of the citizens, a dump of both tables would say which name is whose. The ids
# of their operations are cut from random bytes, as making some takes the database long. `unnest` with an ordinality
# is always that of `pg_catalog`, and is known by its bare name only.
DONE_OF_MANY = f"""
with each as materialized (
    select subject, pg_catalog.substr(%(random)b::bytea, (24 * number - 23)::integer, 16) as trace,
        pg_catalog.substr(%(random)b::bytea, (24 * number - 7)::integer, 8) as operation
    from unnest(%(subjects)b::uuid[]) with ordinality as each (subject, number)
)
insert into public.journal_entry (
    trace_id, operation_id, name, actor_kind, actor, subject, start_ms, activities, end_ms, status, outcomes
)
select
    each.trace, each.operation,
    case when line.begins then %(name)s end, case when line.begins then %(kind)s end,
    case when line.begins then %(actor)s end, each.subject, case when line.begins then %(at)s end,
    case when line.begins then %(activities)b end, case when not line.begins then %(at)s end,
    case when line.begins then 0 else %(status)s end, case when not line.begins then %(outcomes)s::text[] end
from each cross join (values (true), (false)) as line (begins)
where {_IN_REGISTER} order by each.subject, line.begins desc
"""  # noqa: S608 - of constants
# This binds only in a transaction of that same citizen; otherwise the row policy refuses the insert that follows.
BIND = """
select pg_catalog.set_config('app.journal', %s, true)
where nullif(pg_catalog.current_setting('app.citizen', true), '')::uuid operator(pg_catalog.=) %s
"""

HAD = frozenset(("ready", "partial", "nothing", "kept_ready", "kept_nothing"))
RESULTS = frozenset(get_args(Result))


async def record_asked(conn: AsyncConnection[Any], operation: Operation) -> Journalled:
    """Journal what is about to be asked or shown. On any error nothing may be asked or shown.

    conn: as the citizen. The operation in the receipt has the citizen's `subject`.
    """
    operation = await bind(conn, operation)
    parameters = _columns_of(operation)
    if (await conn.execute(ASKED, parameters, prepare=True)).rowcount:
        return Journalled(operation)
    await register(conn, operation.activities)
    if not (await conn.execute(ASKED, parameters, prepare=True)).rowcount:
        raise NotJournalled(operation.name)
    return Journalled(operation)


async def record_asked_alone(operation: Operation) -> Journalled:
    """Journal what is about to be opened or made, in a transaction of its own. On any error do none of it."""
    if operation.citizen_id is None:
        raise ValueError("what is about nobody is written in a transaction of the worker's")
    async with pool.as_citizen(operation.citizen_id, subject=operation.subject) as conn:
        return await record_asked(conn, operation)


async def record_asked_at_once(
    operation: Operation, along: JoinedCall | None = None
) -> tuple[Journalled, list[tuple[Any, ...]]]:
    """Journal what is about to be asked or shown, in one message; returns the receipt, and the rows of the call.

    On any error nothing may be asked or shown. When the connection turns out to be dead the message is repeated on
    another one: the operation may then stand in the journal twice, and readers count it once.
    """
    operation = await _name(operation)
    statement = ASKED_AT_ONCE if along is None else _with(ASKED_AT_ONCE, along.call)
    parameters = _columns_of(operation) | _at_once(operation, along)
    rows = await pool.repeatable(statement, parameters, binary=True)
    if not rows:
        async with pool.transaction() as conn:
            await register(conn, operation.activities)
        rows = await pool.repeatable(statement, parameters, binary=True)
    if not rows:
        raise NotJournalled(operation.name)
    return Journalled(operation), [] if along is None else rows


async def record_outcomes(
    conn: AsyncConnection[Any], journalled: Journalled, results: Mapping[str, Result], *, now: datetime | None = None
) -> None:
    """Journal how an operation ended.

    results: AGENCY.DATASET -> result; for a dataset without one the reader left before its answer came (`left`).
    conn: as the citizen, bound to the operation's `subject`. now: the end (UTC).
    """
    await conn.execute(OUTCOMES, _end(journalled.operation, results, now), prepare=True)


async def record_outcomes_at_once(
    journalled: Journalled, results: Mapping[str, Result], along: JoinedCall | None = None
) -> list[tuple[Any, ...]]:
    """Journal how an operation ended, in one message; returns the rows of the call.

    It is repeated as `record_asked_at_once` is, but not with a call, whose parameters may be large.
    """
    operation = journalled.operation
    parameters = _end(operation, results) | _at_once(operation, along)
    if along is None:
        await pool.repeatable(OUTCOMES_AT_ONCE, parameters)
        return []
    statement = _with(OUTCOMES_AT_ONCE, along.call)
    async with pool.connection() as conn:
        return await (await conn.execute(statement.encode(), parameters, prepare=True, binary=True)).fetchall()


async def record_done(
    conn: AsyncConnection[Any], operation: Operation, results: Mapping[str, Result] | None = None
) -> None:
    """Journal beginning and end of what this same transaction does; without results, every activity is `ready`.

    On any error nothing may be shown, and the caller's transaction is rolled back.
    """
    journalled = await record_asked(conn, operation)
    had: dict[str, Result] = {activity.name: "ready" for activity in operation.activities}
    await record_outcomes(conn, journalled, {**had, **(results or {})}, now=operation.started_at)


async def record_all_done(
    conn: AsyncConnection[Any], name: str, activities: Sequence[Activity], subjects: Sequence[UUID], now: datetime
) -> None:
    """Journal beginning and end of what this same transaction does for many citizens, all of it `ready`, each an
    operation of its own.

    conn: the worker's, as nobody. subjects: the citizens' in the journal. On any error do none of it.
    """
    if not subjects:
        return
    # Always registered first: the statement writes nothing for an activity that is missing, and would count too few.
    await register(conn, activities)
    ready: list[Result] = ["ready"] * len(activities)
    parameters = {
        "name": name,
        "activities": [activity.id for activity in activities],
        "status": _status(ready).value,
        "outcomes": ready,
        "kind": WORKER.kind.value,
        "actor": WORKER.name,
        "subjects": list(subjects),
        "random": os.urandom(24 * len(subjects)),
        "at": milliseconds(now),
    }
    if (await conn.execute(DONE_OF_MANY, parameters)).rowcount != 2 * len(subjects):
        raise NotJournalled(name)


async def record_result(journalled: Journalled, result: Result, *, now: datetime) -> None:
    """Journal one result for all activities of an operation, in a transaction of its own, for long work of the
    worker.

    An operation about nobody is left out.
    """
    operation = journalled.operation
    if operation.citizen_id is None:
        return
    async with pool.as_citizen(operation.citizen_id, subject=operation.subject) as conn:
        results = {activity.name: result for activity in operation.activities}
        await record_outcomes(conn, journalled, results, now=now)


async def bind(conn: AsyncConnection[Any], operation: Operation) -> Operation:
    """Complete an operation with its citizen's name in the journal, and bind the transaction to it.

    An operation that has the name is returned as it is.
    """
    named = await _name(operation)
    if named.subject is not None and operation.subject is None:
        await conn.execute(BIND, (named.subject.hex, named.citizen_id))
    return named


async def register(conn: AsyncConnection[Any], activities: Iterable[Activity]) -> None:
    """Put activities in the register, in a fixed order, so that two processes cannot deadlock."""
    rows = [
        (each.id, *(list(value) if isinstance(value, tuple) else value for value in astuple(each)))
        for each in sorted(activities, key=lambda activity: activity.id)
    ]
    async with conn.cursor() as cursor:
        await cursor.executemany(REGISTER, rows)


async def _name(operation: Operation) -> Operation:
    """Complete an operation with its citizen's name in the journal; one about nobody stays without."""
    if operation.citizen_id is None or operation.subject is not None:
        return operation
    return replace(operation, subject=await names.of(operation.citizen_id))


def _columns_of(operation: Operation) -> dict[str, object]:
    return {
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


def _end(operation: Operation, results: Mapping[str, Result], now: datetime | None = None) -> dict[str, object]:
    outcomes: list[str] = [results.get(activity.name, "left") for activity in operation.activities]
    if not RESULTS.issuperset(outcomes):
        raise ValueError(outcomes)
    return {
        "trace": operation.trace_id,
        "operation": operation.operation_id,
        "subject": operation.subject,
        "end": milliseconds(now or datetime.now(UTC)),
        "status": _status(outcomes).value,
        "outcomes": outcomes,
    }


def _at_once(operation: Operation, along: JoinedCall | None) -> dict[str, object]:
    """List the further parameters of an `_at_once` statement: whom it binds, as text, and those of `along`."""
    if operation.subject is None:
        raise ValueError("what is about nobody is written in a transaction of the worker's")
    return {"subject": operation.subject.hex, **(along.parameters if along else {})}


@cache
def _with(statement: str, call: str) -> str:
    """Join a call to a statement: if the statement writes no row, the call returns none."""
    return f"with entry as ({statement}) select along.* from entry left join {call} as along on true"  # noqa: S608 - of constants


def _status(outcomes: Iterable[str]) -> OperationStatus:
    """Summarise results: ERROR when something could not be had, UNSET when the reader left before everything came."""
    found = set(outcomes) - HAD
    if found - {"left"}:
        return OperationStatus.ERROR
    return OperationStatus.UNSET if found else OperationStatus.OK


def milliseconds(moment: datetime) -> int:
    """Give a moment as the journal stores it: milliseconds since 1970."""
    return int(moment.timestamp() * 1000)
