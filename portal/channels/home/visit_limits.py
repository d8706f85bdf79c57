"""How often one address on the network may send something, without keeping who did: counted in memory only."""

import ipaddress
from collections import OrderedDict, deque

MOST_KNOWN = 10_000  # addresses; the oldest make room
IPV6_HOME = 64  # bits that one connection at home has for itself


class Limit:
    """At most `most` in `seconds` for one address, in this process."""

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def takes(self, address: str, now: float) -> bool:
        """Count one more and tell whether it may be; `now` in seconds, of any clock that only goes forward."""
        home = household(address)
        times = self._times.setdefault(home, deque())
        self._times.move_to_end(home)
        while len(self._times) > MOST_KNOWN:
            self._times.popitem(last=False)
        while times and times[0] <= now - self._seconds:
            times.popleft()
        if len(times) >= self._most:
            return False
        times.append(now)
        return True


def household(address: str) -> str:
    """Name the connection an address belongs to; what is no address is one household."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if parsed.version == 4:
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.ip_network((int(parsed), IPV6_HOME), strict=False))
