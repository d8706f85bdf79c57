"""The floor of the overview: the same work in a process without a server, run by `overview_cpu_ratio`.

    python -m benchmarks.floor     with the portal's environment; reads a cookie's value, then numbers of overviews

Included: the view itself (guard, grouping, the tiles' rules), asking every source over mutual TLS with the portal's
own client, parsing, sealing, the transactions of the journal and the store, every template, and the pieces as bytes;
on uvloop, with the same settings, pool and a real session.

Left out, and thus what the ratio weighs: uvicorn and its HTTP, static files, Django's handler, URL resolving and
middleware (headers, log line, and finding the session: one statement), and writing the page to a socket. Deleting
what was kept happens outside the measured time.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import django
import psycopg
import uvloop

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")
django.setup()

from django.http import HttpRequest, StreamingHttpResponse  # noqa: E402
from django.urls import resolve  # noqa: E402

from benchmarks.browser import OVERVIEW, check  # noqa: E402
from portal.platform.access import sessions  # noqa: E402
from portal.platform.access.types import Session  # noqa: E402
from portal.platform.database import pool  # noqa: E402
from portal.platform.sources import catalogue  # noqa: E402
from portal.platform.wire import calls  # noqa: E402


def _request(session: Session) -> HttpRequest:
    """Make what the middleware would have made of a request."""
    request = HttpRequest()
    request.method, request.path = "GET", OVERVIEW
    request.session = session
    request.correlation_id = "00000000-0000-4000-8000-000000000000"
    request.csp_nonce = "0000000000000000000000"
    return request


async def overviews(count: int, session: Session, owner: psycopg.Connection) -> float:
    """Make so many overviews, one after another; return the seconds of processor they took."""
    # By its address: only the addresses of a feature may be known outside it.
    view = resolve(OVERVIEW).func
    sources = len(catalogue.installed().entries)
    used = 0.0
    for _ in range(count):
        owner.execute("truncate sources_answer")
        started = time.process_time()
        response: StreamingHttpResponse = await view(_request(session))
        pieces = [piece async for piece in response]
        used += time.process_time() - started
        check(response.status_code, b"".join(pieces), sources)
    return used


async def _open(cookie: str) -> Session:
    catalogue.installed()
    await pool.open_pool()
    session = await sessions.find(cookie, now=datetime.now(UTC))
    if session is None:
        raise SystemExit("this cookie leads to no session")
    return session


async def _close() -> None:
    await calls.close()
    await pool.close_pools()


def serve(do: Callable[[int, Session, psycopg.Connection], Awaitable[float]]) -> None:
    """Read a cookie's value, then a number a line; answer each with the seconds of processor that `do` took."""
    cookie = sys.stdin.readline().strip()
    with (
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        psycopg.connect(os.environ["DATABASE_URL_OWNER"], autocommit=True) as owner,
    ):
        session = runner.run(_open(cookie))

        async def done(count: int) -> float:
            return await do(count, session, owner)

        try:
            for line in sys.stdin:
                used = runner.run(done(int(line)))
                sys.stdout.write(json.dumps(used) + "\n")
                sys.stdout.flush()
        finally:
            runner.run(_close())


if __name__ == "__main__":
    serve(overviews)
