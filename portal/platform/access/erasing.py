"""Erase a citizen from both databases: what is kept of them in the main one in one transaction, then their keys.

In that transaction stand a row (`access_erasure`) and a job. Whatever dies afterwards, one of four goes on: whoever
erased, the worker's job, a round of the portal's processes, or the citizen's next sign-in, which starts from nothing.
Each holds the row meanwhile. It stays until no page that was under way can be there any more, and is then closed by
taking away once more what one of those put in.
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
MEANWHILE = timedelta(minutes=1)  # whoever erased has that long to finish it before the worker does
LONGEST_PAGE = timedelta(minutes=15)  # longer than any request of a session that is gone can go on

# Two tabs of one citizen erase one after the other, and so does who takes back that it was begun.
ONE_BY_ONE = "select pg_advisory_xact_lock(hashtextextended('erasing ' || %s::uuid, 0))"
CLOSE_ALL = "delete from access_session where citizen_id = %s returning id"
# One that is not closed yet is there where somebody signed in while it was under way, and erases again.
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
LEFT = "select id from access_erasure where erased_at is null and at < %s order by at"
OPEN = "select citizen_id from access_erasure where coalesce(erased_at, at) < %s order by at limit 100"

log = logging.getLogger("portal.access")

# Takes away what somebody keeps of a citizen, in the caller's transaction.
type Forget = Callable[[AsyncConnection[Any], UUID], Awaitable[None]]


class AlreadyErased(PortalError):
    """The session that wanted it ended meanwhile, because all was erased from another tab."""

    code = "already-erased"


class SignedOut(PortalError):
    """The session that wanted it ended meanwhile, and nothing was erased."""

    code = "signed-out"


class Erased(Unprinted, frozen=True):
    """What came of an erasure.

    entries: of the journal that went. is_whole: False while the keys are still to go. has_farewells: bodies are still
    to be told of it.
    """

    at: datetime
    entries: int
    is_whole: bool
    has_farewells: bool


def forgets(*, late: bool = False) -> Sequence[Forget]:
    """List what takes away: mails that wait, then each feature after those that put rows into its tables.

    Of features that this portal left out too. Sessions, kinds of device and the journal are taken here, and answers
    with their session. late: what takes away after all was erased, and leaves what arrived since.
    """
    tables = _tables()
    order = TopologicalSorter({name: [one for one in owes.after if one in tables] for name, owes in tables.items()})
    inside = [tables[name] for name in order.static_order()]
    return [mail.forget, *((owes.forget_late if late else None) or owes.forget for owes in inside)]


async def erase(session: Session, occasion: Occasion, ground: Activity, forgets: Sequence[Forget]) -> Erased:
    """Erase everything of a citizen. forgets: in the order in which they are to take away.

    Raise AlreadyErased, SignedOut or DatabaseBusy; then nothing was taken away. Once it returns, all is, or will be.
    """
    citizen_id, has_farewells = occasion.citizen_id, False

    async def take(conn: AsyncConnection[Any]) -> None:
        nonlocal has_farewells
        await conn.execute(ONE_BY_ONE, (citizen_id,))
        await citizens.begin_erasing(citizen_id)
        # First of all: no page of theirs begins any more, and a second tab finds nothing.
        closed = await (await conn.execute(CLOSE_ALL, (citizen_id,))).fetchall()
        if session.id not in {bytes(row[0]) for row in closed}:
            raise AlreadyErased if await _stands(conn, citizen_id) else SignedOut
        erasure_id = uuid4()
        await conn.execute(PUT, (erasure_id, citizen_id, occasion.now))
        await queue.defer_until(conn, datetime.now(UTC) + MEANWHILE, FINISH, erasure_id=erasure_id)
        await repeating.note(conn, citizen_id, occasion.now)
        for owes in _tables().values():
            if owes.farewell is not None:
                has_farewells |= await owes.farewell(conn, citizen_id, session.identity.insz, occasion.now)
        await _forget(conn, citizen_id, forgets)

    try:
        entries = await journal.erase_entries(begin(journal.OPERATION, (ground,), occasion), take)
    except Exception:
        await _drop_begun(citizen_id)
        raise
    try:
        await _take_keys(citizen_id)
        is_whole = True
    except Exception as error:
        log.error("an erasure is left for the worker: %s %s", type(error).__name__, occasion.correlation_id)
        is_whole = False
    return Erased(occasion.now, entries, is_whole, has_farewells)


async def finish(erasure_id: UUID) -> None:
    """Take the keys of an erasure that was left half-way; done when they are gone already. For the worker.

    It erases the keys of those alone who began it, and makes or opens nothing of theirs.
    """
    async with pool.transaction() as conn:
        row = await (await conn.execute(KEYS_GONE_BY_WORKER, (erasure_id,))).fetchone()
        if row is not None:
            await journal.finish_keys(row[0])


async def finish_left(before: datetime) -> None:
    """Finish what is older, whatever became of its job: what fails keeps nothing else from it. For the worker."""
    async with pool.connection() as conn:
        rows = await (await conn.execute(LEFT, (before,))).fetchall()
    for (erasure_id,) in rows:
        try:
            await finish(erasure_id)
        except Exception as error:
            log.error("an erasure is not finished: %s", type(error).__name__)


async def close_over(now: datetime) -> None:
    """Close erasures of which no page can be under way any more. For the portal, which may forget and take keys.

    It finishes those too of which the worker may not take the keys, since a key database was put back meanwhile.
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

    Raise DatabaseBusy where that cannot be: a session on the old keys would lose all that it keeps.
    """
    await _close(citizen_id)
    try:
        await citizens.come_back(citizen_id)
    except pool.DatabaseBusy:
        log.error("whether somebody was erased is not known: the key database is away")


async def is_open(citizen_id: UUID) -> bool:
    """Tell whether somebody's erasure is not closed yet: who signed in meanwhile has to come back once more."""
    async with pool.as_citizen(citizen_id) as conn:
        return await _stands(conn, citizen_id)


async def _take_keys(citizen_id: UUID) -> None:
    """Take the keys while the row is held, and then once more what a page under way put in before they were gone."""
    async with pool.as_citizen(citizen_id) as conn:
        if await (await conn.execute(HOLD, (citizen_id,))).fetchone() is None:
            return
        await journal.erase_keys(citizen_id)
        await conn.execute(CLOSE_ALL, (citizen_id,))
        await _forget(conn, citizen_id, forgets(late=True))
        await conn.execute(KEYS_GONE, (citizen_id,))


async def _close(citizen_id: UUID) -> None:
    """Take away what came since, also the keys where those are still to go, and the row with it."""
    async with pool.as_citizen(citizen_id) as conn:
        row = await (await conn.execute(HOLD, (citizen_id,))).fetchone()
        if row is None:
            return
        if not row[0]:
            await journal.erase_keys(citizen_id)
            await conn.execute(CLOSE_ALL, (citizen_id,))
        await _forget(conn, citizen_id, forgets(late=True))
        await conn.execute(CLOSE, (citizen_id,))


def _tables() -> Mapping[str, Tables]:
    return {feature.id: feature.tables for feature in installed.with_tables() if feature.tables}


async def _stands(conn: AsyncConnection[Any], citizen_id: UUID) -> bool:
    return await (await conn.execute(STANDS, (citizen_id,))).fetchone() is not None


async def _forget(conn: AsyncConnection[Any], citizen_id: UUID, forgets: Sequence[Forget]) -> None:
    for forget in forgets:
        await forget(conn, citizen_id)
    # Its wall lets this pass for as long as the row of the erasure stands.
    await devices.forget(conn, citizen_id)


async def _drop_begun(citizen_id: UUID) -> None:
    """Take back that it was begun, unless another tab erases: the worker could not finish that one any more."""
    try:
        async with pool.as_citizen(citizen_id) as conn:
            await conn.execute(ONE_BY_ONE, (citizen_id,))
            if not await _stands(conn, citizen_id):
                await citizens.drop_erasing(citizen_id)
    except pool.DatabaseBusy:
        log.error("an erasure that was not done stands as begun")
