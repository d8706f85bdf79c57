"""Keep other sites out of the town's forms, and its errors free of data."""

import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from .state import TOWN

log = logging.getLogger(__name__)

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
# OpenID Connect lets a client's own site post to these; neither changes anything by itself.
_OPEN = frozenset({"/op/v1/auth", "/op/v1/userinfo"})


@web.middleware
async def guard(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Refuse cross-site changes (403); answer 500 to an unexpected error, and log its type and place only."""
    if request.method not in _SAFE and request.path not in _OPEN and _comes_from_elsewhere(request):
        return web.Response(status=403, text="Deze wijziging komt van een andere site en is geweigerd.")
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else "?"
        # The text of an error may hold what somebody sent.
        log.error("%s at %s", type(error).__name__, where)
        return web.Response(status=500, text="De modelstad maakte een fout.")


def _comes_from_elsewhere(request: web.Request) -> bool:
    """Judge by two headers that only browsers send."""
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        return True
    port = request.app[TOWN].settings.port
    origin = request.headers.get("Origin")
    return origin is not None and origin not in (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
