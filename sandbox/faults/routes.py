"""Show and set the faults of the sources, and the weather: JSON for programs, forms for people."""

import msgspec
from aiohttp import web

from sandbox.pages import as_json
from sandbox.state import TOWN

from .switches import Fault, Switch
from .weather import Sky


def add_to(app: web.Application) -> None:
    """Add `/faults` and `/weather`."""
    app.router.add_get("/weather", weather)
    app.router.add_put("/weather", put_weather)
    app.router.add_delete("/weather", calm)
    app.router.add_post("/weather", turn_weather)
    app.router.add_get("/faults", show)
    app.router.add_delete("/faults", reset)
    app.router.add_post("/faults", turn)
    app.router.add_put("/faults/{source:.+}", put)


async def show(request: web.Request) -> web.Response:
    """Give every source's fault."""
    return as_json({name: switch.fault for name, switch in request.app[TOWN].switches.items()})


async def put(request: web.Request) -> web.Response:
    """Set one source's fault; what the body leaves out gets its ordinary value."""
    switch = request.app[TOWN].switches.get(request.match_info["source"])
    if switch is None:
        return _error(404, "unknown source; GET /faults lists them")
    try:
        fault = _check_mode(switch, msgspec.json.decode(await request.read(), type=Fault))
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        modes = ", ".join(switch.modes)
        return _error(400, f"{error}; send {{'mode': one of {modes}, 'latency_ms': 0 to 600000}}")
    switch.put(fault)
    return as_json(fault)


async def reset(request: web.Request) -> web.Response:
    """Put every source back in order."""
    for switch in request.app[TOWN].switches.values():
        switch.put(Fault())
    return await show(request)


async def turn(request: web.Request) -> web.Response:
    """Set one source's fault from a form: `source`, `mode` and `latency_ms`, or `reset`; then back to the index."""
    form = await request.post()
    if "reset" in form:
        await reset(request)
        raise web.HTTPSeeOther("/#storingen")
    switch = request.app[TOWN].switches.get(str(form.get("source", "")))
    if switch is None:
        return web.Response(status=404, text="Deze bron bestaat niet.")
    try:
        fields = {"mode": form.get("mode", "ok"), "latency_ms": int(str(form.get("latency_ms") or 0))}
        fault = _check_mode(switch, msgspec.convert(fields, Fault))
    except ValueError:  # Also msgspec's ValidationError.
        return web.Response(status=400, text="De toestand of de vertraging (0 tot 600000 ms) is ongeldig.")
    switch.put(fault)
    raise web.HTTPSeeOther("/#storingen")


async def weather(request: web.Request) -> web.Response:
    """Give the seed of the weather."""
    return as_json(Sky(request.app[TOWN].weather.seed))


async def put_weather(request: web.Request) -> web.Response:
    """Set the seed of the weather; its counts start anew."""
    try:
        sky = msgspec.json.decode(await request.read(), type=Sky)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _error(400, f"{error}; send {{'seed': 'any text'}}")
    request.app[TOWN].weather.put(sky.seed)
    return as_json(sky)


async def calm(request: web.Request) -> web.Response:
    """Stop the weather."""
    request.app[TOWN].weather.put("")
    return await weather(request)


async def turn_weather(request: web.Request) -> web.Response:
    """Set the seed of the weather from a form, field `seed`; then back to the index."""
    request.app[TOWN].weather.put(str((await request.post()).get("seed", "")))
    raise web.HTTPSeeOther("/#weer")


def _check_mode(switch: Switch, fault: Fault) -> Fault:
    """Give the fault; raises msgspec.ValidationError when its mode is not one of this switch."""
    if fault.mode not in switch.modes:
        raise msgspec.ValidationError(f"{fault.mode!r} is no mode of this source")
    return fault


def _error(status: int, text: str) -> web.Response:
    return as_json({"error": text}, status)
