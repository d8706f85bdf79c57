"""Act once on what is sent twice: a form that was sent twice, a return from the provider that came twice.

The first request does the work. Requests that repeat it meanwhile, in any process, wait for its answer and get the
same. Owns `access_once`: unlogged marks and sealed answers, deleted with their session, or else within minutes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import msgspec
from psycopg import AsyncConnection

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy
from portal.platform.keys.boxes import Box
from portal.platform.keys.errors import CannotOpen

from .types import Session

# A process that dies leaves its claim behind; after this time another may take it over. It must exceed the longest
# work (a photo waits in its citizen's queue and for a turn), or the work would be done twice.
TAKEN_OVER_AFTER = timedelta(seconds=60)
PATIENCE_SECONDS = 12.0
PAUSES_SECONDS = (0.02, 0.2)  # between two looks: the first, and the longest
MOST_FORMS = 20  # answers that a session keeps
LARGEST = 256 * 1024  # bytes of an answer that is kept

CLAIM = """
insert into access_once (mark, session_id, citizen_id, started_at)
values (%(mark)s, %(session)s, %(citizen)s, %(now)s)
on conflict (mark) do update set started_at = excluded.started_at
    where access_once.sealed is null and access_once.started_at < %(now)s::timestamptz - %(taken_over)s::interval
returning 1
"""
LOOK = "select sealed from access_once where mark = %s"
END = "update access_once set sealed = %s where mark = %s"
RELEASE = "delete from access_once where mark = %s and sealed is null"
# The oldest answers are deleted when there are too many.
BOUND = """
delete from access_once where session_id = %(session)s and sealed is not null and mark not in (
    select mark from access_once where session_id = %(session)s order by started_at desc limit %(most)s
)
"""
EXPIRE = "delete from access_once where session_id is null and started_at < %s"

log = logging.getLogger("portal.access")


class OnceAnswer(msgspec.Struct, frozen=True):
    """The answer to a request. is_first: this request did the work; is_late: the answer was there before it came."""

    answer: bytes
    is_first: bool
    is_late: bool


# Work that began goes on when its browser disconnects; its answer goes to whoever asks again.
_under_way: dict[bytes, asyncio.Task[OnceAnswer | None]] = {}


async def once(
    mark: bytes, box: Box, act: Callable[[], Awaitable[bytes | None]], *, session: Session | None = None
) -> OnceAnswer | None:
    """Let one of all requests with this mark call `act`, and give its answer to each of them.

    mark: 32 bytes that nobody else can know. box: seals the answer. act: gives the answer to keep, or None for one
    that must not be kept (it failed: whoever sends the request again tries again). session: the answer is deleted
    with it; None for a return from the provider, whose answer lives for minutes. Returns None when `act` gave None,
    or when another process is still busy after twelve seconds. Raises what `act` raises.
    """
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while mark in _under_way:
        # Within this process one request polls the database for all that wait.
        answer = await asyncio.shield(_under_way[mark])
        if answer is not None:
            return msgspec.structs.replace(answer, is_first=False)
        if asyncio.get_running_loop().time() >= until:
            return None
    # It runs in a task of its own: the request may be cancelled at any moment, also between the claim and the work.
    doing = asyncio.create_task(_wait_or_claim(mark, box, act, session, until))
    _under_way[mark] = doing
    doing.add_done_callback(partial(_end, mark))
    return await asyncio.shield(doing)


async def wait_for_ends(seconds: float) -> None:
    """Wait until the work under way has ended, also that whose browser left; at most so long.

    For a process that stops: a claim without an answer would have others wait, and do the work again.
    """
    if _under_way:
        await asyncio.wait(_under_way.values(), timeout=seconds)


async def expire(before: datetime) -> int:
    """Delete the answers to returns from the provider of before then, as the worker; returns how many."""
    return await pool.sweep(EXPIRE, (before,))


async def _wait_or_claim(
    mark: bytes, box: Box, act: Callable[[], Awaitable[bytes | None]], session: Session | None, until: float
) -> OnceAnswer | None:
    """Wait for the answer of the request that was first, in another process; or be the first.

    until: seconds on the loop's clock.
    """
    bound = b"once\0" + mark
    is_late = True
    pause, longest = PAUSES_SECONDS
    while not await _claim(mark, session):
        sealed = await _answer(mark, session)
        if sealed is not None:
            try:
                return OnceAnswer(box.open(sealed, bound), is_first=False, is_late=is_late)
            except CannotOpen:
                return None
        if asyncio.get_running_loop().time() >= until:
            return None
        is_late = False
        await asyncio.sleep(pause)
        pause = min(2 * pause, longest)
    answer = await _do(mark, box, bound, act, session)
    return None if answer is None else OnceAnswer(answer, is_first=True, is_late=False)


async def _do(
    mark: bytes, box: Box, bound: bytes, act: Callable[[], Awaitable[bytes | None]], session: Session | None
) -> bytes | None:
    answer: bytes | None = None
    try:
        answer = await act()
    finally:
        try:
            async with _seeing(session) as conn:
                if answer is not None and len(answer) <= LARGEST:
                    await conn.execute(END, (box.seal(answer, bound), mark))
                else:
                    await conn.execute(RELEASE, (mark,))
        except DatabaseBusy as error:
            # The work is done: the answer goes out although it could not be stored.
            log.error("an answer was not kept: %s", error.detail)
    return answer


async def _claim(mark: bytes, session: Session | None) -> bool:
    values = {
        "mark": mark,
        "session": session.id if session else None,
        "citizen": session.citizen_id if session else None,
        "now": datetime.now(UTC),
        "taken_over": TAKEN_OVER_AFTER,
        "most": MOST_FORMS,
    }
    async with _seeing(session) as conn:
        is_ours = await (await conn.execute(CLAIM, values)).fetchone() is not None
        if is_ours and session is not None:
            await conn.execute(BOUND, values)
    return is_ours


async def _answer(mark: bytes, session: Session | None) -> bytes | None:
    async with _seeing(session) as conn:
        row = await (await conn.execute(LOOK, (mark,))).fetchone()
    return row[0] if row else None


@asynccontextmanager
async def _seeing(session: Session | None) -> AsyncIterator[AsyncConnection[Any]]:
    """Borrow a connection that sees the rows of a session's citizen; without a session, the rows of no citizen."""
    if session is not None:
        async with pool.as_citizen(session.citizen_id) as conn:
            yield conn
    else:
        async with pool.transaction() as conn:
            yield conn


def _end(mark: bytes, doing: asyncio.Task[OnceAnswer | None]) -> None:
    del _under_way[mark]
    # Nobody may await the task any more: retrieving the exception keeps asyncio from reporting it.
    if not doing.cancelled() and (error := doing.exception()) is not None:
        log.debug("not done: %s", type(error).__name__)
