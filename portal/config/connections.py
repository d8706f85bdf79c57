"""Count open connections by the network that they come from.

The counts are of this process alone, whose sockets can run out. When a network has too many connections, the one that
has waited longest for its client is closed, since an honest request arrives within a second. A connection on which a
request is being answered is never closed for another.
"""

from collections.abc import Sequence
from typing import Protocol as Shape

from portal.platform.kit.networks import Network


class CountedConnection(Shape):
    """A connection as this module counts it."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether no request is being answered on it, so that it may give way."""

    def give_way(self) -> None:
        """Close, because others of its network need it; the connection itself then calls `leave`."""


class ConnectionCounts:
    """Connections by network, oldest first, at most the limit times the network's weight."""

    def __init__(self) -> None:
        self._of: dict[str, dict[CountedConnection, None]] = {}

    def enter(self, connection: CountedConnection, networks: Sequence[Network], most: int) -> bool:
        """Count a connection in each of its networks; each may have `most` connections times its weight.

        False, and nothing is counted, when a network is full and none of its connections gives way.
        """
        for name, times in networks:
            of_network = self._of.get(name, {})
            if len(of_network) < most * times:
                continue
            oldest = next((each for each in of_network if each.is_waiting), None)
            if oldest is None:
                return False
            oldest.give_way()
        for name, _ in networks:
            self._of.setdefault(name, {})[connection] = None
        return True

    def leave(self, connection: CountedConnection, networks: Sequence[Network]) -> None:
        """Count a connection no more; it need not have been counted."""
        for name, _ in networks:
            of_network = self._of.get(name)
            if of_network is None:
                continue
            of_network.pop(connection, None)
            if not of_network:
                del self._of[name]

    def count(self, name: str) -> int:
        """Give the number of connections of the network with a name."""
        return len(self._of.get(name, ()))
