"""How the sources are doing, as this process sees it, for the pages of operators."""

from datetime import UTC, datetime

import msgspec

from .. import catalogue, unread
from ..catalogue import Agency
from ..manifest import OWN_SOURCES
from ..unread import UnreadCount
from .gatekeeper import gate_of, known_sources, obstacle


class SourceState(msgspec.Struct, frozen=True):
    """How a source is doing, as this process sees it; calls, failed and slow are of the last minute.

    condition: open (it is asked), failing (its breaker is open), full, maintenance or off. unread: what was not read
    of answers, by what was asked, since this process began. processes: how many see it in this condition, where the
    states of several are merged (`processes`).
    """

    source: str
    bodies: tuple[str, ...]
    condition: str
    under_way: int
    calls: int
    failed: int
    slow: int
    down_since: datetime | None
    unread: tuple[UnreadCount, ...] = ()
    processes: int = 1


def states(now: float) -> list[SourceState]:
    """List the state of every source of the catalogue and of the portal's own; now: monotonic seconds."""
    by_source: dict[str, list[tuple[Agency, str]]] = {source: [] for source in OWN_SOURCES}
    known = catalogue.installed()
    for entry in (*known.entries, *known.lookups):
        by_source.setdefault(entry.source, []).append((entry.agency, entry.name))
    for agency in known.agencies:
        asked = [(one.source, name) for one in agency.asks for name in (one.id, *one.names)]
        asked += [(one.source, one.id) for one in agency.lists]
        # A source that the body named at run time is asked under its own name.
        named = [source for family in agency.families for source in known_sources(family)]
        asked += [(source, source) for source in named if source not in agency.sources]
        for source, name in asked:
            by_source.setdefault(source, []).append((agency, f"{agency.id}.{name}"))
    return [_state(source, asked_of, now) for source, asked_of in sorted(by_source.items())]


def _state(source: str, asked_of: list[tuple[Agency, str]], now: float) -> SourceState:
    """Say how a source is doing; asked_of: the bodies that answer there, with the name of what each is asked."""
    gate = gate_of(source)
    bar = obstacle(source, [agency for agency, _ in asked_of], datetime.now(UTC))
    condition = bar.reason if bar else "failing" if gate.is_open else "full" if gate.is_full else "open"
    bodies = tuple(dict.fromkeys(agency.manifest.name for agency, _ in asked_of)) or (OWN_SOURCES[source],)
    not_read = tuple(unread.counts_of([name for _, name in asked_of]))
    return SourceState(source, bodies, condition, gate.under_way, *gate.counts(now), gate.down_since, not_read)
