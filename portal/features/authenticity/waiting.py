"""The waiting line of the check page: one document of a network at a time, AT_ONCE together, MOST in this process.

Networks are known only while their documents are here.
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
MOST = 30  # documents of at most 20 MB in this process at once, with those that wait
PATIENCE = 25.0  # seconds that a document waits for its turn
OWN = 1  # documents of one network that wait beside the one that is checked


@dataclass(frozen=True, eq=False)
class Ticket:
    """A document that is checked or waits, known by the networks around its sender, the smallest first."""

    networks: Sequence[Network]

    @classmethod
    def of(cls, address: str) -> "Ticket":
        """Make the ticket of a document that came from an internet address."""
        return cls(around(address))


_turns: dict[asyncio.AbstractEventLoop, PersonTurns] = {}
_here: list[Ticket] = []


class CheckBusy(PortalError):
    """A document cannot be checked now. place: how many others were before it; is_own: its network has too many."""

    code = "check-busy"

    def __init__(self, place: int, *, is_own: bool) -> None:
        super().__init__(f"{place} before it")
        self.place, self.is_own = place, is_own


def place(ticket: Ticket) -> int:
    """Count the documents before this one in the line; for one that is not in it yet, all."""
    return _here.index(ticket) if ticket in _here else len(_here)


def refuses(ticket: Ticket) -> bool:
    """Tell whether a document could not join the line now."""
    return _is_full(ticket) or len(_here) >= MOST


def _is_full(ticket: Ticket) -> bool:
    return any(_count_of(network) >= (1 + OWN) * network.times for network in ticket.networks)


@asynccontextmanager
async def turn(ticket: Ticket) -> AsyncIterator[None]:
    """Wait for the turn of a document and hold it; raise CheckBusy."""
    if refuses(ticket):
        raise CheckBusy(len(_here), is_own=_is_full(ticket))
    network = ticket.networks[0]
    own, before = _count_of(network), len(_here)
    _here.append(ticket)
    turns = _turns.setdefault(asyncio.get_running_loop(), PersonTurns(AT_ONCE, waiting=OWN, patience=PATIENCE))
    try:
        async with turns.take(network.name):
            yield
    except NoTurn:
        raise CheckBusy(before, is_own=own > 0) from None
    finally:
        _here.remove(ticket)


def _count_of(network: Network) -> int:
    return sum(network in ticket.networks for ticket in _here)
