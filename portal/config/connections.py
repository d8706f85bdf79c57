"""Count open connections by the network that they come from.

Counts are kept in memory, for this process: it is its sockets that run out. When a network has too many, the
connection that has waited longest for its own client is closed, since an honest request arrives within a second. A
connection that is being answered is never closed for another.
"""

from collections.abc import Sequence
from typing import Protocol as Shape

from portal.platform.kit.networks import Network


class CountedConnection(Shape):
    """A connection as this module counts it."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether nothing is being answered on it, so that it may give way."""

    def give_way(self) -> None:
        """Close, because others of its network need it; the connection itself then calls `leave`."""


class ConnectionCounts:
    """Connections by network, oldest first, at most the limit times the network's weight."""

    def __init__(self) -> None:
        self._of: dict[str, dict[CountedConnection, None]] = {}

    def enter(self, connection: CountedConnection, networks: Sequence[Network], most: int) -> bool:
        """Count a connection; False, and not counted, when a network of it is full and none gives way."""
        for name, times in networks:
            there = self._of.get(name, {})
            if len(there) < most * times:
                continue
            oldest = next((one for one in there if one.is_waiting), None)
            if oldest is None:
                return False
            oldest.give_way()
        for name, _ in networks:
            self._of.setdefault(name, {})[connection] = None
        return True

    def leave(self, connection: CountedConnection, networks: Sequence[Network]) -> None:
        """Count a connection no more; it need not have been counted."""
        for name, _ in networks:
            there = self._of.get(name)
            if there is None:
                continue
            there.pop(connection, None)
            if not there:
                del self._of[name]

    def count(self, name: str) -> int:
        """Count what there is of one network."""
        return len(self._of.get(name, ()))
