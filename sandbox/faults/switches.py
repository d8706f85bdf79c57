"""Keep the state of each source's switch and let requests feel it."""

import asyncio
from collections.abc import Iterable
from typing import Annotated, Literal

import msgspec
from aiohttp import web

Mode = Literal["ok", "hang", "503", "soap-fault"]
MODES: tuple[Mode, ...] = ("ok", "hang", "503", "soap-fault")
PROVIDER = "toegangsbeheer"


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say how a source behaves; `latency_ms` comes before every answer, except in mode `hang`."""

    mode: Mode = "ok"
    latency_ms: Annotated[int, msgspec.Meta(ge=0, le=600_000)] = 0


class Switch:
    """Hold one source's fault and wake whoever waits for it to change."""

    def __init__(self) -> None:
        self.fault = Fault()
        self._changed = asyncio.Event()

    def put(self, fault: Fault) -> None:
        """Set the fault; requests that hang are dropped when the source no longer hangs."""
        self.fault = fault
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    async def while_hanging(self) -> None:
        """Wait until the mode is another than `hang`."""
        while self.fault.mode == "hang":
            await self._changed.wait()


Switches = dict[str, Switch]


def switches_for(sources: Iterable[str]) -> Switches:
    """Make a switch, in order, for the provider and for each source."""
    return {name: Switch() for name in (PROVIDER, *sources)}


def switch_of(switches: Switches, sources: Iterable[str]) -> Switch:
    """Choose among the switches of sources that cannot be told apart: the first that is not in order."""
    turned = (switches[name] for name in sources if switches[name].fault != Fault())
    return next(turned, None) or Switch()


async def felt(switch: Switch, request: web.Request) -> Literal["ok", "503", "soap-fault", "dropped"]:
    """Let a request undergo a fault: wait as long as it says, then tell what is left to do.

    `dropped` means that the connection is gone already and that any answer will do.
    """
    fault = switch.fault
    if fault.mode == "hang":
        await switch.while_hanging()
        if request.transport is not None:
            request.transport.abort()
        return "dropped"
    if fault.latency_ms:
        await asyncio.sleep(fault.latency_ms / 1000)
    return fault.mode
