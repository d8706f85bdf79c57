"""Erase a citizen from both databases: what is kept of them in the main one in one transaction, then their keys.

In that transaction stand a row (`access_erasure`) and a job. Whatever dies afterwards, one of three goes on: whoever
erased, the worker's job, or the citizen's next sign-in, which starts from nothing. Each holds the row meanwhile.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.jobs import queue
from portal.platform.journal import erasing as journal
from portal.platform.journal.types import Activity, Occasion, begin
from portal.platform.keys import citizens
from portal.platform.kit.errors import PortalError
from portal.platform.kit.unprinted import Unprinted

from . import devices
from .types import Session

FINISH = "access.finish_erasing"
MEANWHILE = timedelta(minutes=1)  # whoever erased has that long to finish it before the worker does

CLOSE_ALL = "delete from access_session where citizen_id = %s returning id"
PUT = "insert into access_erasure (id, citizen_id, at) values (%s, %s, %s)"
TAKE = "delete from access_erasure where citizen_id = %s returning id"
TAKE_ONE = "delete from access_erasure where id = %s returning citizen_id"
LEFT = "select id from access_erasure where at < %s order by at"

log = logging.getLogger("portal.access")

# Takes away what somebody keeps of a citizen, in the caller's transaction.
type Forget = Callable[[AsyncConnection[Any], UUID], Awaitable[None]]


class AlreadyErased(PortalError):
    """The session that wanted it ended meanwhile: in another tab, or because all was erased from there."""

    code = "already-erased"


class Erased(Unprinted, frozen=True):
    """What came of an erasure. entries: of the journal that went; is_whole: False while the keys are still to go."""

    at: datetime
    entries: int
    is_whole: bool


async def erase(session: Session, occasion: Occasion, ground: Activity, forgets: Sequence[Forget]) -> Erased:
    """Erase everything of a citizen. forgets: in the order in which they are to take away.

    Raise AlreadyErased, or DatabaseBusy; then nothing was taken away. Once it returns, all is, or will be.
    """
    citizen_id = occasion.citizen_id

    async def take(conn: AsyncConnection[Any]) -> None:
        # First of all: no page of theirs begins any more, and a second tab waits here and finds nothing.
        closed = await (await conn.execute(CLOSE_ALL, (citizen_id,))).fetchall()
        if session.id not in {bytes(row[0]) for row in closed}:
            raise AlreadyErased
        erasure_id = uuid4()
        await conn.execute(PUT, (erasure_id, citizen_id, occasion.now))
        await queue.defer_until(conn, datetime.now(UTC) + MEANWHILE, FINISH, erasure_id=erasure_id)
        await _forget(conn, citizen_id, forgets)
        await devices.forget(conn, citizen_id)

    try:
        entries = await journal.erase_entries(begin(journal.OPERATION, (ground,), occasion), take)
    except AlreadyErased:
        raise
    except Exception:
        await _drop_begun(citizen_id)
        raise
    try:
        is_whole = await _finish(citizen_id, forgets)
    except Exception as error:
        log.error("an erasure is left for the worker: %s %s", type(error).__name__, occasion.correlation_id)
        is_whole = False
    return Erased(occasion.now, entries, is_whole)


async def finish(erasure_id: UUID) -> None:
    """Finish an erasure that was left half-way; done when it is finished already. For the worker.

    It erases the keys of those alone who began it, and makes or opens nothing of theirs.
    """
    async with pool.transaction() as conn:
        row = await (await conn.execute(TAKE_ONE, (erasure_id,))).fetchone()
        if row is not None:
            await journal.finish_keys(row[0])


async def finish_left(before: datetime) -> None:
    """Finish what is older, whatever became of its job. For the worker."""
    async with pool.connection() as conn:
        rows = await (await conn.execute(LEFT, (before,))).fetchall()
    for (erasure_id,) in rows:
        await finish(erasure_id)


async def come_back(citizen_id: UUID) -> None:
    """Let somebody who signs in start from nothing: finish their erasure first, where one is left.

    Raise DatabaseBusy where that cannot be: a session on the old keys would lose all that it keeps.
    """
    await _finish(citizen_id, ())
    try:
        await citizens.come_back(citizen_id)
    except pool.DatabaseBusy:
        log.error("whether somebody was erased is not known: the key database is away")


async def _finish(citizen_id: UUID, forgets: Sequence[Forget]) -> bool:
    """Take the keys while the row is held, and then once more what a page under way put in before they were gone."""
    async with pool.as_citizen(citizen_id) as conn:
        if await (await conn.execute(TAKE, (citizen_id,))).fetchone() is None:
            return True
        await journal.erase_keys(citizen_id)
        if forgets:
            await conn.execute(CLOSE_ALL, (citizen_id,))
            await _forget(conn, citizen_id, forgets)
    return True


async def _forget(conn: AsyncConnection[Any], citizen_id: UUID, forgets: Sequence[Forget]) -> None:
    for forget in forgets:
        await forget(conn, citizen_id)


async def _drop_begun(citizen_id: UUID) -> None:
    try:
        await citizens.drop_erasing(citizen_id)
    except pool.DatabaseBusy:
        log.error("an erasure that was not done stands as begun")
