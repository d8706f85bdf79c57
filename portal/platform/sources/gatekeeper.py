"""The gates of this worker, and what is decided about a source before it is asked."""

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from django.conf import settings

from . import catalogue
from .catalogue import Entry
from .gates import Gate
from .reading.outcomes import Down

_gates: dict[str, Gate] = {}


class State(msgspec.Struct, frozen=True):
    """How a source is doing, as this worker sees it; calls, failed and slow are of the last minute.

    condition: open (asked), failing (left alone for now), full, maintenance or off.
    """

    source: str
    bodies: tuple[str, ...]
    condition: str
    under_way: int
    calls: int
    failed: int
    slow: int
    down_since: datetime | None


def gate_of(source: str) -> Gate:
    """Give the gate of a source."""
    gate = _gates.get(source)
    if gate is None:
        gate = _gates[source] = Gate(settings.SOURCES_AT_ONCE, settings.SOURCES_BREAKER_CALLS)
    return gate


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
    """List every source of the catalogue; `now` is monotonic seconds."""
    by_source: dict[str, list[Entry]] = {}
    known = catalogue.installed()
    for entry in (*known.entries, *known.lookups):
        by_source.setdefault(entry.dataset.source, []).append(entry)
    return [_state(source, entries, now) for source, entries in sorted(by_source.items())]


def _state(source: str, entries: list[Entry], now: float) -> State:
    gate = gate_of(source)
    bar = barred(source, entries, datetime.now(UTC))
    condition = bar.reason if bar else "failing" if gate.is_open else "full" if gate.is_full else "open"
    bodies = tuple(dict.fromkeys(entry.agency.manifest.name for entry in entries))
    return State(source, bodies, condition, gate.under_way, *gate.counts(now), gate.down_since)
