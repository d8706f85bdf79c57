"""What memory a page takes that waits for a source that hangs.

A portal that just started is given pages of the one dataset whose source hangs, some more at a time. Each time that
all their questions have reached the town, the portal's resident memory is read. The figure is by how much each page
makes that grow: the middle one of the slopes between any two readings, of the middle one of three portals. Memory
that only the first pages add (code, caches, pools) is counted for none of them.

A machine that is busy only opens fewer pages before the first one ends (a manifest allows a deadline of at most 5 s).
Were they opened again, memory that pages of before took would stand in the next reading, divided by fewer pages. So
each reading is of pages that were never opened before, and a portal that had too few is followed by another.
"""

import asyncio
from itertools import combinations

from .bodies import Source
from .browser import UnexpectedAnswerError
from .figures import Figure, median, round_off
from .scene import Scene
from .under_hang import Pages, all_wait, hanging, memory_kb, page_of

TARGET = 130.0
PORTALS, TRIES = 3, 8
STEP, MOST = 20, 500  # pages
LEAST = 4  # readings of a portal, without any page too

type Reading = tuple[int, int]  # pages, kB


def measure() -> Figure:
    """Measure three portals. Raises UnexpectedAnswerError on a machine too busy for any readings."""
    found: list[list[Reading]] = []
    for _ in range(TRIES):
        readings = _of_a_new_portal()
        if len(readings) >= LEAST:
            found.append(readings)
        if len(found) == PORTALS:
            break
    if not found:
        raise UnexpectedAnswerError(f"fewer than {LEAST * STEP} pages could be opened before the first one ended")
    slopes = [_slope(readings) for readings in found]
    return Figure(
        "hung_memory_kb",
        median(slopes),
        "kB",
        TARGET,
        {
            "portals": [round_off(slope) for slope in slopes],
            "pages": [readings[-1][0] for readings in found],
            "without_pages_kb": [readings[0][1] for readings in found],
        },
    )


def _of_a_new_portal() -> list[Reading]:
    with hanging() as (on, source, cookie):
        return asyncio.run(_read(on, source, cookie))


async def _read(on: Scene, source: Source, cookie: str) -> list[Reading]:
    """Open ever more pages until one ends."""
    pages = Pages()
    tasks: list[asyncio.Task[None]] = []
    readings = [(0, memory_kb(on.portal_pid))]
    try:
        while len(tasks) < MOST:
            tasks += [asyncio.create_task(pages.read(on, page_of(source), cookie)) for _ in range(STEP)]
            if not await all_wait(on, source, pages, len(tasks)):
                break
            readings.append((len(tasks), memory_kb(on.portal_pid)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return readings


def _slope(readings: list[Reading]) -> float:
    """Take the middle one of the slopes between any two readings (Theil and Sen)."""
    return median([(more - less) / (many - few) for (few, less), (many, more) in combinations(readings, 2)])
