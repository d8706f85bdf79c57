"""The town's weather: small faults as any network has them, which the portal must absorb unnoticed.

An answer is a little late, so that answers come in another order than their questions; a kept connection is reset
when it is used again. What happens to a question follows from the seed, its source, the person, and how many times
that source was asked about that person: the same seed brings the same weather.
"""

import weakref
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b
from ssl import SSLObject

import msgspec
from aiohttp import web

_SLOW = 4  # of 256 answers are late by _SLOW_S seconds, the others by less than _MOST_S
_SLOW_S = 0.4
_MOST_S = 0.04
_RESETS = 32  # of 256 questions on a kept connection meet a reset


@dataclass(frozen=True)
class Disturbance:
    """Hold the weather of one question: a delay in seconds, and whether its connection is reset."""

    delay_s: float = 0.0
    resets: bool = False


class Sky(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Hold the seed of the weather, as programs set it; without one there is no weather."""

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
        """Give the weather of the next question. Only a TLS connection that served before is ever reset."""
        connection = request.transport.get_extra_info("ssl_object") if request.transport is not None else None
        is_kept = connection in self._served
        if connection is not None:
            self._served.add(connection)
        if not self.seed:
            return Disturbance()
        self._asked[source, person] += 1
        disturbance = disturbance_of(self.seed, source, person, self._asked[source, person])
        return disturbance if is_kept else Disturbance(disturbance.delay_s)


def disturbance_of(seed: str, source: str, person: str, count: int) -> Disturbance:
    """Give the weather of the `count`th question about a person at a source, on a connection that is kept."""
    luck = blake2b("\0".join((seed, source, person, str(count))).encode(), digest_size=3).digest()
    delay_s = _SLOW_S if luck[0] < _SLOW else _MOST_S * luck[1] / 256
    return Disturbance(delay_s, resets=luck[2] < _RESETS)
