"""How long dossiers of a service took, read off counts of reported dossiers that name no citizen and no dossier."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from portal.platform.database import pool

from . import sealing
from .actions import WHOLE

FEWEST = 30  # dossiers; of fewer no duration is given
COUNTS = "select state, days, dossiers from dossiers_duration where state = any(%s) order by state, days"


class ObservedDuration(NamedTuple):
    """How long dossiers took.

    half: days within which half were done. quarter: days that a quarter took longer than, 0 where that says nothing
    more. dossiers: how many were observed.
    """

    half: int
    quarter: int
    dossiers: int


class BodyProduct(NamedTuple):
    """A product of the IPDC as one body has it: the id of its agency, and the number."""

    body: str
    product: str


async def of_state(service: BodyProduct, state: str) -> ObservedDuration | None:
    """Give how long dossiers of a service were in a state; None for too few."""
    return (await _observe([service], state)).get(service)


async def of_whole(services: Iterable[BodyProduct]) -> Mapping[BodyProduct, ObservedDuration]:
    """Give how long dossiers of services took from first report to end; services with too few are left out."""
    return await _observe(services, WHOLE)


async def _observe(services: Iterable[BodyProduct], state: str) -> dict[BodyProduct, ObservedDuration]:
    marks = {await sealing.state_mark(service.body, service.product, state): service for service in services}
    counts_of: dict[BodyProduct, list[tuple[int, int]]] = {}
    for mark, days, dossiers in await pool.repeatable(COUNTS, (list(marks),)) if marks else ():
        counts_of.setdefault(marks[bytes(mark)], []).append((days, dossiers))
    return {service: duration for service, counts in counts_of.items() if (duration := duration_in(counts))}


def duration_in(counts: Sequence[tuple[int, int]]) -> ObservedDuration | None:
    """Compute a duration from pairs of days, the shortest first, and how many dossiers took so many; None for too
    few.
    """
    total = sum(dossiers for _, dossiers in counts)
    if total < FEWEST:
        return None
    counted, half, quarter = 0, None, 0
    for days, dossiers in counts:
        # More than a quarter of all took at least so many days, so that many took longer than a day less.
        if (total - counted) * 4 >= total:
            quarter = days - 1
        counted += dossiers
        if half is None and counted * 2 >= total:
            half = days
    assert half is not None  # noqa: S101 - all are done at the last
    return ObservedDuration(half, quarter if quarter > half else 0, total)
