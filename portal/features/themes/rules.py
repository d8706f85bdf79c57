"""Decide what a tile shows: which facts first, which belong together, what could not be asked."""

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from portal.platform.sources.catalogue import Entry, Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Outcome, Partial, Ready, name_of

from .types import Block, Item, Tile

LEAD = 3  # facts or items a tile shows before "Toon alles"
_INDEX = re.compile(r"\[\d+\]")


def tile_of(entry: Entry, outcome: Outcome) -> Tile:
    """Arrange one outcome for the page."""
    if not isinstance(outcome, Ready | Partial):
        return Tile(entry, outcome, name_of(outcome))
    facts = [fact for fact in outcome.facts if fact.kind != "note"]
    dataset = entry.dataset
    return Tile(
        entry,
        outcome,
        name_of(outcome),
        highlights=highlights_of(facts, dataset.highlights),
        items=items_of(facts, dataset.items) if dataset.items else (),
        blocks=() if dataset.items else blocks_of(facts, dataset.groups),
        notes=[fact.value for fact in outcome.facts if fact.kind == "note"],
    )


def highlights_of(facts: Sequence[Fact], keys: Sequence[str]) -> list[Fact]:
    """Pick the first fact of each key, in the manifest's order; the first facts when none of them is there."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.key, fact)
    return [first[key] for key in keys if key in first] or list(facts[:LEAD])


def items_of(facts: Sequence[Fact], items: Items) -> list[Item]:
    """Cut the facts into items by the element that repeats; each item with its title."""
    prefix = re.compile(rf"^{re.escape(items.path)}\[\d+\]")
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if match := prefix.match(fact.path):
            found.setdefault(match[0], []).append(fact)
    return [_item(of_item, items) for of_item in found.values()]


def _item(facts: list[Fact], items: Items) -> Item:
    by_key: dict[str, Fact] = {}
    for fact in facts:
        by_key.setdefault(fact.key, fact)
    title = " ".join(by_key[key].value for key in items.title if key in by_key)
    return Item(title or items.one, facts, [by_key[key] for key in items.detail if key in by_key])


def blocks_of(facts: Iterable[Fact], headings: dict[str, str]) -> list[Block]:
    """Group neighbouring facts by the element they stand in; headings come from the manifest's `groups`."""
    return [Block(heading, list(of_block)) for (_, heading), of_block in groupby(facts, _block(headings))]


def _block(headings: dict[str, str]):  # type: ignore[no-untyped-def]
    def block(fact: Fact) -> tuple[str, str]:
        parts = fact.path.split("/")
        for depth in range(len(parts), 0, -1):
            heading = headings.get(_INDEX.sub("", parts[depth - 1]))
            if heading:
                return "/".join(parts[:depth]), heading
        return "", ""

    return block


def summary_of(outcomes: Sequence[tuple[Entry, Outcome]]) -> tuple[int, int, list[str]]:
    """Count for the closing line: how many asked, how many answered, and the titles that did not."""
    silent = [entry.dataset.title for entry, outcome in outcomes if isinstance(outcome, Late | Down)]
    return len(outcomes), len(outcomes) - len(silent), silent
