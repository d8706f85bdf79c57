"""Which connections are open, counted by the network that they come from.

In memory and for one process, which is what has the sockets to lose. Where a network has too many, the one gives way
that waits longest for its own client, as an honest request is whole within a second; nobody who is being answered
is cut off for somebody else.
"""

from collections.abc import Sequence
from typing import Protocol as Shape

from portal.platform.kit.networks import Network


class Connection(Shape):
    """What is counted."""

    @property
    def is_waiting(self) -> bool:
        """Tell whether nothing is being answered on it, so that it may give way."""

    def give_way(self) -> None:
        """End, because others of its network need the place; it leaves what counts it by itself."""


class Counted:
    """Connections by network, the oldest first, and no more of a network than the limit times what it bears."""

    def __init__(self) -> None:
        self._of: dict[str, dict[Connection, None]] = {}

    def enter(self, connection: Connection, networks: Sequence[Network], most: int) -> bool:
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

    def leave(self, connection: Connection, networks: Sequence[Network]) -> None:
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
