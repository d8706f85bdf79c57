"""The addresses of events: one to pull them (mutual TLS), and those of the console that show, add and lose them."""

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
MOST_PER_PAGE = 1000
_HIGHEST_NUMBER = 2**63 - 1
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
    """Give a page of the events after a number, with the fault of the service's switch."""

    async def answer() -> web.Response:
        return _page(request)

    return await meet_fault(request, _SERVICE, answer)


async def show(request: web.Request) -> web.Response:
    """Give every event, the oldest first."""
    town = request.app[TOWN]
    town.events.gather(town.ebox, town.clock())
    return json_of(request, {"last": town.events.last, "events": [row for _, row in town.events.rows]})


async def add(request: web.Request) -> web.Response:
    """Append any JSON object as an event, also one that is invalid or a repetition."""
    town = request.app[TOWN]
    try:
        event = msgspec.json.decode(await request.read(), type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return json_of(request, {"error": str(error)}, 400)
    town.events.gather(town.ebox, town.clock())
    at = moment_of(datetime.fromtimestamp(town.clock(), UTC))
    town.events.add({"eventTime": at, "eventProviderId": "federaal", **event})
    return json_of(request, {"last": town.events.last}, 201)


async def forget(request: web.Request) -> web.Response:
    """Lose all events and number the next ones from `begin` (0) on, like a service that lost its data."""
    town = request.app[TOWN]
    try:
        begin = _whole_number(request.query, "begin", 0, _HIGHEST_NUMBER - 1) if "begin" in request.query else 0
    except Refused as error:
        return json_of(request, {"error": str(error)}, error.status)
    town.events.gather(town.ebox, town.clock())
    town.events.forget(begin)
    return json_of(request, {"last": begin})


def _page(request: web.Request) -> web.Response:
    town, query = request.app[TOWN], request.query
    after = _whole_number(query, "lastSequenceNbr", 0, _HIGHEST_NUMBER)
    size = _whole_number(query, "pageSize", 1, 2**31 - 1)
    town.events.gather(town.ebox, town.clock())
    is_endless = town.switches[EVENTS].fault.mode == "endless"
    events, has_next = town.events.after(0 if is_endless else after, min(size, MOST_PER_PAGE))
    last = events[-1]["eventSequenceNbr"] if events else after
    info = {"lastSequenceNbr": last, "hasNext": has_next or is_endless}
    return json_of(request, {"EboxCitizenDocumentEvents": events, "pageInfo": info})


def _whole_number(query: Mapping[str, str], name: str, least: int, most: int) -> int:
    text = query.get(name, "")
    if not (text.isascii() and text.isdecimal() and len(text) <= 19 and least <= int(text) <= most):
        raise Refused(400, f"{name} is a whole number from {least} to {most}")
    return int(text)
