"""Count the pages that were opened: in the memory of each process, and once a minute added up in the database.

A process that stops writes its counts; one that crashes loses those of the last minute.
"""

import asyncio
import logging
from collections import Counter
from contextlib import suppress
from datetime import UTC, date, datetime
from http import HTTPStatus

import psycopg
from django.conf import settings

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy
from portal.platform.language.dates import day_here

EVERY_SECONDS = 60.0
# Requests of programs and of operators say nothing about the use of the portal.
OTHERS = ("machine:", "operator:")
ACCEPTED = (HTTPStatus.SEE_OTHER, HTTPStatus.FOUND)  # the answers to a form that was accepted

# In the order of the routes, so that two processes cannot deadlock.
ADD = """
insert into tallies_page (day, route, opened)
select %s, route, opened from unnest(%s::text[], %s::int[]) given(route, opened) order by route
on conflict (day, route) do update set opened = tallies_page.opened + excluded.opened
"""
EXPIRE = "delete from tallies_page where day < %s"

log = logging.getLogger("portal.tallies")
_opened: Counter[str] = Counter()


def note(route: str, method: str | None, status: int, media: str) -> None:
    """Count a page that was shown, or a form that was accepted. route: ROOM:PAGE; media: the content type."""
    if settings.PAGES_UNCOUNTED or route.startswith(OTHERS):
        return
    is_shown = method == "GET" and status == HTTPStatus.OK and media.startswith("text/html")
    if is_shown or (method == "POST" and status in ACCEPTED):
        _opened[route] += 1


async def write(is_stopping: asyncio.Event) -> None:
    """Write the counts once a minute, until the process stops.

    It is not to be cancelled: what it is just writing would be lost.
    """
    while not await _comes_soon(is_stopping):
        await write_once()


async def _comes_soon(event: asyncio.Event) -> bool:
    """Tell whether an event comes before it is time to write again."""
    with suppress(TimeoutError):
        async with asyncio.timeout(EVERY_SECONDS):
            return await event.wait()
    return False


async def write_once(day: date | None = None) -> None:
    """Add the counts to those in the database; when that fails, keep them for the next time. day: in Belgium."""
    counts = dict(_opened)
    if not counts:
        return
    _opened.clear()
    routes = sorted(counts)
    try:
        async with pool.connection() as conn:
            parameters = (day or day_here(datetime.now(UTC)), routes, [counts[route] for route in routes])
            await conn.execute(ADD, parameters)
    except (DatabaseBusy, psycopg.Error) as error:
        _opened.update(counts)
        log.warning("not written: %s", type(error).__name__)


async def expire(before: date) -> int:
    """Delete the counts of earlier days; returns how many rows. For the worker."""
    return await pool.sweep(EXPIRE, (before,))
