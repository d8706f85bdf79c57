"""How much memory a page takes while it waits for a source that hangs.

Pages of a dataset whose source hangs are opened on a portal that just started, some more at a time. Each time that
all their questions have reached the town, the portal's resident memory is read. The figure is how much each page
adds: the median of the slopes between any two readings, and of these the median of three portals. Memory that only
the first pages add (code, caches, pools) thus counts for none.

On a busy machine fewer pages are open before the first one ends (a manifest allows a deadline of at most 5 s).
Opening pages again would count memory of earlier pages, divided by fewer. So each page is opened once, and a portal
with too few readings is followed by another.
"""

import asyncio
from itertools import combinations

from .bodies import Source
from .browser import UnexpectedAnswerError
from .figures import Figure, median, round_off
from .scene import Scene
from .under_hang import Pages, all_wait, hanging_scene, memory_kb, page_of

TARGET = 130.0
PORTALS, TRIES = 3, 8
STEP, MOST = 20, 500  # pages that are opened at a time, and in all
LEAST = 4  # readings of a portal, with that before any page

type Reading = tuple[int, int]  # open pages, and resident memory in kB


def measure() -> Figure:
    """Measure three portals. Raises UnexpectedAnswerError on a machine too busy for any readings."""
    portals: list[list[Reading]] = []
    for _ in range(TRIES):
        readings = _read_new_portal()
        if len(readings) >= LEAST:
            portals.append(readings)
        if len(portals) == PORTALS:
            break
    if not portals:
        raise UnexpectedAnswerError(f"fewer than {LEAST * STEP} pages could be opened before the first one ended")
    slopes = [_slope(readings) for readings in portals]
    return Figure(
        "hung_memory_kb",
        median(slopes),
        "kB",
        TARGET,
        {
            "portals": [round_off(slope) for slope in slopes],
            "pages": [readings[-1][0] for readings in portals],
            "without_pages_kb": [readings[0][1] for readings in portals],
        },
    )


def _read_new_portal() -> list[Reading]:
    with hanging_scene() as (scene, source, cookie):
        return asyncio.run(_read(scene, source, cookie))


async def _read(scene: Scene, source: Source, cookie: str) -> list[Reading]:
    """Open ever more pages until one ends."""
    pages = Pages()
    tasks: list[asyncio.Task[None]] = []
    readings = [(0, memory_kb(scene.portal_pid))]
    try:
        while len(tasks) < MOST:
            tasks += [asyncio.create_task(pages.read(scene, page_of(source), cookie)) for _ in range(STEP)]
            if not await all_wait(scene, source, pages, len(tasks)):
                break
            readings.append((len(tasks), memory_kb(scene.portal_pid)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return readings


def _slope(readings: list[Reading]) -> float:
    """Give the median of the slopes between any two readings (the Theil-Sen estimator), in kB per page."""
    return median([(more - less) / (many - few) for (few, less), (many, more) in combinations(readings, 2)])
