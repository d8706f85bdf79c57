"""Arrange and render tiles without holding up other requests: long ones in a thread, and in pieces."""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from typing import Any

from portal.platform.sources import beside
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.reading.outcomes import Nothing, Outcome, facts_of
from portal.platform.ui.prepared import prepared, template_of

from ..types import Depth, Viewer
from . import tiles, windows
from .types import Tile

TEMPLATES: Mapping[Depth, str] = {
    "lead": "themes/tile_lead.html",
    "theme": "themes/tile_theme.html",
    "all": "themes/tile.html",
}
# Templates in the place of an empty tile: no box, or one that keeps the room of the waiting tile.
NO_BOX, VACANT_BOX = "themes/tile_empty.html", "themes/tile_vacant.html"
FEW = 100  # facts that are rendered in one piece, which takes ten milliseconds


def is_long(outcomes: Iterable[EntryOutcome]) -> bool:
    """Tell whether the answers have so many facts that a thread must arrange them (`beside.run`)."""
    return sum(map(_count, (outcome for _, outcome in outcomes))) > beside.MANY_FACTS


def in_turns(outcomes: Sequence[EntryOutcome]) -> Iterator[Sequence[EntryOutcome]]:
    """Give all short answers together first, then each long answer alone."""
    short = [pair for pair in outcomes if not is_long([pair])]
    if short:
        yield short
    yield from ([pair] for pair in outcomes if is_long([pair]))


def is_more_than_few(outcomes: Iterable[EntryOutcome]) -> bool:
    """Tell whether the answers have so many facts (more than FEW) that a thread must render a page of them all."""
    return sum(map(_count, (outcome for _, outcome in outcomes))) > FEW


async def arrange(entry: DatasetEntry, outcome: Outcome, depth: Depth, viewer: Viewer, start: int = 0) -> Tile:
    """Arrange one outcome as a tile, cut to the part from `start` that a page shows (`windows.arrange`)."""

    def tile() -> Tile:
        return windows.arrange(tiles.tile_of(entry, outcome, depth, viewer), depth, start)

    return await beside.run(_count(outcome) > beside.MANY_FACTS, tile)


def is_empty(tile: Tile, depth: Depth) -> bool:
    """Tell whether an empty box takes the tile's place; on the page of the dataset itself, the tile says that."""
    return depth != "all" and isinstance(tile.outcome, Nothing)


def render_empty(tile: Tile, depth: Depth, *, keeps_room: bool) -> str:
    """Render the box in the place of an empty tile."""
    return prepared(VACANT_BOX, tile.entry, depth=depth) if keeps_room else prepared(NO_BOX, tile.entry)


async def render(tile: Tile, context: Mapping[str, Any]) -> AsyncIterator[str]:
    """Render a tile, a long one in pieces. context: the other values of the template, `depth` among them."""
    template, values = template_of(TEMPLATES[context["depth"]]), {"tile": tile, **context}
    if _count(tile.outcome) <= FEW:
        yield template.render(values)
    else:
        for piece in template.generate(values):
            yield piece


def _count(outcome: Outcome) -> int:
    return len(facts_of(outcome))
