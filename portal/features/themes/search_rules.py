"""Decide what a search shows: which facts are found. No I/O."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal.platform.kit.folding import folded
from portal.platform.language.translations import InDutch, like
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome, Partial, Ready
from portal.platform.ui.jinja import shown

from . import rules
from .coverage import Coverage, coverage_of
from .finding import Piece, Sought, marked
from .types import Block

MOST = 12  # facts of one dataset that are shown; its own page has the rest


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """A fact that was found, with the words marked in what people read."""

    label: Sequence[Piece]
    value: Sequence[Piece]


@dataclass(frozen=True, slots=True, repr=False)
class Part:
    """Found facts that belong together: of one item, or under one heading, which may be empty, or in Dutch."""

    heading: Sequence[Piece]
    rows: Sequence[Row]
    is_in_dutch: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Result:
    """What was found in one dataset; left_out counts the facts that its own page shows besides."""

    entry: Entry
    asked_at: datetime
    title: Sequence[Piece]
    parts: Sequence[Part]
    left_out: int


@dataclass(frozen=True, slots=True, repr=False)
class Search:
    """All that a search came to, and what of one's data it went through."""

    results: Sequence[Result]
    coverage: Coverage


def search_of(found: Sequence[Found], unasked: Sequence[Entry], sought: Sought) -> Search:
    """Search what came, and name what did not."""
    results = [result for entry, outcome in found if (result := result_of(entry, outcome, sought))]
    return Search(results, coverage_of(found, unasked))


def result_of(entry: Entry, outcome: Outcome, sought: Sought) -> Result | None:
    """Find what is sought in one dataset; None when it is not in it.

    Every term must be in a fact's label or value, its heading (of an item: its title) or the dataset's title, and at
    least one in the fact itself. Terms that a heading or the title has by itself find what stands below it.
    """
    if not isinstance(outcome, Ready | Partial):
        return None
    title = entry.words.title
    parts: list[Part] = []
    room, left_out = MOST, 0
    for heading, facts in _cut(entry, outcome.value):
        chosen = _chosen(title, heading, facts, sought)
        taken = chosen[:room]
        room, left_out = room - len(taken), left_out + len(chosen) - len(taken)
        if taken:
            rows = [_row(fact, sought) for fact in taken]
            parts.append(Part(marked(heading, sought), rows, isinstance(heading, InDutch)))
    plain = folded(title)
    if not parts and not all(term.is_in(plain) for term in sought.terms):
        return None
    return Result(entry, outcome.asked_at, marked(title, sought), parts, left_out)


def _cut(entry: Entry, facts: Sequence[Fact]) -> list[tuple[str, Sequence[Fact]]]:
    """Cut facts into what stands together on the dataset's page: items by their title, else blocks."""
    dataset = entry.dataset
    parts: list[tuple[str, Sequence[Fact]]] = []
    rest = facts
    if dataset.items:
        parts = [(InDutch(item.title), item.facts) for item in rules.items_of(facts, dataset.items)]
        rest = [fact for fact in facts if not fact.path.startswith(f"{dataset.items.path}[")]
    titles = dataset.history.titles if dataset.history else ()
    return parts + [(_heading(block, titles), block.facts) for block in rules.blocks_of(rest, entry.words.groups)]


def _heading(block: Block, titles: Sequence[str]) -> str:
    """Name a block; in a history by what its period is called, too: who it is about, which address."""
    called = next((fact for key in titles for fact in block.facts if fact.key == key), None)
    if not block.heading or called is None:
        return block.heading
    return like(block.heading, f"{block.heading}: {shown(called.value, called.kind)}")


def _chosen(title: str, heading: str, facts: Sequence[Fact], sought: Sought) -> list[Fact]:
    context = folded(f"{title}\n{heading}")
    chosen = [fact for fact in facts if _is_found(fact, context, sought)]
    if chosen or not heading or not all(term.is_in(context) for term in sought.terms):
        return chosen
    plain = folded(heading)
    return list(facts[: rules.LEAD]) if any(term.is_in(plain) for term in sought.terms) else []


def _is_found(fact: Fact, context: str, sought: Sought) -> bool:
    own = folded(f"{fact.label}\n{shown(fact.value, fact.kind)}")
    is_own = False
    for term in sought.terms:
        if term.means(fact.value, fact.kind) or term.is_in(own):
            is_own = True
        elif not term.is_in(f"{context}\n{own}"):
            return False
    return is_own


def _row(fact: Fact, sought: Sought) -> Row:
    value = shown(fact.value, fact.kind)
    is_meant = any(term.means(fact.value, fact.kind) for term in sought.terms)
    return Row(marked(fact.label, sought), [(value, True)] if is_meant else marked(value, sought))
