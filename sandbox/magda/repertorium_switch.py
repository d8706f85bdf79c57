"""Show and set which sources demand a registration in the repertorium."""

import msgspec
from aiohttp import web

from sandbox.pages import as_json
from sandbox.state import TOWN


class Demand(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Name the sources that answer 40003 for whoever is not registered."""

    required: tuple[str, ...]


def add_to(app: web.Application) -> None:
    """Add `/repertorium`."""
    app.router.add_get("/repertorium", show)
    app.router.add_put("/repertorium", put)
    app.router.add_delete("/repertorium", reset)


async def show(request: web.Request) -> web.Response:
    """Give the sources that demand a registration, and how many people have one."""
    book = request.app[TOWN].repertorium
    return as_json({"required": sorted(book.required), "registered": len(book.registered)})


async def put(request: web.Request) -> web.Response:
    """Set which sources demand a registration; the registrations stay."""
    town = request.app[TOWN]
    try:
        demand = msgspec.json.decode(await request.read(), type=Demand)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return as_json({"error": f"{error}; send {{'required': [names of GET /faults]}}"}, 400)
    unknown = set(demand.required).difference(town.sources.names)
    if unknown:
        return as_json({"error": f"unknown: {', '.join(sorted(unknown))}; GET /faults lists the sources"}, 404)
    town.repertorium.required = set(demand.required)
    return await show(request)


async def reset(request: web.Request) -> web.Response:
    """Demand nothing and forget every registration."""
    book = request.app[TOWN].repertorium
    book.required.clear()
    book.registered.clear()
    return await show(request)
