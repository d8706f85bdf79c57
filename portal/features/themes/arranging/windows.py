"""Cut a long answer into pages: how much of it one page shows, and where the rest is. No I/O.

A page that shows all of an answer of 4 MB would be 20 MB, and take seconds to make. The rest is counted and has an
address; search and timeline still read the whole answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from itertools import accumulate, batched, groupby
from typing import NamedTuple

from django.utils.translation import gettext as _

from portal.platform.sources.reading.facts import Fact

from ..types import Depth
from . import ranking
from .types import Chapter, Item, Period, Tile, Window

# The most of one dataset on one page. A fact takes a tenth of a millisecond and 700 bytes; the largest published
# answer has some 1,000 facts, so people with ordinary data see all of it at once.
MOST_FACTS = 1_000
MOST_PARTS = 200  # items, periods or blocks
MOST_ITEMS = 8  # in full: each fills half the screen of a phone (`lists.LONG`)
MOST_PERIODS = 40
MOST_OF_ITEM = 250  # facts of one item in a list of several; its own page has the rest
PIECE = 250  # facts that stay together, where there are more under one heading
TEXT = 200  # characters of a value that weigh as much as one more fact
MOST_NOTES = 20


class Room(NamedTuple):
    """How many facts, and items or periods, of one dataset a page has room for."""

    facts: int = MOST_FACTS
    items: int = MOST_PARTS
    periods: int = MOST_PARTS


ON_PAPER = Room()
ROOM: Mapping[Depth, Room] = {
    "lead": Room(),
    "theme": Room(),
    "all": Room(items=MOST_ITEMS, periods=MOST_PERIODS),
}


def arrange(tile: Tile, depth: Depth, start: int = 0) -> Tile:
    """Cut a tile to what its page shows; on the page of its dataset, rank its facts too (`ranking`)."""
    # A child's profile has no address for a next part.
    tile = fit(tile, depth, start, ON_PAPER if tile.is_about_child else None)
    return ranking.rank(tile) if depth == "all" else tile


def fit(tile: Tile, depth: Depth, start: int = 0, room: Room | None = None) -> Tile:
    """Cut a tile to the page that contains the part (item, period or block) with number `start`, from 0."""
    room = room or ROOM[depth]
    if tile.notes:
        tile = replace(tile, notes=_notes_of(tile.notes))
    if depth == "lead":
        return replace(tile, chapters=[_lead_of(chapter) for chapter in tile.chapters]) if tile.chapters else tile
    if tile.items:
        items = [_shorten(item) for item in tile.items] if depth == "all" else tile.items
        words = tile.entry.words.items
        many = words.many if words else ""
        weights = [_weight(item.facts if depth == "all" else item.detail) for item in items]
        pages = pages_of(weights, room.facts, room.items)
        window = window_of(pages, start, many)
        # The facts outside the items stand on the first page only.
        blocks = tile.blocks if window is None or window.before is None else ()
        return replace(tile, items=_cut(items, pages, start), blocks=blocks, window=window)
    if tile.chapters:
        periods = [(chapter.heading, period) for chapter in tile.chapters for period in _split(chapter.periods)]
        pages = pages_of([sum(map(_weight, period.parts)) for _, period in periods], room.facts, room.periods)
        by_heading = groupby(_cut(periods, pages, start), lambda pair: pair[0])
        chapters = [Chapter(heading, [period for _, period in pairs]) for heading, pairs in by_heading]
        return replace(tile, chapters=chapters, window=window_of(pages, start, _("periodes")))
    blocks = [replace(block, facts=part) for block in tile.blocks for part in _pieces(block.facts)]
    pages = pages_of([_weight(block.facts) for block in blocks], room.facts)
    window = window_of(pages, start, _("gegevens"), [len(block.facts) for block in blocks])
    return replace(tile, blocks=_cut(blocks, pages, start), window=window)


def part_of_item(item: Item, start: int, most: int = MOST_FACTS // 2) -> tuple[Item, Window | None]:
    """Cut the facts of an item to the page with part `start`: half of what a page has that is streamed."""
    pieces = _pieces(item.facts)
    pages = pages_of([_weight(piece) for piece in pieces], most)
    facts = [fact for piece in _cut(pieces, pages, start) for fact in piece]
    return replace(item, facts=facts), window_of(pages, start, _("gegevens"), [len(piece) for piece in pieces])


def pages_of(weights: Sequence[int], most: int = MOST_FACTS, parts: int = MOST_PARTS) -> list[int]:
    """Divide parts over pages; return the index at which each page begins, and last the number of parts."""
    starts, weight = [0], 0
    for at, weight_of_part in enumerate(weights):
        weight += weight_of_part
        if at > starts[-1] and (weight > most or at - starts[-1] >= parts):
            starts.append(at)
            weight = weight_of_part
    return [*starts, len(weights)]


def window_of(pages: Sequence[int], start: int, many: str, sizes: Sequence[int] = ()) -> Window | None:
    """Describe the page that contains part `start`; None when one page holds all. sizes: of each part."""
    if len(pages) <= 2:
        return None
    here = _page_with(pages, start)
    # How many of the things that are counted stand before each part.
    before = [0, *accumulate(sizes)] if sizes else range(pages[-1] + 1)
    return Window(
        first=before[pages[here]],
        end=before[pages[here + 1]],
        total=before[-1],
        many=many,
        before=pages[here - 1] if here else None,
        after=pages[here + 1] if here + 2 < len(pages) else None,
    )


def _page_with(pages: Sequence[int], start: int) -> int:
    return max((page for page, first in enumerate(pages[:-1]) if first <= start), default=0)


def _cut[T](parts: Sequence[T], pages: Sequence[int], start: int) -> Sequence[T]:
    here = _page_with(pages, start)
    return parts[pages[here] : pages[here + 1]]


def _weight(facts: Iterable[Fact]) -> int:
    """Weigh facts: each is one, and one more for every TEXT characters of its value."""
    return sum(1 + len(fact.value) // TEXT for fact in facts)


def _pieces(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    return [facts] if len(facts) <= PIECE else list(batched(facts, PIECE, strict=False))


def _shorten(item: Item) -> Item:
    facts = item.facts[:MOST_OF_ITEM]
    return (
        item if len(facts) == len(item.facts) else replace(item, facts=facts, left_out=len(item.facts) - len(facts))
    )


def _split(periods: Iterable[Period]) -> Iterable[Period]:
    """Cut each period of very many facts into several, each with its title and time."""
    for period in periods:
        if sum(map(len, period.parts)) <= PIECE:
            yield period
            continue
        flat = [piece for part in period.parts for piece in _pieces(part)]
        yield from (replace(period, parts=parts) for parts in batched(flat, 10, strict=False))


def _lead_of(chapter: Chapter) -> Chapter:
    """Cut the periods of a tile on the overview, which few real answers exceed."""
    periods = [replace(period, parts=[part[:20] for part in period.parts[:3]]) for period in chapter.periods]
    return replace(chapter, periods=periods)


def _notes_of(notes: Sequence[str]) -> Sequence[str]:
    """Keep each remark once, and MOST_NOTES at most."""
    return list(dict.fromkeys(notes))[:MOST_NOTES]
