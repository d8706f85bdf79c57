"""Whose document is checked now: one of a network at a time, so many at once, and no more waiting than can be served.

Nothing of anybody is kept: a network is known while its document is here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from portal.platform.confined.errors import NoTurn
from portal.platform.confined.turns import Turns
from portal.platform.kit.errors import PortalError
from portal.platform.kit.networks import around

AT_ONCE = 1  # in each process that serves pages: a document may take a processor for ten seconds
MOST = 30  # documents here at once, those that wait included: 20 MB each
PATIENCE = 25.0  # seconds that somebody waits for their turn
OWN = 1  # documents of one network that wait beside the one that is checked

_turns: dict[asyncio.AbstractEventLoop, Turns] = {}
_here: list[str] = []


class CheckBusy(PortalError):
    """No document can be taken now; `place` others were before it, and `is_own` that those are one's own."""

    code = "check-busy"

    def __init__(self, place: int, *, is_own: bool) -> None:
        """Say who was before."""
        super().__init__(f"{place} before it")
        self.place, self.is_own = place, is_own


@asynccontextmanager
async def turn(address: str) -> AsyncIterator[None]:
    """Hold a turn for somebody at an internet address; raise CheckBusy."""
    who, place = around(address)[0].name, len(_here)
    own = _here.count(who)
    if own > OWN or place >= MOST:
        raise CheckBusy(place, is_own=own > OWN)
    _here.append(who)
    turns = _turns.setdefault(asyncio.get_running_loop(), Turns(AT_ONCE, waiting=OWN, patience=PATIENCE))
    try:
        async with turns.take(who):
            yield
    except NoTurn:
        raise CheckBusy(place, is_own=own > 0) from None
    finally:
        _here.remove(who)
