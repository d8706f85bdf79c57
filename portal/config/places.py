"""What one network may hold at once, in this process: places of what is under way, and room in memory."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
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


class Room:
    """How many bytes each network holds, and all of them together."""

    def __init__(self) -> None:
        self._all = 0
        self._held: Counter[str] = Counter()

    @contextmanager
    def share(self, networks: Sequence[Network], most: int) -> Iterator[Callable[[int], bool]]:
        """Give what takes so many bytes more, and holds them for as long as the block lasts, or says that it cannot.

        most: bytes of everybody; one network has half of them, so that it leaves something to others.
        """
        mine = 0

        def grow(more: int) -> bool:
            nonlocal mine
            if self._all + more > most or any(
                self._held[name] + more > most // 2 * times for name, times in networks
            ):
                return False
            mine += more
            self._all += more
            self._held.update({name: more for name, _ in networks})
            return True

        try:
            yield grow
        finally:
            self._all -= mine
            for name, _ in networks:
                self._held[name] -= mine
                if not self._held[name]:
                    del self._held[name]
