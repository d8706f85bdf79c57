"""Find the facts that match a search, and arrange them for the page of results. No I/O."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.platform.kit.folding import fold
from portal.platform.language.translations import InDutch, mark_like
from portal.platform.sources import itemizing
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready
from portal.platform.ui.values import readable

from ..arranging import elements, tiles
from ..arranging.types import FactGroup, Item
from ..together.coverage import Coverage, coverage_of
from .terms import Fragment, SearchQuery, mark

MOST = 12  # facts of one dataset in the results; the page of the dataset shows all


@dataclass(frozen=True, slots=True, repr=False)
class Hit:
    """A fact that matches. key: of the fact; label, value: as people read them, with the matching words marked."""

    key: str
    label: Sequence[Fragment]
    value: Sequence[Fragment]


@dataclass(frozen=True, slots=True, repr=False)
class HitGroup:
    """The hits of one item, or under one heading of the dataset's page; heading: [] for none.

    is_in_dutch: whether the heading is Dutch in every language.
    """

    heading: Sequence[Fragment]
    rows: Sequence[Hit]
    is_in_dutch: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class DatasetHits:
    """The results in one dataset. left_out: how many matching facts beyond MOST are not in the parts."""

    entry: DatasetEntry
    asked_at: datetime
    title: Sequence[Fragment]
    parts: Sequence[HitGroup]
    left_out: int


@dataclass(frozen=True, slots=True, repr=False)
class SearchResults:
    """The results of a search, and which datasets it covers."""

    results: Sequence[DatasetHits]
    coverage: Coverage


def search_of(
    outcomes: Sequence[EntryOutcome], unasked: Sequence[DatasetEntry], sought: SearchQuery
) -> SearchResults:
    """Search all answers. unasked: the datasets that were not asked, for the coverage."""
    results = [result for entry, outcome in outcomes if (result := result_of(entry, outcome, sought))]
    return SearchResults(results, coverage_of(outcomes, unasked))


def result_of(entry: DatasetEntry, outcome: Outcome, sought: SearchQuery) -> DatasetHits | None:
    """Search one dataset; None when nothing matches, or without an answer.

    A fact matches when every term is in its label or value, its heading (of an item: its title) or the dataset's
    title, and at least one term is in the fact itself. A heading that matches in the same way gives its first facts
    when none of them matches. A dataset whose title has all terms is a result, even without parts.
    """
    if not isinstance(outcome, Ready | Partial):
        return None
    title = entry.words.title
    parts: list[HitGroup] = []
    room, left_out = MOST, 0
    for heading, facts in _cut(entry, outcome.value):
        hits = _facts_in(title, heading, facts, sought)
        shown = hits[:room]
        room, left_out = room - len(shown), left_out + len(hits) - len(shown)
        if shown:
            rows = [_hit(fact, sought) for fact in shown]
            parts.append(HitGroup(mark(heading, sought), rows, isinstance(heading, InDutch)))
    plain = fold(title)
    if not parts and not all(term.is_in(plain) for term in sought.terms):
        return None
    return DatasetHits(entry, outcome.asked_at, mark(title, sought), parts, left_out)


def _cut(entry: DatasetEntry, facts: Sequence[Fact]) -> list[tuple[str, Sequence[Fact]]]:
    """Group facts as the dataset's page does, each group with its heading: by item, and the others by block."""
    dataset = entry.dataset
    parts: list[tuple[str, Sequence[Fact]]] = []
    rest = facts
    if dataset.items:
        parts = [part for item in tiles.items_of(facts, dataset.items) for part in _parts_of(item, entry)]
        rest = [fact for fact in facts if not paths.repeat_of(dataset.items.path, fact.path)]
    titles = dataset.history.titles if dataset.history else ()
    return parts + [(_heading(block, titles), block.facts) for block in elements.blocks_of(rest, entry.words.groups)]


def _parts_of(item: Item, entry: DatasetEntry) -> Iterator[tuple[str, Sequence[Fact]]]:
    """Give the facts of an item with its title, and apart those of each element that repeats inside it."""
    groups = entry.words.groups
    for place, facts in itemizing.cut_item(item.place, item.facts, groups).items():
        within = "" if place == item.place else f" · {itemizing.name_of_part(place, facts, groups)}"
        yield InDutch(f"{item.title}{within}"), facts


def _heading(block: FactGroup, titles: Sequence[str]) -> str:
    """Give the heading of a block; in a history with what its period is about, such as a person or an address."""
    title = next((fact for key in titles for fact in block.facts if fact.key == key), None)
    if not block.heading or title is None:
        return block.heading
    return mark_like(block.heading, f"{block.heading}: {readable(title.value, title.kind)}")


def _facts_in(title: str, heading: str, facts: Sequence[Fact], sought: SearchQuery) -> list[Fact]:
    """Choose the facts under a heading that match; its first facts where only the heading itself matches."""
    context = fold(f"{title}\n{heading}")
    matching = [fact for fact in facts if _matches(fact, context, sought)]
    if matching or not heading or not all(term.is_in(context) for term in sought.terms):
        return matching
    plain = fold(heading)
    return list(facts[: tiles.LEAD]) if any(term.is_in(plain) for term in sought.terms) else []


def _matches(fact: Fact, context: str, sought: SearchQuery) -> bool:
    own = fold(f"{fact.label}\n{readable(fact.value, fact.kind)}")
    is_own = False
    for term in sought.terms:
        if term.means(fact.value, fact.kind) or term.is_in(own):
            is_own = True
        elif not term.is_in(f"{context}\n{own}"):
            return False
    return is_own


def _hit(fact: Fact, sought: SearchQuery) -> Hit:
    value = readable(fact.value, fact.kind)
    is_meant = any(term.means(fact.value, fact.kind) for term in sought.terms)
    return Hit(fact.key, mark(fact.label, sought), [(value, True)] if is_meant else mark(value, sought))
