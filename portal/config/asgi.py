"""The ASGI application: Django behind a static-file server, with what a worker opens and closes.

docs/operations.md has the command that runs it.
"""

import gc
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.config.settings")

from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.checks import run_checks
from django.core.management.base import SystemCheckError
from django.core.signals import request_started
from django.db import close_old_connections, reset_queries
from servestatic import ServeStaticASGI

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

pages = get_asgi_application()
# For Django's own connections, which no page uses (`database.pool`). They are not asynchronous: each would give every
# request a thread, for as long as its page is open.
request_started.disconnect(reset_queries)
request_started.disconnect(close_old_connections)

# After get_asgi_application: these read the app registry.
from portal.config import uploads  # noqa: E402
from portal.config.security_headers import on_every_answer  # noqa: E402
from portal.platform.access import oidc  # noqa: E402
from portal.platform.confined import programs, walls  # noqa: E402
from portal.platform.database import pool  # noqa: E402
from portal.platform.keys import installation  # noqa: E402
from portal.platform.ui import jinja  # noqa: E402
from portal.platform.wire import calls  # noqa: E402

log = logging.getLogger("portal.worker")
walls.close_to_others()


async def _lifespan(receive: Receive, send: Send) -> None:
    await receive()
    try:
        wrong = [str(message) for message in run_checks() if message.is_serious()]
        if wrong:
            raise SystemCheckError("\n".join(wrong))
        await pool.open_pool(ready=8)
        await pool.open_pool(pool.KEYS, most=4, ready=4)
        await installation.verify("portal")
        await programs.installed().start()
        jinja.compile_templates()
        # What is there from now on stays: whoever looks for garbage among it each time holds up all pages for 0.1 s.
        gc.collect()
        gc.freeze()
    except Exception as error:
        # Without this the server takes it that there is no lifespan, and serves a portal that cannot work.
        log.critical("not started: %s", error)
        await send({"type": "lifespan.startup.failed", "message": str(error)})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    programs.installed().stop()
    await calls.close()
    await oidc.close()
    await pool.close_pools()
    await send({"type": "lifespan.shutdown.complete"})


async def portal(scope: Scope, receive: Receive, send: Send) -> None:
    """Serve the worker's start and stop, and every page."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    else:
        await uploads.within_limits(pages, scope, receive, send)


application = on_every_answer(
    ServeStaticASGI(portal, root=settings.STATIC_ROOT, prefix=settings.STATIC_URL, allow_all_origins=False)
)
