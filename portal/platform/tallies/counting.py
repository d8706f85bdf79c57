"""Count pages that were opened: in the memory of a process, and together in the database once a minute.

A process that stops writes what it counted; one that falls loses the last minute. Several write beside each other.
"""

import asyncio
import logging
from collections import Counter
from datetime import UTC, date, datetime
from http import HTTPStatus

import psycopg
from django.conf import settings

from portal.platform.database import pool
from portal.platform.database.pool import DatabaseBusy
from portal.platform.language.dates import day_here

EVERY_SECONDS = 60.0
# Pages of programs and of whoever runs the portal say nothing of its use.
OTHERS = ("machine:", "operator:")
TAKEN = (HTTPStatus.SEE_OTHER, HTTPStatus.FOUND)  # how a form that was taken is answered

# In the order of the routes: two processes never wait for each other in a circle.
ADD = """
insert into tallies_page (day, route, opened)
select %s, route, opened from unnest(%s::text[], %s::int[]) given(route, opened) order by route
on conflict (day, route) do update set opened = tallies_page.opened + excluded.opened
"""
EXPIRE = "delete from tallies_page where day < %s"

log = logging.getLogger("portal.tallies")
_opened: Counter[str] = Counter()


def note(route: str, method: str | None, status: int, media: str) -> None:
    """Count a page that was shown, or a form that was taken. route: ROOM:PAGE; media: the content type."""
    if settings.PAGES_UNCOUNTED or route.startswith(OTHERS):
        return
    is_shown = method == "GET" and status == HTTPStatus.OK and media.startswith("text/html")
    if is_shown or (method == "POST" and status in TAKEN):
        _opened[route] += 1


async def write() -> None:
    """Write at intervals what was counted, until cancelled."""
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        await write_once()


async def write_once(day: date | None = None) -> None:
    """Write what was counted since; what cannot be written now is kept for the next time. day: in Belgium."""
    counted = dict(_opened)
    if not counted:
        return
    _opened.clear()
    routes = sorted(counted)
    try:
        async with pool.connection() as conn:
            given = (day or day_here(datetime.now(UTC)), routes, [counted[route] for route in routes])
            await conn.execute(ADD, given)
    except (DatabaseBusy, psycopg.Error) as error:
        _opened.update(counted)
        log.warning("not written: %s", type(error).__name__)


async def expire(before: date) -> int:
    """Take away what is of a day before; returns how many rows. For the worker."""
    return await pool.sweep(EXPIRE, (before,))
