"""Erase a citizen from both databases: from the main one in one transaction, then their keys from the other.

The transaction also writes a row (`access_erasure`) and a job. Whatever process dies afterwards, another finishes:
the worker's job, a round of the portal's processes, or the citizen's next sign-in, which starts from nothing. Each
locks the row meanwhile. The row stays until no request that was under way can still run; the erasure is then closed:
what such a request stored is erased too, and the row with it (decision 0062).
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.feature import installed
from portal.platform.feature.types import Tables
from portal.platform.jobs import queue
from portal.platform.journal import erasing as journal
from portal.platform.journal.types import Activity, Occasion, begin
from portal.platform.keys import citizens
from portal.platform.kit.errors import PortalError
from portal.platform.kit.unprinted import Unprinted
from portal.platform.mail import actions as mail

from . import devices, repeating
from .types import Session

FINISH = "access.finish_erasing"
MEANWHILE = timedelta(minutes=1)  # whoever erased has that long to erase the keys before the worker does
LONGEST_PAGE = timedelta(minutes=15)  # longer than any request of a session that is gone can go on

# The portal's steps of one citizen come one after the other: two tabs that erase, `_drop_begun`, and those that take
# the keys or close. `erase` locks the sessions before the row of the erasure, and the latter two the row first.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('erasing ' || %s::uuid, 0))"
CLOSE_ALL = "delete from access_session where citizen_id = %s returning id"
# An earlier erasure may still be open: of somebody who signed in while it was under way, and now erases again.
PUT = """
insert into access_erasure (id, citizen_id, at) values (%s, %s, %s)
on conflict (citizen_id) do update set id = excluded.id, at = excluded.at, erased_at = null
"""
HOLD = "select erased_at is not null from access_erasure where citizen_id = %s for update"
STANDS = "select 1 from access_erasure where citizen_id = %s"
KEYS_GONE = "update access_erasure set erased_at = now() where citizen_id = %s"
KEYS_GONE_BY_WORKER = """
update access_erasure set erased_at = now() where id = %s and erased_at is null returning citizen_id
"""
CLOSE = "delete from access_erasure where citizen_id = %s"
OVERDUE = "select id from access_erasure where erased_at is null and at < %s order by at"
OPEN = "select citizen_id from access_erasure where coalesce(erased_at, at) < %s order by at limit 100"

log = logging.getLogger("portal.access")

# A feature's function that deletes what the feature keeps of a citizen, in the caller's transaction.
type Forget = Callable[[AsyncConnection[Any], UUID], Awaitable[None]]


class AlreadyErased(PortalError):
    """The session that asked for the erasure ended meanwhile, because another tab erased everything."""

    code = "already-erased"


class SignedOut(PortalError):
    """The session that asked for the erasure ended meanwhile, and nothing was erased."""

    code = "signed-out"


class Erased(Unprinted, frozen=True):
    """The result of an erasure.

    is_whole: False while the keys are still to be erased. has_farewells: whether bodies are still to be told of it
    (`Tables.farewell`). How many entries of the journal went it does not say: use of data that is withheld counts.
    """

    at: datetime
    is_whole: bool
    has_farewells: bool


def forget_steps(*, late: bool = False) -> Sequence[Forget]:
    """List the functions that delete: of mails that wait, then of each feature after those that write its tables.

    Features that this installation switched off count too. `erase` itself deletes sessions (and with them the answers
    of sources), kinds of device and the journal. late: the functions for after everything was erased, which spare
    what arrived since (`Tables.forget_late`).
    """
    tables = _tables()
    order = TopologicalSorter({name: [id_ for id_ in own.after if id_ in tables] for name, own in tables.items()})
    inside = [tables[name] for name in order.static_order()]
    return [mail.forget, *((own.forget_late if late else None) or own.forget for own in inside)]


async def erase(session: Session, occasion: Occasion, ground: Activity, steps: Sequence[Forget]) -> Erased:
    """Erase everything of a citizen. steps: `forget_steps()`, in the order in which they are to run.

    Raise AlreadyErased, SignedOut or DatabaseBusy; nothing was erased then. Once it returns, all is or will be.
    """
    citizen_id, has_farewells = occasion.citizen_id, False

    async def take(conn: AsyncConnection[Any]) -> None:
        nonlocal has_farewells
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        await citizens.begin_erasing(citizen_id)
        # Sessions go first: no page of theirs begins any more, and a second tab finds nothing.
        closed = await (await conn.execute(CLOSE_ALL, (citizen_id,))).fetchall()
        if session.id not in {bytes(row[0]) for row in closed}:
            raise AlreadyErased if await _stands(conn, citizen_id) else SignedOut
        erasure_id = uuid4()
        await conn.execute(PUT, (erasure_id, citizen_id, occasion.now))
        await queue.defer_until(conn, datetime.now(UTC) + MEANWHILE, FINISH, erasure_id=erasure_id)
        await repeating.note(conn, citizen_id, occasion.now)
        for own in _tables().values():
            if own.farewell is not None:
                has_farewells |= await own.farewell(conn, citizen_id, session.identity.insz, occasion.now)
        await _forget(conn, citizen_id, steps)

    try:
        await journal.erase_entries(begin(journal.OPERATION, (ground,), occasion), take)
    except Exception:
        await _drop_begun(citizen_id)
        raise
    try:
        await _erase_keys(citizen_id)
        is_whole = True
    except Exception as error:
        log.error("an erasure is left for the worker: %s %s", type(error).__name__, occasion.correlation_id)
        is_whole = False
    return Erased(occasion.now, is_whole, has_farewells)


async def finish(erasure_id: UUID) -> None:
    """Erase the keys of an erasure that was left half-way; do nothing when they are gone. For the worker.

    The worker's role may erase only keys of citizens whose erasure was begun, and can neither make nor open keys.
    """
    async with pool.transaction() as conn:
        row = await (await conn.execute(KEYS_GONE_BY_WORKER, (erasure_id,))).fetchone()
        if row is not None:
            await journal.finish_keys(row[0])


async def finish_overdue(before: datetime) -> None:
    """Finish the erasures of before then, whose jobs may have given up. One that fails does not stop the others.

    For the worker.
    """
    async with pool.connection() as conn:
        rows = await (await conn.execute(OVERDUE, (before,))).fetchall()
    for (erasure_id,) in rows:
        try:
            await finish(erasure_id)
        except Exception as error:
            log.error("an erasure is not finished: %s", type(error).__name__)


async def close_finished(now: datetime) -> None:
    """Close the erasures during which no request can still be under way. For the portal, whose role may do all of it.

    It also finishes those whose keys the worker may not erase: a back-up of the key database that was put back does
    not know that they were begun.
    """
    async with pool.connection() as conn:
        rows = await (await conn.execute(OPEN, (now - LONGEST_PAGE,))).fetchall()
    for (citizen_id,) in rows:
        try:
            await _close(citizen_id)
        except Exception as error:
            log.error("an erasure is not closed: %s", type(error).__name__)


async def come_back(citizen_id: UUID) -> None:
    """Let somebody who signs in start from nothing: finish and close their erasure first, where one is open.

    Raise DatabaseBusy when that fails: whatever a session kept with the old keys would be lost, and what it keeps
    while the key database still has the erasure would be refused.
    """
    if await _close(citizen_id):
        return
    # Only a main database that was put back has no row of an erasure that the key database still has.
    try:
        await citizens.come_back(citizen_id)
    except pool.DatabaseBusy:
        log.error("whether somebody was erased is not known: the key database is away")


async def is_open(citizen_id: UUID) -> bool:
    """Tell whether somebody's erasure is not closed yet: who signed in meanwhile has to come back once more.

    That ends their session, which could keep nothing.
    """
    async with pool.as_citizen(citizen_id) as conn:
        return await _stands(conn, citizen_id)


async def _erase_keys(citizen_id: UUID) -> None:
    """Erase the keys while the row is locked, and delete again: a page under way may have stored something before."""
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        if await (await conn.execute(HOLD, (citizen_id,))).fetchone() is None:
            return
        await journal.erase_keys(citizen_id)
        await conn.execute(CLOSE_ALL, (citizen_id,))
        await _forget(conn, citizen_id, forget_steps(late=True))
        await conn.execute(KEYS_GONE, (citizen_id,))


async def _close(citizen_id: UUID) -> bool:
    """Delete what was stored since, the keys too where they are still there, and then the row; False without a row.

    The row goes only once the key database lets the citizen have keys again: nothing else tells a sign-in, for which
    the key database is away, that it still has the erasure.
    """
    async with pool.as_citizen(citizen_id) as conn:
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        row = await (await conn.execute(HOLD, (citizen_id,))).fetchone()
        if row is None:
            return False
        if not row[0]:
            await journal.erase_keys(citizen_id)
        # A sign-in closes first: while the row stands, every session is from before, or was opened meanwhile.
        await conn.execute(CLOSE_ALL, (citizen_id,))
        await _forget(conn, citizen_id, forget_steps(late=True))
        await conn.execute(CLOSE, (citizen_id,))
        await citizens.come_back(citizen_id)
    return True


def _tables() -> Mapping[str, Tables]:
    return {feature.id: feature.tables for feature in installed.with_tables() if feature.tables}


async def _stands(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    return await (await conn.execute(STANDS, (citizen_id,))).fetchone() is not None


async def _forget(conn: AsyncConnection[Any], citizen_id: UUID, steps: Sequence[Forget]) -> None:
    for forget in steps:
        await forget(conn, citizen_id)
    # Row-level security allows this for as long as the row of the erasure is there.
    await devices.forget(conn, citizen_id)


async def _drop_begun(citizen_id: UUID) -> None:
    """Withdraw in the key database that it was begun, unless another tab erases: the worker could not finish that."""
    try:
        async with pool.as_citizen(citizen_id) as conn:
            await conn.execute(ONE_BY_ONE, (citizen_id,))
            if not await _stands(conn, citizen_id):
                await citizens.drop_erasing(citizen_id)
    except pool.DatabaseBusy:
        log.error("an erasure that was not done stands as begun")
