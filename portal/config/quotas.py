"""Limit what one network may hold at once: requests of a kind under way, and bytes in memory."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from portal.platform.kit.networks import Network

from .shared_counts import Counts


class RequestQuota:
    """A limit on the requests of a kind that each network has under way, in all processes together."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    @contextmanager
    def take(self, networks: Sequence[Network], most: int) -> Iterator[bool]:
        """Count a request in each network until the block ends; yield False, and count none, when one is full.

        most: requests of the narrowest network; a wider one may have a multiple of that.
        """
        slots = [(self._counts.slot(name), most * times) for name, times in networks]
        if any(self._counts.total_held(slot) >= limit for slot, limit in slots):
            yield False
            return
        for slot, _ in slots:
            self._counts.add(slot, 1)
        try:
            yield True
        finally:
            for slot, _ in slots:
                self._counts.add(slot, -1)


class ByteQuota:
    """A limit on the bytes that each network holds, and on those of all networks together."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._all = counts.slot("")

    @contextmanager
    def share(self, networks: Sequence[Network], most: int) -> Iterator[Callable[[int], bool]]:
        """Yield a function that counts more bytes until the block ends; it gives False, and counts none, when full.

        most: bytes of all networks together; one network may hold half of that, so that others can hold some.
        """
        slots = [(self._counts.slot(name), most // 2 * times) for name, times in networks]
        slots.append((self._all, most))
        own = 0

        def grow(more: int) -> bool:
            nonlocal own
            if any(self._counts.total_held(slot) + more > limit for slot, limit in slots):
                return False
            own += more
            for slot, _ in slots:
                self._counts.add(slot, more)
            return True

        try:
            yield grow
        finally:
            for slot, _ in slots:
                self._counts.add(slot, -own)
