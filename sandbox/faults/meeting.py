"""Let a request meet its source's fault: instead of the answer, in it, or in how it is sent."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from sandbox.state import Town

from . import sending
from .switches import MODES, Fault, Switch

_BUSY_SIGN = "<!DOCTYPE html><html lang=nl><title>Even geduld</title><p>Wij werken aan onze website.</p></html>"


@dataclass(frozen=True)
class Dialect:
    """Hold how a protocol says that it cannot answer, how its content is damaged, and which faults it feels.

    `damaged` takes the mode and the body; `padding_at` says where in a body spaces are harmless;
    `empty_with_exceptions` is "no content" with a failure in its headers, where the protocol has that. Of a fault
    that is not among `faults` it feels the latency only.
    """

    unavailable: Callable[[], web.Response]
    defect: Callable[[], web.Response]
    damage: Callable[[str, bytes], bytes]
    padding_at: Callable[[bytes], int]
    empty_with_exceptions: Callable[[], web.Response] | None = None
    faults: frozenset[str] = frozenset(MODES)


async def meet(
    town: Town,
    switch: Switch,
    request: web.Request,
    answer: Callable[[], Awaitable[web.Response]],
    dialect: Dialect,
    *,
    person: str = "",
) -> web.StreamResponse:
    """Answer, or fail, as the switch says, and count it.

    A source in order meets the town's weather, for the person that it is asked about.
    """
    fault = switch.fault if switch.fault.mode in dialect.faults else Fault("ok", switch.fault.latency_ms)
    moment = town.weather.next(switch.name, person, request)
    if switch.fault == Fault():
        if moment.resets:
            # Not counted: this question never reached the source.
            sending.reset(request)
            return web.Response(status=503)
        await asyncio.sleep(moment.delay_s)
    with switch.counting() as result:
        if fault.mode == "hang":
            await switch.wait_for_change()
            sending.drop(request)
            result.word = "hang"
            return web.Response(status=503)
        if fault.latency_ms:
            await asyncio.sleep(fault.latency_ms / 1000)
        response = await _instead(fault, request, dialect) or await _spoil(
            fault, switch, request, await answer(), dialect, town.settings.drip_s
        )
        result.word = str(response.status) if fault.mode == "ok" else fault.mode
        return response


async def _instead(fault: Fault, request: web.Request, dialect: Dialect) -> web.Response | None:
    match fault.mode:
        case "503":
            return dialect.unavailable()
        case "soap-fault":
            return dialect.defect()
        case "tls":
            sending.break_tls(request)
            return web.Response(status=503)  # The client has gone: nobody receives this answer.
        case "redirect":
            return web.Response(status=302, headers={"Location": "/elders"})
        case "html":
            return web.Response(text=_BUSY_SIGN, content_type="text/html")
        case "204-exceptions" if dialect.empty_with_exceptions is not None:
            return dialect.empty_with_exceptions()
    return None


async def _spoil(
    fault: Fault, switch: Switch, request: web.Request, good: web.Response, dialect: Dialect, drip_s: float
) -> web.StreamResponse:
    body = sending.bytes_of(good)
    # An answer without a body would be complete before the fault shows.
    full = good if body else _with_body(good, b"{}")
    match fault.mode:
        case "reset":
            return await sending.send_half_and_reset(request, full)
        case "drip":
            return await sending.send_dripping(request, full, switch, drip_s)
        case "huge":
            return await sending.send_huge(request, full, dialect.padding_at(sending.bytes_of(full)))
    damaged = dialect.damage(fault.mode, body)
    return good if damaged == body else _with_body(good, damaged, fault.mode)


def _with_body(good: web.Response, body: bytes, mode: str = "") -> web.Response:
    """Put another body in a response; one that had none (204) has one now."""
    headers = {name: value for name, value in good.headers.items() if name.lower() != "content-length"}
    headers.setdefault("Content-Type", "application/json")
    if mode == "wrong-encoding":
        headers["Content-Type"] = f"{headers['Content-Type'].partition(';')[0]};charset=utf-16"
    return web.Response(body=body, status=200 if good.status == 204 else good.status, headers=headers)
