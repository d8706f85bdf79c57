"""Decide what a tile shows: which facts first, which belong together, what could not be asked."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby

import msgspec

from portal.platform.access.derivation import is_same
from portal.platform.kit.folding import folded
from portal.platform.sources import itemizing
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.sources.reading.outcomes import (
    Down,
    Late,
    Missing,
    Nothing,
    Outcome,
    Partial,
    Ready,
    Reason,
    name_of,
)
from portal.platform.ui.jinja import in_its_language

from . import drawing, histories, lineage, lists, section
from .types import Block, Depth, Family, Gap, Group, Item, Listed, Look, Relative, Summary, Tile, Tree, Why

IDENTITY = "birth_date"  # the dataset that provides it is the register's own record of a person
OWN = Look()
MOST_RELATIVES = 50  # parents or children in a tree: more are no tree any more
MOST_NAMES = 20  # bodies that are named for one cause
LEAD = 3  # facts or items a tile shows before "Toon alles"
_INDEX = re.compile(r"\[\d+\]")

WHY: Mapping[Reason, Why] = {
    "busy": "no_answer",
    "unavailable": "no_answer",
    "fault": "no_answer",
    "connection": "no_answer",
    "status": "no_answer",
    "refused": "refused",
    "unreadable": "unusable",
    "mismatch": "unusable",
    "silent": "silent",
    "late": "late",
    # Whom we did not ask is not said to have kept silent.
    "full": "not_now",
    "failing": "not_now",
    "journal": "not_now",
    "off": "off",
    "maintenance": "maintenance",
    "many": "many",
    "long": "long",
    "unread": "unread",
    "assurance": "assurance",
}
# What is the same a moment later, for as long as somebody stays on a page.
LASTING: frozenset[Why] = frozenset(("off", "maintenance", "many", "long", "unread", "assurance"))


def is_identity(entry: Entry) -> bool:
    """Tell whether a dataset says who somebody is: what they call themselves stands with it."""
    return entry.dataset.provides == IDENTITY


def by_body(entries: Iterable[Entry]) -> list[Group]:
    """Group datasets by the body that keeps them, in the order of their names: as annex 1 of the policy does."""
    groups: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=lambda entry: folded(entry.agency.words.name)):
        groups.setdefault(entry.agency.id, []).append(entry)
    return [Group(agency, of_body[0].agency.words.name, "", of_body) for agency, of_body in groups.items()]


def tile_of(entry: Entry, outcome: Outcome, depth: Depth, look: Look = OWN) -> Tile:
    """Arrange one outcome for the page, no further than that page shows; `look` says who reads it."""
    dataset, words, keys = entry.dataset, entry.words, section.of(entry)
    # Chosen here once: they stand with every fact.
    origin = (entry.agency.words.name, in_its_language(words.legal_basis))
    if not isinstance(outcome, Ready | Partial):
        return Tile(
            entry,
            outcome,
            name_of(outcome),
            *origin,
            keys.when_nothing,
            keys.explanation,
            is_about_child=look.is_about_child,
        )
    facts = [fact for fact in outcome.value if fact.kind != "note"]
    gaps = gaps_of(entry, outcome.missing) if isinstance(outcome, Partial) else []
    tile = Tile(
        entry,
        outcome,
        name_of(outcome),
        *origin,
        keys.when_nothing,
        keys.explanation,
        notes=[fact.value for fact in outcome.value if fact.kind == "note"],
        meanings=meanings_of(facts, keys.explained),
        gaps=gaps,
        may_help_to_ask_again=any(gap.why not in LASTING for gap in gaps),
        is_about_child=look.is_about_child,
    )
    if dataset.items:
        found = [_read_by(look, item) for item in items_of(facts, dataset.items)]
        if depth == "lead":
            return replace(tile, items=found)
        choice = look.choice if look.choice.dataset == entry.name else None
        items, listing = lists.listed(_linked(entry, found, look), dataset.items, choice)
        return replace(tile, items=items, listing=listing)
    if keys.tree:
        blocks = blocks_of(facts, words.groups) if depth == "all" else ()
        family = family_of(lineage.tree_of(facts, keys.tree), look, is_drawn=depth != "lead")
        return replace(tile, family=family, blocks=blocks)
    if dataset.history:
        chapters = histories.chapters_of(cut(facts, words.groups), words.groups, dataset.history)
        return replace(tile, chapters=chapters if depth == "all" else histories.lead_of(chapters, LEAD))
    if depth == "all":
        return replace(tile, blocks=blocks_of(facts, words.groups))
    return replace(tile, highlights=highlights_of(facts, keys.highlights))


def gaps_of(entry: Entry, missing: Iterable[Missing]) -> list[Gap]:
    """Put together what is missing for the same cause, each body named once and as citizens know it."""
    names: dict[tuple[Why, datetime | None], dict[str, None]] = {}
    for part in missing:
        names.setdefault((WHY[part.reason], part.until), {})[entry.agency.name_of(part.origin)] = None
    return [Gap(why, list(of_cause)[:MOST_NAMES], until) for (why, until), of_cause in names.items()]


def highlights_of(facts: Sequence[Fact], keys: Sequence[str]) -> list[Fact]:
    """Pick the first fact of each key, in the manifest's order; the first facts when none of them is there."""
    first = first_by_key(facts)
    return [first[key] for key in keys if key in first] or list(facts[:LEAD])


def meanings_of(facts: Iterable[Fact], explained: Mapping[str, str]) -> dict[str, str]:
    """Say by path what facts mean: each key's meaning once, at the first fact that has it."""
    if not explained:
        return {}
    first: dict[str, str] = {}
    for fact in facts:
        if fact.key in explained:
            first.setdefault(fact.key, fact.path)
    return {path: explained[key] for key, path in first.items()}


def items_of(facts: Sequence[Fact], items: Items) -> list[Item]:
    """Cut the facts into items by the element that repeats; each item with its title."""
    return [_item(of_item, items) for place, of_item in itemizing.cut(facts, items).items() if place]


def _read_by(look: Look, item: Item) -> Item:
    """Mark the item that is about the reader, as people look for themselves in a list."""
    is_reader = any(fact.kind == "national_number" and fact.value == look.number for fact in item.facts)
    return replace(item, is_reader=True) if is_reader else item


def tile_of_item(entry: Entry, outcome: Outcome, item: Item, look: Look) -> Tile:
    """Arrange an outcome for the page of one item of it."""
    tile = tile_of(entry, outcome, "all", look)
    return replace(tile, items=[item], listing=None, meanings=meanings_of(item.facts, section.of(entry).explained))


def is_whole(outcome: Outcome) -> bool:
    """Tell whether an answer is all there is, so that what is not in it does not exist."""
    return isinstance(outcome, Ready | Nothing)


def without_facts(outcome: Outcome) -> Outcome:
    """Keep of an answer what is wrong with it."""
    return msgspec.structs.replace(outcome, value=()) if isinstance(outcome, Partial) else outcome


def item_at(entry: Entry, outcome: Outcome, address: str, look: Look) -> Item | None:
    """Find the item whose page has an address; None when the answer holds none such."""
    if entry.dataset.items is None or not isinstance(outcome, Ready | Partial):
        return None
    found = items_of([fact for fact in outcome.value if fact.kind != "note"], entry.dataset.items)
    return next((item for item in _linked(entry, found, look) if is_same(item.href, address)), None)


def _linked(entry: Entry, found: Sequence[Item], look: Look) -> Sequence[Item]:
    """Give each item the address of its own page, where there are such pages."""
    if look.item_address is None:
        return found
    identities = lists.identities_of(found, entry.dataset)
    return [replace(item, href=look.item_address(entry, one)) for item, one in zip(found, identities, strict=True)]


def _item(facts: list[Fact], items: Items) -> Item:
    first = first_by_key(facts)
    return Item(itemizing.title_of(facts, items), facts, [first[key] for key in items.detail if key in first])


def blocks_of(facts: Iterable[Fact], headings: Mapping[str, str]) -> list[Block]:
    """Group neighbouring facts by the element they stand in; headings come from the manifest's `groups`.

    A heading's name is the end of a path without indexes: `Kind`, or `Persoon/Naam` to leave other names alone.
    """
    return [Block(heading, of_block) for _, heading, of_block in cut(facts, headings)]


def family_of(tree: Tree, look: Look, *, is_drawn: bool = True) -> Family:
    """List a tree, no more of it than can be seen, and draw it where that is wanted and there is somebody to draw."""
    left_out = sum(max(0, len(people) - MOST_RELATIVES) for people in (tree.parents, tree.children))
    tree = replace(tree, parents=tree.parents[:MOST_RELATIVES], children=tree.children[:MOST_RELATIVES])
    is_drawn = is_drawn and bool(tree.parents or tree.children)
    return Family(
        tree=tree,
        drawing=drawing.draw(tree, is_own=not look.is_about_child) if is_drawn else None,
        parents=[Listed(parent.name, lineage.details_of(parent)) for parent in tree.parents],
        children=[_child(child, look) for child in tree.children],
        is_own=not look.is_about_child,
        left_out=left_out,
    )


def _child(child: Relative, look: Look) -> Listed:
    if look.address_of is None or look.today is None or not child.number:
        return Listed(child.name, lineage.details_of(child))
    may_be_seen = lineage.verdict_of_parent(child, look.today) == "allowed"
    return Listed(child.name, lineage.details_of(child), look.address_of(child.number), may_be_seen)


def cut(facts: Iterable[Fact], headings: Mapping[str, str]) -> list[tuple[str, str, list[Fact]]]:
    """Cut facts where the element they stand in changes: (its path, its heading, the facts)."""
    blocks = groupby(facts, lambda fact: _place(fact.path.split("/"), headings))
    return [(path, heading, list(of_block)) for (path, heading), of_block in blocks]


def _place(parts: Sequence[str], headings: Mapping[str, str]) -> tuple[str, str]:
    """Find the innermost element of a path that has a heading; returns its path and the heading."""
    plain = [_INDEX.sub("", part) for part in parts]
    for depth in range(len(parts), 0, -1):
        for start in range(depth):
            heading = headings.get("/".join(plain[start:depth]))
            if heading:
                return "/".join(parts[:depth]), heading
    return "", ""


def summary_of(outcomes: Sequence[tuple[Entry, Outcome]]) -> Summary:
    """Sum up for the closing line what came whole, what in part and what not; "no data" is a whole answer."""
    partial = [entry.words.title for entry, outcome in outcomes if isinstance(outcome, Partial)]
    silent = [entry.words.title for entry, outcome in outcomes if isinstance(outcome, Late | Down)]
    return Summary(len(outcomes), len(outcomes) - len(partial) - len(silent), partial, silent)
