"""The ASGI application: Django behind a static-file server, with what a process opens at its start and closes.

`serving` gives it to uvicorn.
"""

import asyncio
import gc
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

import django
from django.conf import settings
from django.core.cache import close_caches
from django.core.checks import run_checks
from django.core.handlers.base import reset_urlconf
from django.core.management.base import SystemCheckError
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, reset_queries
from servestatic import ServeStaticASGI

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

django.setup(set_prefix=False)
# These receivers are for Django's own connections, which no page uses (`database.pool`). They are not asynchronous:
# each would give every request a thread, for as long as its page is open.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)
request_finished.disconnect(close_old_connections)
# What else Django does after each request is for its caches, and for tables of addresses of a request's own: the
# portal has neither.
request_finished.disconnect(close_caches)
request_finished.disconnect(reset_urlconf)

# After the setup: these read the app registry.
from portal.config import uploads
from portal.config.handler import RequestHandler
from portal.config.security_headers import on_every_answer
from portal.platform.access import oidc, once
from portal.platform.confined import programs, walls
from portal.platform.database import pool
from portal.platform.feature import rounds
from portal.platform.keys import installation
from portal.platform.live.waking import wakes
from portal.platform.sources import changing, processes
from portal.platform.tallies import counting
from portal.platform.ui import jinja
from portal.platform.wire import calls

# For cancelled pages to end, and for changes and forms whose browser left, which no server waits for. A process is
# killed later than that after the grace (`serve.CLOSING_SECONDS`).
LAST_SECONDS, CHANGES_SECONDS = 2.0, 5.0

# The garbage collector searches once so many objects more were made than freed. With Python's 2,000 it searched all
# the time, as the requests that are under way hold more than that, and it found nothing (decision 0043).
UNFREED_BEFORE_SEARCH = 20_000

log = logging.getLogger("portal.processes")
walls.close_to_others()
pages = RequestHandler()


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    try:
        wrong = [str(message) for message in run_checks() if message.is_serious()]
        if wrong:
            raise SystemCheckError("\n".join(wrong))
        await pool.open_pool(ready=8)
        await pool.open_pool(pool.KEYS, ready=4)
        await installation.verify("portal")
        await programs.installed().start()
        jinja.compile_templates()
        # What exists now is never garbage. Each collection that searched it would hold up all pages for 0.1 s.
        gc.collect()
        gc.freeze()
        gc.set_threshold(UNFREED_BEFORE_SEARCH)
    except Exception as error:
        # Without this message uvicorn assumes an application without a lifespan, and serves a portal that cannot
        # work.
        log.critical("not started: %s", error)
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    background = [asyncio.create_task(each) for each in (processes.report_regularly(), rounds.go())]
    is_stopping = asyncio.Event()
    tallying = asyncio.create_task(counting.write(is_stopping))
    await send({"type": "lifespan.startup.complete"})
    await receive()
    # uvicorn returns here once it has cancelled pages that took too long; their last statements need the pools below.
    await asyncio.gather(
        pages.wait_for_answers(LAST_SECONDS),
        changing.wait_for_ends(CHANGES_SECONDS),
        once.wait_for_ends(CHANGES_SECONDS),
    )
    is_stopping.set()
    for task in background:
        task.cancel()
    # A report that is being sent would otherwise arrive after this process has signed off.
    await asyncio.wait([*background, tallying])
    await processes.delete_report()
    await counting.write_once()
    await wakes.close()
    programs.installed().stop()
    await calls.close()
    await oidc.close()
    await pool.close_pools()
    await send({"type": "lifespan.shutdown.complete"})


async def portal(scope: Scope, receive: Receive, send: Send) -> None:
    """Handle the start and stop of this process (the ASGI lifespan), and serve every page."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        await uploads.within_limits(pages, scope, receive, send)


application = on_every_answer(
    ServeStaticASGI(portal, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, allow_all_origins=False)
)
