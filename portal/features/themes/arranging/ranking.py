"""Decide which facts of a dataset stand first on its page, which in folds, and which last. No I/O.

People come for five to eight facts; an answer has up to eighty. None is left out. Essential facts are never folded
but in three places: where a tree shows them itself, beside the chapters of a history, and as the date of a row in a
period.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from typing import NamedTuple

from portal.platform.sources import itemizing
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import OFFICIAL, Fact

from .. import section
from . import elements, periods
from .types import Chapter, FactGroup, FactRow, Fold, Item, Period, Ranking, Tile

FEW = 8  # rows that a page shows at once where a manifest does not say which


class Ranks(NamedTuple):
    """The keys by which facts are ranked. items: the rules of the manifest for items, if the dataset has them."""

    essential: tuple[str, ...]
    technical: frozenset[str]
    items: Items | None = None

    def is_technical(self, row: FactRow) -> bool:
        """Tell whether only offices need a fact: by the manifest, or else by its kind."""
        fact = row.fact
        return fact.key in self.technical or (fact.kind in OFFICIAL and fact.key not in self.essential)


class _BlockRows(NamedTuple):
    """A block with its rows."""

    block: FactGroup
    rows: Sequence[FactRow]


def ranks_of(entry: DatasetEntry) -> Ranks:
    """Read the ranks from a manifest; without `essential`, the facts with which the tile begins are essential."""
    keys, items, history = section.of(entry), entry.dataset.items, entry.dataset.history
    default = items.detail if items else keys.highlights or (history.titles[:1] if history else ())
    return Ranks(keys.essential or default[:FEW], frozenset(keys.technical), items)


def rank(tile: Tile) -> Tile:
    """Rank all facts of a tile for the page of its dataset."""
    ranks, groups = ranks_of(tile.entry), tile.entry.words.groups
    if tile.items:
        beside = of_blocks(tile.blocks, ranks) if tile.blocks else None
        return replace(tile, items=[_rank_in_list(item, ranks, groups) for item in tile.items], ranked=beside)
    if tile.chapters:
        loose = [
            FactGroup("", part) for chapter in tile.chapters if not chapter.heading for part in _parts_of(chapter)
        ]
        chapters = [_chapter(chapter, ranks) for chapter in tile.chapters if chapter.heading]
        return replace(tile, chapters=chapters, ranked=_fold(loose, ranks))
    if tile.family:
        # People come for the tree, which shows the essential facts itself.
        return replace(tile, ranked=_fold(tile.blocks, ranks))
    return replace(tile, ranked=of_blocks(tile.blocks, ranks))


def of_item(item: Item, entry: DatasetEntry) -> Ranking:
    """Rank all facts of an item for its page; the facts of each element that repeats inside it stay together."""
    groups = entry.words.groups
    parts = itemizing.cut_item(item.place, item.facts, groups)
    blocks = elements.blocks_of(parts.pop(item.place, ()), groups)
    for place, facts in parts.items():
        # An element without headings is one block.
        named = [block for block in elements.blocks_of(facts, groups) if block.heading]
        loose = [fact for block in elements.blocks_of(facts, groups) if not block.heading for fact in block.facts]
        blocks += [*named, *([FactGroup("", loose, place)] if loose else [])]
    return of_blocks(blocks, ranks_of(entry))


def of_blocks(blocks: Sequence[FactGroup], ranks: Ranks) -> Ranking:
    """Rank the facts of blocks: the essential ones, a fold for each heading, and the technical ones.

    At most FEW ordinary facts are all essential, as folds would save no room.
    """
    lines = _lines(blocks, ranks)
    rows = [row for _, of_block in lines for row in of_block]
    essential = _essential(rows, ranks)
    ordinary = [row for row in rows if not ranks.is_technical(row)]
    if len(ordinary) <= FEW and not _repeats(blocks):
        essential = [*essential, *_leave_out(ordinary, essential)]
    return _in_folds(
        [_BlockRows(block, _leave_out(of_block, essential)) for block, of_block in lines], ranks, essential
    )


def _fold(blocks: Sequence[FactGroup], ranks: Ranks) -> Ranking:
    """Put all facts of blocks in folds, none of them first."""
    return _in_folds(_lines(blocks, ranks), ranks, ())


def _lines(blocks: Sequence[FactGroup], ranks: Ranks) -> list[_BlockRows]:
    """Make the rows of each block; the first row of each key gets an anchor."""
    known: set[str] = set()
    lines = []
    for block in blocks:
        rows = []
        for row in periods.rows_of(block.facts, ranks.items):
            key = row.fact.key
            rows.append(row if key in known else replace(row, anchor=key))
            known.add(key)
        lines.append(_BlockRows(block, rows))
    return lines


def _in_folds(lines: Sequence[_BlockRows], ranks: Ranks, essential: Sequence[FactRow]) -> Ranking:
    """Make one fold for each heading; facts without a heading come behind these.

    Where several elements share a heading (members of a household), technical facts stay with their own element:
    at the end of the page nobody could tell whose they are.
    """
    several = _repeats(block for block, _ in lines)
    by_heading: dict[str, dict[str, list[FactRow]]] = {}
    technical: list[FactRow] = []
    for block, rows in sorted(lines, key=lambda block_rows: not block_rows.block.heading):
        last = [row for row in rows if ranks.is_technical(row)]
        kept = _leave_out(rows, last)
        if block.heading in several:
            kept += last
        else:
            technical += last
        if kept:
            # An answer may name one element in several places.
            by_heading.setdefault(block.heading, {}).setdefault(block.place, []).extend(kept)
    folds = [
        Fold(heading, list(by_place.values()), paths.common(by_place)) for heading, by_place in by_heading.items()
    ]
    return Ranking(essential, folds, technical)


def _essential(rows: Sequence[FactRow], ranks: Ranks) -> list[FactRow]:
    """Find the rows with an essential fact; in an answer without any, take the first rows that are not technical."""
    by_key: dict[str, list[FactRow]] = {}
    for row in rows:
        for key in {row.fact.key, *(fact.key for fact in row.dates)}:
            by_key.setdefault(key, []).append(row)
    essential = {id(row): row for key in ranks.essential for row in by_key.get(key, ())}
    ordinary = [row for row in rows if not ranks.is_technical(row)]
    # When every fact is technical, a page with one closed fold would look empty.
    return list(essential.values()) or (ordinary or list(rows))[:FEW]


def _leave_out(rows: Iterable[FactRow], others: Iterable[FactRow]) -> list[FactRow]:
    """Keep the rows that are not among the others."""
    ids = {id(row) for row in others}
    return [row for row in rows if id(row) not in ids]


def _repeats(blocks: Iterable[FactGroup]) -> frozenset[str]:
    """Find the headings that several elements share; "" where parts of an item have none."""
    places: dict[str, set[str]] = {}
    for block in blocks:
        if block.heading or block.place:
            places.setdefault(block.heading, set()).add(block.place)
    return frozenset(heading for heading, of_heading in places.items() if len(of_heading) > 1)


def _rank_in_list(item: Item, ranks: Ranks, groups: Mapping[str, str]) -> Item:
    """Rank an item in a list, where it has one fold: its own rows, then those of each part inside it."""
    parts = itemizing.cut_item(item.place, item.facts, groups)
    lines = {place: periods.rows_of(facts, ranks.items) for place, facts in parts.items()}
    essential = _essential([row for rows in lines.values() for row in rows], ranks)
    rest = {place: sorted(_leave_out(rows, essential), key=ranks.is_technical) for place, rows in lines.items()}
    kept = [place for place, rows in rest.items() if rows]
    names = ["" if place == item.place else itemizing.name_of_part(place, parts[place], groups) for place in kept]
    fold = Fold("", [rest[place] for place in kept], item.place, names)
    return replace(item, ranked=Ranking(essential, [fold] if kept else ()))


def _parts_of(chapter: Chapter) -> list[Sequence[Fact]]:
    return [part for period in chapter.periods for part in period.parts]


def _chapter(chapter: Chapter, ranks: Ranks) -> Chapter:
    called = [period.called for period in chapter.periods if period.called]
    keys = {fact.key for facts in (called, *_parts_of(chapter)) for fact in facts}
    is_folded = keys.isdisjoint(ranks.essential)
    return replace(chapter, periods=[_period(period, ranks) for period in chapter.periods], is_folded=is_folded)


def _period(period: Period, ranks: Ranks) -> Period:
    """Rank the facts of a period other than its title and its dates."""
    lists = [sorted(periods.rows_of(part), key=ranks.is_technical) for part in period.parts]
    essential = [row for rows in lists for row in rows if row.fact.key in ranks.essential]
    rest = [_leave_out(rows, essential) for rows in lists]
    folds = [Fold("", [rows for rows in rest if rows], period.place)] if any(rest) else ()
    return replace(period, ranked=Ranking(essential, folds))
