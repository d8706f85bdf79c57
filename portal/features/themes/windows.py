"""How much of a long answer one page shows, and where the rest is. Decisions without I/O.

A page that shows all of an answer of 4 MB would be 20 MB, and take seconds to make. What is not shown is counted and
has an address; nothing is left out of what is kept, searched or put on the timeline.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, batched, groupby

from django.utils.translation import gettext as _

from portal.platform.sources.reading.facts import Fact

from .types import Block, Chapter, Depth, Item, Period, Tile, Window

# Of one dataset on one page. A fact takes a tenth of a millisecond and 700 bytes; the largest published answer has
# some 1,000 facts, so who has ordinary data sees all of it at once.
MOST_FACTS = 1_000
MOST_PARTS = 200  # items, periods or blocks
MOST_OF_ITEM = 250  # facts of one item in a list of several; its own page has the rest
PIECE = 250  # facts that stay together, where there are more under one heading
TEXT = 200  # characters of a value that weigh as much as a fact
MOST_NOTES = 20


def fitted(tile: Tile, depth: Depth, start: int = 0, most: int = MOST_FACTS) -> Tile:
    """Cut a tile to what one page shows, from the part (item, period, block; from 0) that `start` counts to."""
    tile = replace(tile, notes=_noted(tile.notes))
    if depth == "lead":
        return replace(tile, chapters=[_led(chapter) for chapter in tile.chapters])
    if tile.items:
        items = [_shortened(item) for item in tile.items] if depth == "all" else tile.items
        words = tile.entry.words.items
        many = words.many if words else ""
        weights = [_weight(item.facts if depth == "all" else item.detail) for item in items]
        pages = pages_of(weights, most)
        return replace(tile, items=_cut(items, pages, start), window=window_of(pages, start, many))
    if tile.chapters:
        periods = [(chapter.heading, period) for chapter in tile.chapters for period in _split(chapter.periods)]
        pages = pages_of([sum(map(_weight, period.parts)) for _, period in periods], most)
        shown = groupby(_cut(periods, pages, start), lambda one: one[0])
        chapters = [Chapter(heading, [period for _, period in of]) for heading, of in shown]
        return replace(tile, chapters=chapters, window=window_of(pages, start, _("periodes")))
    blocks = [Block(block.heading, part) for block in tile.blocks for part in _pieces(block.facts)]
    pages = pages_of([_weight(block.facts) for block in blocks], most)
    window = window_of(pages, start, _("gegevens"), [len(block.facts) for block in blocks])
    return replace(tile, blocks=_cut(blocks, pages, start), window=window)


def part_of_item(item: Item, start: int, most: int = MOST_FACTS // 2) -> tuple[Item, Window | None]:
    """Cut what the page of one item says to half of what a page of many shows: it does not stream."""
    pieces = _pieces(item.facts)
    pages = pages_of([_weight(piece) for piece in pieces], most)
    facts = [fact for piece in _cut(pieces, pages, start) for fact in piece]
    return replace(item, facts=facts), window_of(pages, start, _("gegevens"), [len(piece) for piece in pieces])


def pages_of(weights: Sequence[int], most: int = MOST_FACTS) -> list[int]:
    """Find where each page of a sequence of parts begins; what ends the last one stands behind it."""
    starts, weight = [0], 0
    for at, one in enumerate(weights):
        weight += one
        if at > starts[-1] and (weight > most or at - starts[-1] >= MOST_PARTS):
            starts.append(at)
            weight = one
    return [*starts, len(weights)]


def window_of(pages: Sequence[int], start: int, many: str, sizes: Sequence[int] = ()) -> Window | None:
    """Tell what the page with `start` on it shows; None when there is one page. sizes: counted in what parts hold."""
    if len(pages) <= 2:
        return None
    here = _page_with(pages, start)
    counted = [0, *accumulate(sizes)] if sizes else range(pages[-1] + 1)
    return Window(
        first=counted[pages[here]],
        end=counted[pages[here + 1]],
        total=counted[-1],
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
    return sum(1 + len(fact.value) // TEXT for fact in facts)


def _pieces(facts: Sequence[Fact]) -> list[Sequence[Fact]]:
    return [facts] if len(facts) <= PIECE else list(batched(facts, PIECE, strict=False))


def _shortened(item: Item) -> Item:
    facts = item.facts[:MOST_OF_ITEM]
    return (
        item if len(facts) == len(item.facts) else replace(item, facts=facts, left_out=len(item.facts) - len(facts))
    )


def _split(periods: Iterable[Period]) -> Iterable[Period]:
    """Cut a period of very many facts in several, each with its title and time."""
    for period in periods:
        if sum(map(len, period.parts)) <= PIECE:
            yield period
            continue
        flat = [piece for part in period.parts for piece in _pieces(part)]
        yield from (replace(period, parts=some) for some in batched(flat, 10, strict=False))


def _led(chapter: Chapter) -> Chapter:
    periods = [replace(period, parts=[part[:20] for part in period.parts[:3]]) for period in chapter.periods]
    return replace(chapter, periods=periods)


def _noted(notes: Sequence[str]) -> Sequence[str]:
    """Say each remark once, and not more of them than are read."""
    return list(dict.fromkeys(notes))[:MOST_NOTES]
