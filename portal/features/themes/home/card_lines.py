"""Decide which line the card of a theme has of each dataset, and what the line says. No I/O."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from portal.platform.language.numbers import join_names
from portal.platform.sources.catalogue import DatasetEntry
from portal.platform.sources.reading.outcomes import facts_of
from portal.platform.ui.values import readable

from .. import section
from ..arranging import lists, tiles
from ..arranging.types import Item, Tile
from ..types import Order

MOST_LINES = 3  # of a card

MOST_NAMES = 6  # of one line

LONGEST_NAMES = 90  # characters of the names in one line, after which the others are counted


@dataclass(frozen=True, slots=True, repr=False)
class HomeLine:
    """The line of a dataset on a card: a label and a value. is_dutch: the label is that of a fact, in Dutch.

    detail: a second value, or "". more: how many items or people have no room in the line.
    """

    label: str
    value: str
    is_dutch: bool = False
    detail: str = ""
    more: int = 0


def in_card_order(entries: Iterable[DatasetEntry]) -> list[DatasetEntry]:
    """Sort the datasets of a theme for its card: those about the present first, then descent, then histories."""
    return sorted(entries, key=lambda entry: (entry.dataset.history is not None, section.of(entry).tree is not None))


def with_lines(entries: Iterable[DatasetEntry]) -> list[DatasetEntry]:
    """Keep the datasets that may have a line on a card: histories stand on the page of the theme only."""
    return [entry for entry in in_card_order(entries) if not entry.dataset.history]


def line_of(entry: DatasetEntry, tile: Tile) -> HomeLine | None:
    """Make the line of a dataset: its newest item, the names in it, or its first fact; None without any."""
    keys = section.of(entry)
    if entry.dataset.items and (items := [*tile.items]):
        # In a household the line names the others; a list of diplomas is all about the reader.
        if sum(item.is_reader for item in items) == 1:
            names, more = names_of([item.title for item in _others(items)])
            return HomeLine(entry.words.title, names, more=more)
        newest, *others = lists.sort(items, entry.dataset.items, Order.NEWEST)
        detail = next((readable(fact.value, fact.kind) for fact in newest.detail), "")
        return HomeLine(entry.words.title, newest.title, detail=detail, more=len(others))
    if tile.family:
        names, more = names_of([child.name for child in tile.family.children])
        return HomeLine(_("Uw kinderen"), names, more=more) if names else None
    facts = [fact for fact in facts_of(tile.outcome) if fact.kind != "note"]
    facts = tiles.highlights_of(facts, (*keys.first, *keys.highlights))
    return HomeLine(facts[0].label, readable(facts[0].value, facts[0].kind), is_dutch=True) if facts else None


def _others(items: Sequence[Item]) -> Sequence[Item]:
    """Drop the reader from a list of people, unless there is nobody else."""
    return [item for item in items if not item.is_reader] or items


def names_of(names: Sequence[str]) -> tuple[str, int]:
    """Join names for one line ("" without any), and count the names for which it has no room."""
    fitting: list[str] = []
    for name in names[:MOST_NAMES]:
        if fitting and sum(map(len, fitting)) + len(name) > LONGEST_NAMES:
            break
        fitting.append(name)
    return (join_names(fitting) if fitting else ""), len(names) - len(fitting)


@dataclass(slots=True)
class CardLines:
    """Decide which datasets of a theme get a line on its card, MOST_LINES at most, as early as the answers allow.

    A line that was sent stays: so it is given only once no dataset before it in the order can take its place.
    """

    order: Sequence[DatasetEntry]
    known: dict[str, HomeLine | None] = field(default_factory=dict)
    _decided: set[str] = field(default_factory=set)

    def take(self, entry: DatasetEntry, line: HomeLine | None) -> Iterator[tuple[DatasetEntry, HomeLine | None]]:
        """Add the line of a dataset (None without one); yield the datasets that this decides, with line or None."""
        self.known[entry.name] = line
        may_be_before, are_before = 0, 0  # datasets before this one that may still get, or have, a line
        for dataset in self.order:
            is_known = dataset.name in self.known
            has_line = is_known and self.known[dataset.name] is not None
            if is_known and dataset.name not in self._decided:
                if not has_line or are_before >= MOST_LINES:
                    self._decided.add(dataset.name)
                    yield dataset, None
                elif may_be_before < MOST_LINES:
                    self._decided.add(dataset.name)
                    yield dataset, self.known[dataset.name]
            may_be_before += has_line or not is_known
            are_before += has_line
