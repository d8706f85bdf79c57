"""The gates of this worker, and what is decided about a source before it is asked."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from hashlib import blake2b

import msgspec
from django.conf import settings

from . import catalogue, unread
from .catalogue import Entry
from .gates import Gate
from .manifest import REPERTORIUM
from .reading.outcomes import Down, Late, Outcome
from .unread import Unread

# What says that the source itself is in trouble; a refusal or a mismatch does not.
TROUBLE = frozenset(("connection", "status", "fault", "unreadable", "unavailable", "busy"))
# What is true for everyone who asks, so that "since when" may be told to the next; an odd answer may be one person's.
OUTAGE = TROUBLE - {"unreadable", "busy"}

_gates: dict[str, Gate] = {}
_salt = secrets.token_bytes(16)


class State(msgspec.Struct, frozen=True):
    """How a source is doing, as this worker sees it; calls, failed and slow are of the last minute.

    condition: open (asked), failing (left alone for now), full, maintenance or off. unread: what was not read of the
    answers of which datasets, since this worker began.
    """

    source: str
    bodies: tuple[str, ...]
    condition: str
    under_way: int
    calls: int
    failed: int
    slow: int
    down_since: datetime | None
    unread: tuple[Unread, ...] = ()


def gate_of(source: str) -> Gate:
    """Give the gate of a source."""
    gate = _gates.get(source)
    if gate is None:
        gate = _gates[source] = Gate(settings.SOURCES_AT_ONCE, settings.SOURCES_BREAKER_CALLS)
    return gate


def voter_of(insz: str) -> bytes:
    """Name a person for the breakers' votes, by what this worker alone can compute: gates hold no national number."""
    return blake2b(insz.encode(), digest_size=8, key=_salt).digest()


def is_trouble(outcome: Outcome | None) -> bool:
    """Tell whether an outcome says that the source that was asked is itself in trouble."""
    if isinstance(outcome, Down):
        return outcome.reason in TROUBLE and not outcome.is_elsewhere
    return isinstance(outcome, Late)


def no_connection(prefix: str = "") -> Down:
    """Say that until the deadline all connections to where it had to go were taken."""
    return Down("full", f"{prefix}no connection free")


def is_ours(outcome: Outcome | None) -> bool:
    """Tell whether a question was let in and did not get off this machine: connections, files or ports ran out."""
    return isinstance(outcome, Down) and outcome.reason == "full" and not outcome.is_elsewhere


def note_since(gate: Gate, outcomes: Sequence[Outcome | None]) -> datetime | None:
    """Note since when a source is down, by all that one call brought; returns it (UTC) when that was before.

    Any other answer, if only a refusal, means that whatever was wrong is over; a late one says neither.
    """
    outages = [is_trouble(outcome) and isinstance(outcome, Down) and outcome.reason in OUTAGE for outcome in outcomes]
    if any(not out and not isinstance(outcome, Late) for out, outcome in zip(outages, outcomes, strict=True)):
        gate.down_since = None
        return None
    before = gate.down_since
    if before is None and any(outages):
        gate.down_since = datetime.now(UTC)
    return before


def closed(gate: Gate) -> Down:
    """Say why a gate let a call not in."""
    return Down("full" if gate.is_full else "failing", since=gate.down_since)


def barred(source: str, entries: Iterable[Entry], now: datetime) -> Down | None:
    """Tell why a source is not to be asked at all: switched off by the operator, or in announced maintenance."""
    if source in settings.SOURCES_OFF:
        return Down("off")
    for entry in entries:
        for time in entry.agency.manifest.maintenance:
            if time.source == source and time.begin <= now < time.until:
                return Down("maintenance", until=time.until)
    return None


def states(now: float) -> list[State]:
    """List every source of the catalogue and the repertorium; `now` is monotonic seconds."""
    by_source: dict[str, list[Entry]] = {REPERTORIUM: []}
    known = catalogue.installed()
    for entry in (*known.entries, *known.lookups):
        by_source.setdefault(entry.dataset.source, []).append(entry)
    return [_state(source, entries, now) for source, entries in sorted(by_source.items())]


def _state(source: str, entries: list[Entry], now: float) -> State:
    gate = gate_of(source)
    bar = barred(source, entries, datetime.now(UTC))
    condition = bar.reason if bar else "failing" if gate.is_open else "full" if gate.is_full else "open"
    bodies = tuple(dict.fromkeys(entry.agency.manifest.name for entry in entries)) or ("MAGDA",)
    not_read = tuple(unread.counted([entry.name for entry in entries]))
    return State(source, bodies, condition, gate.under_way, *gate.counts(now), gate.down_since, not_read)
