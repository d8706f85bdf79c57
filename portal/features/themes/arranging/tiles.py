"""Make the tile of an outcome: which facts come first, which belong together, what is missing. No I/O."""

from collections.abc import Iterable, Mapping, Sequence
from copy import replace
from typing import overload

from portal.platform.access.derivation import is_same
from portal.platform.sources import itemizing
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.gaps import gaps_of, is_whole, may_help_to_ask_again
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.sources.reading.outcomes import (
    Outcome,
    Partial,
    Ready,
    facts_of,
    missing_of,
    name_of,
)
from portal.platform.ui.markup import in_its_language

from .. import section
from ..descent import trees
from ..descent.families import family_of
from ..types import Depth, Viewer
from . import histories, lists
from .elements import blocks_of, cut
from .types import Item, Tile

OWN = Viewer()  # a citizen, without links to children and items

LEAD = 3  # facts or items that a tile shows before "Toon alles"


def tile_of(entry: DatasetEntry, outcome: Outcome, depth: Depth, viewer: Viewer = OWN) -> Tile:
    """Make the tile of an outcome with as much as a page of this depth shows."""
    dataset, words, keys = entry.dataset, entry.words, section.of(entry)
    # The template repeats these with every fact, so their language is marked once.
    origin = (entry.agency.words.name, in_its_language(words.legal_basis))
    if not isinstance(outcome, Ready | Partial):
        return Tile(
            entry,
            outcome,
            name_of(outcome),
            *origin,
            keys.when_nothing,
            keys.explanation,
            is_about_child=viewer.is_about_child,
            may_help_to_ask_again=may_help_to_ask_again(outcome),
        )
    notes = [fact.value for fact in outcome.value if fact.kind == "note"]
    facts = [fact for fact in outcome.value if fact.kind != "note"] if notes else outcome.value
    tile = Tile(
        entry,
        outcome,
        name_of(outcome),
        *origin,
        keys.when_nothing,
        keys.explanation,
        notes=notes,
        meanings=meanings_of(facts, keys.explained),
        gaps=gaps_of(missing_of(outcome), entry.agency.name_of),
        may_help_to_ask_again=may_help_to_ask_again(outcome),
        is_about_child=viewer.is_about_child,
        is_kept_back=viewer.is_about_child and isinstance(outcome, Ready) and not facts,
    )
    if dataset.items:
        places = itemizing.group_by_element(facts, dataset.items)
        all_items = _TileItems(places, dataset.items, viewer)
        if depth != "all" and not all_items:
            return replace(tile, highlights=highlights_of(facts, keys.highlights))
        if depth == "lead":
            return replace(tile, items=all_items)
        choice = viewer.choice if viewer.choice.dataset == entry.name else None
        items, listing = lists.pick(_with_addresses(entry, [*all_items], viewer), dataset.items, choice)
        # The facts outside the items stand on the page as well.
        loose = itemizing.put_names_first(places.get("", ())) if depth == "all" else ()
        return replace(tile, items=items, listing=listing, blocks=blocks_of(loose, words.groups))
    if keys.tree:
        # Without facts, missing or kept back from a parent, a tree would say that there is nobody.
        if not facts:
            return tile
        blocks = blocks_of(facts, words.groups) if depth == "all" else ()
        tree = trees.tree_of(facts, keys.tree)
        family = family_of(tree, viewer, is_drawn=depth == "all", is_whole=is_whole(outcome))
        return replace(tile, family=family, blocks=blocks)
    if dataset.history:
        chapters = histories.chapters_of(cut(facts, words.groups), words.groups, dataset.history)
        return replace(tile, chapters=chapters if depth == "all" else histories.lead_of(chapters, LEAD))
    if depth == "all":
        return replace(tile, blocks=blocks_of(facts, words.groups))
    return replace(tile, highlights=highlights_of(facts, keys.highlights))


def highlights_of(facts: Sequence[Fact], keys: Sequence[str]) -> list[Fact]:
    """Pick the first fact of each key, in the order of the keys; the first LEAD facts where no key is there."""
    wanted, first = frozenset(keys), dict[str, Fact]()
    for fact in facts:
        if fact.key in wanted and fact.key not in first:
            first[fact.key] = fact
            if len(first) == len(wanted):
                break
    return [first[key] for key in keys if key in first] or itemizing.put_names_first(facts)[:LEAD]


def meanings_of(facts: Iterable[Fact], explained: Mapping[str, str]) -> dict[str, str]:
    """Give, by the path of the first fact of each explained key, what that fact means for people."""
    if not explained:
        return {}
    first: dict[str, str] = {}
    for fact in facts:
        if fact.key in explained:
            first.setdefault(fact.key, fact.path)
    return {path: explained[key] for key, path in first.items()}


def items_of(facts: Sequence[Fact], items: Items) -> list[Item]:
    """Cut the facts into items by the element that repeats; each item with its title."""
    return [*_TileItems(itemizing.group_by_element(facts, items), items, OWN)]


class _TileItems(Sequence[Item]):
    """The items of an answer, each made when it is read: a tile counts all and shows three."""

    def __init__(self, places: Mapping[str, list[Fact]], items: Items, viewer: Viewer) -> None:
        self._places = [(place, facts) for place, facts in places.items() if place]
        self._items = items
        self._number = viewer.number if items.about == "people" else ""

    def __len__(self) -> int:
        return len(self._places)

    @overload
    def __getitem__(self, at: int) -> Item: ...

    @overload
    def __getitem__(self, at: slice) -> list[Item]: ...

    def __getitem__(self, at: int | slice) -> Item | list[Item]:
        if isinstance(at, slice):
            return [self._item(place, facts) for place, facts in self._places[at]]
        return self._item(*self._places[at])

    def _item(self, place: str, facts: list[Fact]) -> Item:
        facts = itemizing.put_names_first(facts)
        first = first_by_key(facts)
        detail = [first[key] for key in self._items.detail if key in first]
        # The item about the reader is marked: in a list of persons people look for themselves first.
        is_reader = self._number != "" and any(
            fact.kind == "national_number" and fact.value == self._number for fact in facts
        )
        return Item(itemizing.title_by_key(first, self._items), facts, detail, is_reader=is_reader, place=place)


def tile_of_item(entry: DatasetEntry, outcome: Outcome, item: Item, viewer: Viewer) -> Tile:
    """Make the tile of an outcome for the page of one of its items."""
    tile = tile_of(entry, outcome, "all", viewer)
    return replace(tile, items=[item], listing=None, meanings=meanings_of(item.facts, section.of(entry).explained))


def item_at(entry: DatasetEntry, outcome: Outcome, address: str, viewer: Viewer) -> Item | None:
    """Find the item whose page has an address; None when the answer has no such item."""
    if entry.dataset.items is None:
        return None
    all_items = items_of([fact for fact in facts_of(outcome) if fact.kind != "note"], entry.dataset.items)
    return next((item for item in _with_addresses(entry, all_items, viewer) if is_same(item.href, address)), None)


def _with_addresses(entry: DatasetEntry, all_items: Sequence[Item], viewer: Viewer) -> Sequence[Item]:
    """Give each item the address of its own page, where the viewer has such pages."""
    address = viewer.item_address
    if address is None:
        return all_items
    identities = lists.identities_of(all_items, entry.dataset)
    pairs = zip(all_items, identities, strict=True)
    return [replace(item, href=address(entry, identity)) for item, identity in pairs]
