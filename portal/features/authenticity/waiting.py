"""Whose document is checked now: one of a network at a time, so many at once, and no more waiting than can be served.

Nothing of anybody is kept: a network is known while its document is here.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from portal.platform.confined.errors import NoTurn
from portal.platform.confined.turns import PersonTurns
from portal.platform.kit.errors import PortalError
from portal.platform.kit.networks import Network, around

AT_ONCE = 1  # in each process that serves pages: a document may take a processor for ten seconds
MOST = 30  # documents here at once, those that wait included: 20 MB each
PATIENCE = 25.0  # seconds that somebody waits for their turn
OWN = 1  # documents of one network that wait beside the one that is checked


@dataclass(frozen=True, eq=False)
class Ticket:
    """A document that is here, and the networks around who sent it."""

    networks: Sequence[Network]

    @classmethod
    def of(cls, address: str) -> "Ticket":
        """Give somebody at an internet address a ticket."""
        return cls(around(address))


_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}
_here: list[Ticket] = []


class CheckBusy(PortalError):
    """No document can be taken now; `place` others were before it, and `is_own` that those are one's own."""

    code = "check-busy"

    def __init__(self, place: int, *, is_own: bool) -> None:
        """Say who was before."""
        super().__init__(f"{place} before it")
        self.place, self.is_own = place, is_own


def place(ticket: Ticket) -> int:
    """Count the documents before this one; of one that is not here yet, all."""
    return _here.index(ticket) if ticket in _here else len(_here)


def refuses(ticket: Ticket) -> bool:
    """Tell whether this one could not come in now."""
    return _is_full(ticket) or len(_here) >= MOST


def _is_full(ticket: Ticket) -> bool:
    return any(_of(network) >= (1 + OWN) * network.times for network in ticket.networks)


@asynccontextmanager
async def turn(ticket: Ticket) -> AsyncIterator[None]:
    """Hold a turn for a document; raise CheckBusy."""
    if refuses(ticket):
        raise CheckBusy(len(_here), is_own=_is_full(ticket))
    who = ticket.networks[0]
    own, before = _of(who), len(_here)
    _here.append(ticket)
    turns = _turns.setdefault(asyncio.get_running_loop(), PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
    try:
        async with turns.take(who.name):
            yield
    except NoTurn:
        raise CheckBusy(before, is_own=own > 0) from None
    finally:
        _here.remove(ticket)


def _of(network: Network) -> int:
    return sum(network in one.networks for one in _here)
