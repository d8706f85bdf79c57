"""Places that several may hold at once of one network: of what is under way, in this process."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from portal.platform.kit.networks import Network


class Places:
    """How many places each network holds."""

    def __init__(self) -> None:
        self._held: Counter[str] = Counter()

    @contextmanager
    def take(self, networks: Sequence[Network], most: int) -> Iterator[bool]:
        """Hold a place for as long as the block lasts; gives False, and holds none, when a network has no more."""
        if any(self._held[name] >= most * times for name, times in networks):
            yield False
            return
        self._held.update(name for name, _ in networks)
        try:
            yield True
        finally:
            self._held.subtract(name for name, _ in networks)
            for name, _ in networks:
                if not self._held[name]:
                    del self._held[name]
