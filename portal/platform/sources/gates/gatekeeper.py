"""The gates of this process, and the passage of each call through one: whether it is admitted, and its vote after."""

import secrets
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from django.conf import settings

from portal.platform.wire.connector import Waiting, measure_waiting

from ..catalogue import Agency
from ..reading.outcomes import Down, Late, Outcome
from .gate import Gate, GatePass

# Reasons that mean the source itself is failing; a refusal or a mismatch does not.
TROUBLE = frozenset(("connection", "status", "fault", "unreadable", "unavailable", "busy"))
# Failures that affect every citizen; only these set `down_since`, which pages show to others. An unreadable answer
# may concern one person only.
OUTAGE = TROUBLE - {"unreadable", "busy"}
SLOW = 0.5  # share of a call's deadline after which it counts as slow

_gates: dict[str, Gate] = {}
_salt = secrets.token_bytes(16)
_passing: ContextVar["Passage | None"] = ContextVar("passing", default=None)


@dataclass(slots=True)
class Passage:
    """One call on its way through a gate.

    voter: who votes. seconds: its deadline. bar: why it was not admitted, None where it was; with a bar the source
    may not be called. since: when the source's outage began (UTC), if that was before this call.
    """

    gate: Gate
    voter: bytes | None
    seconds: float
    waiting: Waiting | None = None
    bar: Down | None = None
    since: datetime | None = None
    _call: GatePass | None = None
    _began: float = 0.0
    _ended: float | None = None
    _elsewhere: float = 0.0
    _overdue: Down | None = None

    def enter(self) -> None:
        """Ask the gate to admit the call."""
        self._began = time.monotonic()
        self._call = self.gate.enter(self._began)
        if self._call is None:
            self.bar = closure(self.gate)

    def restart_clock(self) -> None:
        """Restart the clock: the time until now was spent on our side."""
        self._began, self._elsewhere = time.monotonic(), 0.0
        if self.waiting is not None:
            self.waiting.begin_anew()

    def stop_clock(self) -> None:
        """Stop the clock: the time from now on (reading the answer) is spent on our side."""
        self._ended = time.monotonic()

    def overdue[L](self, late: L, prefix: str = "") -> L | Down:
        """Give the outcome of a call that ran out of time: `late`, unless it waited for us or for another source.

        A call that is late because another source took most of its time ends here, without a vote. prefix: of the
        detail of another outcome.
        """
        if self._overdue is not None:
            return self._overdue
        if self.waiting is not None and self.waiting.was_mostly_waiting:
            return no_connection(prefix)
        if self._elsewhere > (time.monotonic() - self._began) / 2:
            self.leave()
        return late

    def vote(self, outcomes: Sequence[Outcome[Any] | None]) -> None:
        """End the call with its vote, by its outcomes (None: a success that has no outcome).

        The vote is about this source only, not about waiting on our side, nor about another source that had to be
        asked first.
        """
        if self._call is None or self.waiting is None or all(map(says_nothing, outcomes)):
            return
        now = time.monotonic()
        took = (self._ended or now) - self._began - self.waiting.seconds - self._elsewhere
        self.gate.leave(
            self._call,
            now,
            self.voter,
            has_failed=all(map(is_trouble, outcomes)),
            is_slow=took > SLOW * self.seconds,
        )
        self._call = None
        self.since = update_outage(self.gate, outcomes)

    def leave(self) -> None:
        """Free the place of a call without a vote: it was given up, or says nothing about the source."""
        if self._call is not None:
            self.gate.abandon()
            self._call = None

    @contextmanager
    def wait_elsewhere(self, overdue: Down) -> Iterator[None]:
        """Charge the time inside to another source; overdue: the outcome when the call runs out of time there."""
        began = time.monotonic()
        self._overdue = overdue
        yield
        self._overdue = None
        self._elsewhere += time.monotonic() - began


@contextmanager
def passage_through(
    source: str, agencies: Iterable[Agency], voter: bytes | None, seconds: float
) -> Iterator[Passage]:
    """Pass the gate of a source, which is the only way to call it; a passage that is not admitted has a `bar`.

    agencies: whose announced maintenance counts. voter: who votes on how the source is doing, None for a call that is
    not to be counted. seconds: its deadline, by which it is judged to be slow. A call that leaves without `vote` was
    given up, which says nothing about the source.
    """
    passage = Passage(gate_of(source), voter, seconds)
    passage.bar = obstacle(source, agencies, datetime.now(UTC))
    if passage.bar is None:
        passage.enter()
    if passage.bar is not None:
        yield passage
        return
    token = _passing.set(passage)
    try:
        with measure_waiting() as passage.waiting:
            yield passage
    finally:
        passage.leave()
        _passing.reset(token)


@contextmanager
def wait_elsewhere(overdue: Down) -> Iterator[None]:
    """Mark that the current call waits, inside the block, for another source, which has a gate of its own.

    overdue: the outcome when the call runs out of time inside; its own source is not late then.
    """
    passage = _passing.get()
    if passage is None:
        yield
        return
    with passage.wait_elsewhere(overdue):
        yield


def gate_of(source: str) -> Gate:
    """Give the gate of a source."""
    gate = _gates.get(source)
    if gate is None:
        gate = _gates[source] = Gate(settings.SOURCES_AT_ONCE, settings.SOURCES_BREAKER_CALLS)
    return gate


def known_sources(family: str) -> list[str]:
    """List the sources that this process has asked and whose names begin with a family's prefix."""
    return [source for source in _gates if source.startswith(family)]


def voter_of(insz: str) -> bytes:
    """Name a person for the breakers' votes, by a hash under a key of this process: gates hold no national number."""
    return blake2b(insz.encode(), digest_size=8, key=_salt).digest()


def is_trouble(outcome: Outcome[Any] | None) -> bool:
    """Tell whether an outcome says that the source that was asked is itself in trouble."""
    if isinstance(outcome, Down):
        return outcome.reason in TROUBLE and not outcome.is_elsewhere
    return isinstance(outcome, Late)


def no_connection(prefix: str = "") -> Down:
    """Give the outcome when all connections to the source were in use until the deadline."""
    return Down("full", f"{prefix}no connection free")


def says_nothing(outcome: Outcome[Any] | None) -> bool:
    """Tell whether an outcome says nothing about the source, for it was never asked.

    Either this machine ran out of connections, files or ports, or another source that had to be asked first failed.
    """
    if not isinstance(outcome, Down):
        return False
    return outcome.is_unsent if outcome.is_elsewhere else outcome.reason == "full"


def update_outage(gate: Gate, outcomes: Sequence[Outcome[Any] | None]) -> datetime | None:
    """Update `down_since` of a gate by the outcomes of one call; give its value (UTC) from before the call.

    A failure of OUTAGE begins an outage. Any other outcome, even a refusal, ends it and gives None; a late answer
    neither begins nor ends it.
    """
    outages = [is_trouble(outcome) and isinstance(outcome, Down) and outcome.reason in OUTAGE for outcome in outcomes]
    if any(not out and not isinstance(outcome, Late) for out, outcome in zip(outages, outcomes, strict=True)):
        gate.down_since = None
        return None
    before = gate.down_since
    if before is None and any(outages):
        gate.down_since = datetime.now(UTC)
    return before


def closure(gate: Gate) -> Down:
    """Give the outcome of a call that a gate did not admit."""
    return Down("full" if gate.is_full else "failing", since=gate.down_since)


def obstacle(source: str, agencies: Iterable[Agency], now: datetime) -> Down | None:
    """Give why a source is not to be asked at all: switched off by the operator, or in announced maintenance."""
    if source in settings.SOURCES_OFF:
        return Down("off")
    for agency in agencies:
        for announced in agency.manifest.maintenance:
            if announced.source == source and announced.begin <= now < announced.until:
                return Down("maintenance", until=announced.until)
    return None
