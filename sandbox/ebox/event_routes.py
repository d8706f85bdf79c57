"""Where events are pulled (mutual TLS), and where whoever tries the town sees them, adds to them and loses them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from aiohttp import web

from sandbox.rest.answers import Refused
from sandbox.state import TOWN

from .answers import json_of, moment_of
from .offices import EVENTS
from .questions import Service, meet_fault

PATH = "/ebox/citizen/document/events"
MOST = 1000  # events of one page
_BIGGEST = 2**63 - 1
_SERVICE = Service(EVENTS, "the event service")


def add_to(app: web.Application) -> None:
    """Add the address where events are pulled."""
    app.router.add_get(PATH, pull, allow_head=False)


def add_console_to(app: web.Application) -> None:
    """Add the addresses of the console."""
    app.router.add_get("/ebox/events", show)
    app.router.add_post("/ebox/events", add)
    app.router.add_delete("/ebox/events", forget)


async def pull(request: web.Request) -> web.StreamResponse:
    """Give a page of what came after a number."""

    async def answered() -> web.Response:
        return _page(request)

    return await meet_fault(request, _SERVICE, answered)


async def show(request: web.Request) -> web.Response:
    """Give every event that is remembered, the oldest first."""
    town = request.app[TOWN]
    town.events.gather(town.ebox, town.clock())
    return json_of(request, {"last": town.events.last, "events": [row for _, row in town.events.rows]})


async def add(request: web.Request) -> web.Response:
    """Put an event at the end as it comes: any object, also one that makes no sense, or one that came before."""
    town = request.app[TOWN]
    try:
        made = msgspec.json.decode(await request.read(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return json_of(request, {"error": str(error)}, 400)
    town.events.gather(town.ebox, town.clock())
    at = moment_of(datetime.fromtimestamp(town.clock(), UTC), "")
    town.events.add({"eventTime": at, "eventProviderId": "federaal", **made})
    return json_of(request, {"last": town.events.last}, 201)


async def forget(request: web.Request) -> web.Response:
    """Lose all events and number the next ones after `begin` (0), as a service does that forgets its cursor."""
    town = request.app[TOWN]
    try:
        begin = _whole(request.query, "begin", 0, _BIGGEST - 1) if "begin" in request.query else 0
    except Refused as error:
        return json_of(request, {"error": str(error)}, error.status)
    town.events.gather(town.ebox, town.clock())
    town.events.forget(begin)
    return json_of(request, {"last": begin})


def _page(request: web.Request) -> web.Response:
    town, query = request.app[TOWN], request.query
    after = _whole(query, "lastSequenceNbr", 0, _BIGGEST)
    size = _whole(query, "pageSize", 1, 2**31 - 1)
    town.events.gather(town.ebox, town.clock())
    is_endless = town.switches[EVENTS].fault.mode == "endless"
    found, has_next = town.events.after(0 if is_endless else after, min(size, MOST))
    last = found[-1]["eventSequenceNbr"] if found else after
    info = {"lastSequenceNbr": last, "hasNext": has_next or is_endless}
    return json_of(request, {"EboxCitizenDocumentEvents": found, "pageInfo": info})


def _whole(query: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = query.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and least <= int(text) <= most):
        raise Refused(400, f"{name} is a whole number from {least} to {most}")
    return int(text)
