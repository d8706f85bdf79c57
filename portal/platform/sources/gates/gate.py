"""The gate of a source: a bulkhead (so many calls at once) and a circuit breaker. Pure: the caller gives the time.

There is one gate for each source in each process. A full bulkhead or an open breaker refuses at once: queueing would
only make slow pages slower. Times are seconds of a monotonic clock. `gatekeeper` has the gates.

A breaker counts both calls and people: somebody who reloads a failing page makes many calls, but has one vote.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

WINDOW = 60.0  # seconds that count
FAILURES = 0.3  # share of failed calls, and of people whose newest call failed, that opens a breaker
SLOW = 0.5  # share of slow ones that opens it
PEOPLE = 2  # people that must have met failures, unless nobody else asked
PROBE = 10.0  # seconds between two tries while it is open


@dataclass(frozen=True, slots=True)
class GatePass:
    """A call that was admitted; a probe is a call that an open breaker lets through to try."""

    is_probe: bool


class CallEnd(NamedTuple):
    """How a call ended, when, and whose vote it is."""

    at: float
    voter: bytes
    has_failed: bool
    is_slow: bool


@dataclass(slots=True)
class Tally:
    """A number of calls or people, and of those that failed or were slow."""

    total: int = 0
    failed: int = 0
    slow: int = 0

    def count(self, ended: CallEnd, by: int) -> None:
        """Count one more, or (`by` -1) one less."""
        self.total += by
        self.failed += by * ended.has_failed
        self.slow += by * ended.is_slow


@dataclass(slots=True)
class Gate:
    """The gate of one source in this process.

    at_once: most calls under way. least: calls in the window below which the breaker stays closed. down_since: when
    the source's outage began (UTC), None while it has none.
    """

    at_once: int
    least: int
    under_way: int = 0
    down_since: datetime | None = None
    _window: deque[CallEnd] = field(default_factory=deque)
    _newest: dict[bytes, CallEnd] = field(default_factory=dict)
    _calls: Tally = field(default_factory=Tally)
    _people: Tally = field(default_factory=Tally)
    _probe_at: float | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the breaker refuses calls."""
        return self._probe_at is not None

    @property
    def is_full(self) -> bool:
        """Tell whether as many calls are under way as may be."""
        return self.under_way >= self.at_once

    def counts(self, now: float) -> tuple[int, int, int]:
        """Count the calls of the last minute: all, failed, slow."""
        self._forget(now)
        return self._calls.total, self._calls.failed, self._calls.slow

    def enter(self, now: float) -> GatePass | None:
        """Admit a call, or refuse it (None); an open breaker admits a probe every ten seconds."""
        if self.is_full:
            return None
        is_probe = self._probe_at is not None
        if self._probe_at is not None:
            if now < self._probe_at:
                return None
            self._probe_at = now + PROBE
        self.under_way += 1
        return GatePass(is_probe)

    def leave(self, call: GatePass, now: float, voter: bytes | None, *, has_failed: bool, is_slow: bool) -> None:
        """Record how a call ended. A successful probe closes the breaker and clears the counts.

        voter: an unguessable name for the person it was for; None for a call that is not to be counted.
        Calls that were under way when the breaker opened are ignored: with a source that fails half of the time, the
        successes among them would close it at once.
        """
        self.under_way -= 1
        if self._probe_at is not None:
            if call.is_probe and not has_failed and not is_slow:
                self._probe_at = None
                self._window.clear()
                self._newest.clear()
                self._calls, self._people = Tally(), Tally()
            return
        if voter is None:
            return
        self._remember(CallEnd(now, voter, has_failed, is_slow))
        self._forget(now)
        calls, people = self._calls, self._people
        if calls.total >= self.least and (
            self._tips(FAILURES, calls.failed, people.failed) or self._tips(SLOW, calls.slow, people.slow)
        ):
            self._probe_at = now + PROBE

    def abandon(self) -> None:
        """Record that we gave up a call, which says nothing about the source."""
        self.under_way -= 1

    def _tips(self, share: float, calls: int, people: int) -> bool:
        """Tell whether the failing (or slow) calls and people are a large enough share to open the breaker."""
        everyone = self._people.total
        return calls >= share * self._calls.total and people >= min(everyone, max(PEOPLE, share * everyone))

    def _remember(self, ended: CallEnd) -> None:
        self._window.append(ended)
        self._calls.count(ended, 1)
        before = self._newest.get(ended.voter)
        if before is not None:
            self._people.count(before, -1)
        self._newest[ended.voter] = ended
        self._people.count(ended, 1)

    def _forget(self, now: float) -> None:
        while self._window and self._window[0].at <= now - WINDOW:
            ended = self._window.popleft()
            self._calls.count(ended, -1)
            if self._newest[ended.voter] is ended:
                del self._newest[ended.voter]
                self._people.count(ended, -1)
