"""Arrange and render tiles so that a long answer keeps nobody else waiting: beside the loop, and in pieces."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any

from django.template.loader import get_template

from portal.platform.sources import beside
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready

from . import rules, windows
from .types import Depth, Look, Tile

SECONDS = 0.005  # of rendering at a stretch
FEW = 100  # facts that are rendered in one go: ten milliseconds


def is_long(found: Iterable[Found]) -> bool:
    """Tell whether so much came that it is to be arranged beside the loop (`beside.done`)."""
    return sum(map(_count, (outcome for _, outcome in found))) > beside.MANY_FACTS


def is_more_than_few(found: Iterable[Found]) -> bool:
    """Tell whether to render all that came in one go takes so long that it is to be done beside the loop."""
    return sum(map(_count, (outcome for _, outcome in found))) > FEW


async def arranged(entry: Entry, outcome: Outcome, depth: Depth, look: Look, start: int = 0) -> Tile:
    """Arrange one outcome, cut to what a page shows of it (`windows.fitted`)."""

    def arrange() -> Tile:
        return windows.fitted(rules.tile_of(entry, outcome, depth, look), depth, start)

    return await beside.done(_count(outcome) > beside.MANY_FACTS, arrange)


async def rendered(tile: Tile, context: Mapping[str, Any]) -> AsyncIterator[str]:
    """Render a tile in pieces, and let others have the loop between them."""
    template = get_template("themes/tile.html")
    values = {"tile": tile, **context}
    if _count(tile.outcome) <= FEW:
        yield template.render(values)
        return
    pieces: list[str] = []
    until = time.perf_counter() + SECONDS
    for piece in template.template.generate(values):
        pieces.append(piece)
        if time.perf_counter() > until:
            yield "".join(pieces)
            pieces.clear()
            await asyncio.sleep(0)
            until = time.perf_counter() + SECONDS
    yield "".join(pieces)


def _count(outcome: Outcome) -> int:
    return len(outcome.value) if isinstance(outcome, Ready | Partial) else 0
