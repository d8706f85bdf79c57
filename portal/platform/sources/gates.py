"""Before a source is asked: is it switched off, in maintenance, asked by too many at once, or failing?

One gate a source and worker. A full bulkhead or an open breaker answers at once: a queue would only make slow pages
slower. Times are seconds of a monotonic clock, given by the caller.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

WINDOW = 60.0  # seconds that count
FAILURES = 0.3  # share of failed calls that opens a breaker
SLOW = 0.5  # share of slow calls that opens it
PROBE = 10.0  # seconds between two tries while it is open


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in; a probe is the one that an open breaker lets through."""

    is_probe: bool


@dataclass(slots=True)
class Gate:
    """One source, as this worker sees it.

    at_once: calls that may be under way; least: calls in the window below which the breaker stays closed.
    """

    at_once: int
    least: int
    under_way: int = 0
    down_since: datetime | None = None
    _calls: deque[tuple[float, bool, bool]] = field(default_factory=deque)
    _failed: int = 0
    _slow: int = 0
    _probe_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Whether the breaker keeps calls back."""
        return self._probe_at is not None

    @property
    def is_full(self) -> bool:
        """Whether as many calls are under way as may be."""
        return self.under_way >= self.at_once

    def counts(self, now: float) -> tuple[int, int, int]:
        """Count the calls of the last minute: all, failed, slow."""
        self._forget(now)
        return len(self._calls), self._failed, self._slow

    def enters(self, now: float) -> Call | None:
        """Let a call in, or not: an open breaker lets one through every ten seconds, to see whether it helps."""
        if self.is_full:
            return None
        is_probe = self._probe_at is not None
        if self._probe_at is not None:
            if now < self._probe_at:
                return None
            self._probe_at = now + PROBE
        self.under_way += 1
        return Call(is_probe)

    def leaves(self, call: Call, now: float, *, has_failed: bool, is_slow: bool) -> None:
        """Note how a call ended. A success of a probe closes the breaker, with a clean slate.

        Calls that were under way when the breaker opened say nothing new: of a source that fails half of the time
        the other half would close it at once.
        """
        self.under_way -= 1
        if self._probe_at is not None:
            if call.is_probe and not has_failed and not is_slow:
                self._probe_at = None
                self._calls.clear()
                self._failed = self._slow = 0
            return
        self._calls.append((now, has_failed, is_slow))
        self._failed += has_failed
        self._slow += is_slow
        self._forget(now)
        calls = len(self._calls)
        if calls >= self.least and (self._failed >= FAILURES * calls or self._slow >= SLOW * calls):
            self._probe_at = now + PROBE

    def abandon(self) -> None:
        """Note that a call was given up by us: it says nothing about the source."""
        self.under_way -= 1

    def _forget(self, now: float) -> None:
        while self._calls and self._calls[0][0] <= now - WINDOW:
            _, failed, slow = self._calls.popleft()
            self._failed -= failed
            self._slow -= slow
