"""Show the bundles that bodies sent to the portal, and its answers: for people, and for programs."""

from aiohttp import web

from sandbox.pages import as_json, page
from sandbox.state import TOWN


def add_to(app: web.Application) -> None:
    """Add `/meldingen/`."""
    app.router.add_get("/meldingen/", index)
    app.router.add_get("/meldingen/sent", bundles)
    app.router.add_delete("/meldingen/sent", clear)
    app.router.add_get("/meldingen/desks/{body}", show)


async def index(request: web.Request) -> web.Response:
    """List the bodies that notify, with how many bundles each sent."""
    town = request.app[TOWN]
    bodies = sorted({sender.body for sender in town.sources.senders.values()})
    counts = [(body, len(list(town.notices.of(body)))) for body in bodies]
    return page("notices.html", counts=counts, body="", sent=[])


async def show(request: web.Request) -> web.Response:
    """List what one body sent, the newest first, with the answers."""
    town, body = request.app[TOWN], request.match_info["body"]
    if body not in {sender.body for sender in town.sources.senders.values()}:
        return web.Response(status=404, text="Deze dienst stuurt geen meldingen.")
    return page("notices.html", counts=[], body=body, sent=list(town.notices.of(body)))


async def bundles(request: web.Request) -> web.Response:
    """Give every bundle with its answer, the oldest first."""
    return as_json(list(request.app[TOWN].notices.sent))


async def clear(request: web.Request) -> web.Response:
    """Forget what was sent."""
    request.app[TOWN].notices.sent.clear()
    return web.Response(status=204)
