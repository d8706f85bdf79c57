"""Give the town weather: small faults that happen on any network, and that the portal must mend unnoticed.

An answer takes a moment longer, so that answers come in another order than they were asked for; a connection that
served before is reset when it is used again. What happens to a question follows from the seed, its source, the person
and how many times that source was asked about that person: the same seed brings the same weather.
"""

import weakref
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from ssl import SSLObject

import msgspec
from aiohttp import web

# Out of 256: how often an answer is slow, how long any takes, and how often a kept connection is reset.
_SLOW = 4
_SLOW_S = 0.4
_MOST_S = 0.04
_RESETS = 32


@dataclass(frozen=True)
class Disturbance:
    """Hold the weather that one question meets: a delay in seconds, and whether a kept connection is reset."""

    delay_s: float = 0.0
    resets: bool = False


class Sky(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say by which seed the weather comes; none when it is empty."""

    seed: str = ""


class Weather:
    """Hold the seed, and count how often each source was asked about each person since it was set."""

    def __init__(self, seed: str = "") -> None:
        self.seed = seed
        self._asked: Counter[tuple[str, str]] = Counter()
        self._served: weakref.WeakSet[SSLObject] = weakref.WeakSet()

    def put(self, seed: str) -> None:
        """Set the seed and count anew; an empty one stops the weather."""
        self.seed = seed
        self._asked.clear()

    def next(self, source: str, person: str, request: web.Request) -> Disturbance:
        """Give what the next question meets. Only a connection with TLS that served before is ever reset."""
        connection = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
        is_kept = connection in self._served
        if connection is not None:
            self._served.add(connection)
        if not self.seed:
            return Disturbance()
        self._asked[source, person] += 1
        moment = disturbance_of(self.seed, source, person, self._asked[source, person])
        return moment if is_kept else Disturbance(moment.delay_s)


def disturbance_of(seed: str, source: str, person: str, count: int) -> Disturbance:
    """Tell what the question that is number `count` about this person meets at this source."""
    luck = blake2b("\0".join((seed, source, person, str(count))).encode(), digest_size=3).digest()
    delay_s = _SLOW_S if luck[0] < _SLOW else _MOST_S * luck[1] / 256
    return Disturbance(delay_s, resets=luck[2] < _RESETS)
