"""Cut an answer that holds several of the same (diplomas, household members) into one after another."""

from collections.abc import Iterable

from .manifest import Items
from .reading.facts import Fact, first_by_key


def cut(facts: Iterable[Fact], items: Items) -> dict[str, list[Fact]]:
    """Group facts by the place of the repeating element they stand in; those outside it by ""."""
    start = f"{items.path}["
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        place = fact.path[: fact.path.index("]", len(start))] if fact.path.startswith(start) else ""
        found.setdefault(place, []).append(fact)
    return found


def title_of(facts: Iterable[Fact], items: Items) -> str:
    """Say what one of them is called: the facts that the manifest names, or else the word for such an item."""
    first = first_by_key(facts)
    return " ".join(first[key].value for key in items.title if key in first) or items.one
