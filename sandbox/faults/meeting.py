"""Apply a source's fault to a request: it replaces the answer, damages it, or disturbs how it is sent."""

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
    """Hold what differs between protocols when a fault is applied.

    `unavailable` and `defect` are their answers of failure; `damage` takes the mode and a body, and gives the damaged
    body, or the same where the mode (also `ok`) damages none; `padding_at` gives the offset in a body at which spaces
    change nothing; `empty_with_exceptions` is "no content" with a failure in its headers, where the protocol has
    that. Of a fault that is not among `faults` only the latency is applied: what is wrong with a document, at a desk
    or in the eBox is in the answer that the source itself makes.
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
    """Answer a question as the source's switch says, and count how it ended.

    `answer` makes the right answer. `person` is the national number that is asked about: to a source in order the
    town's weather applies, which depends on it.
    """
    fault = switch.fault if switch.fault.mode in dialect.faults else Fault("ok", switch.fault.latency_ms)
    disturbance = town.weather.next(switch.name, person, request)
    if switch.fault == Fault():
        if disturbance.resets:
            # Not counted: this question never reached the source.
            sending.reset(request)
            return web.Response(status=503)
        await asyncio.sleep(disturbance.delay_s)
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
    """Give the answer that replaces the right one, or None for a fault that does not replace it."""
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
    """Give the right answer `good` as the fault leaves it, sent already where the fault is in the sending."""
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
