"""Cut the facts of an answer with a repeating element (diplomas, household members) into items, and name those."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from portal.platform.kit import incomplete_date
from portal.platform.language import dates
from portal.platform.ui.values import readable

from .manifest import Items
from .reading import paths
from .reading.facts import OFFICIAL, Fact, first_by_key


def cut(facts: Iterable[Fact], items: Items) -> dict[str, list[Fact]]:
    """Group facts by the place of the repeating element they stand in, "" for none; names before numbers in each."""
    return {place: put_names_first(of_place) for place, of_place in group_by_element(facts, items).items()}


def group_by_element(facts: Iterable[Fact], items: Items) -> dict[str, list[Fact]]:
    """Group facts as `cut` does, but in the order of the answer."""
    groups: dict[str, list[Fact]] = {}
    place, of_place = "", list[Fact]()
    for fact in facts:
        path = fact.path
        # Facts of one element follow each other.
        if not place or not path.startswith(place):
            place = paths.repeat_of(items.path, path)
            of_place = groups.setdefault(place, [])
        of_place.append(fact)
    return groups


def cut_item(place: str, facts: Iterable[Fact], headings: Mapping[str, str]) -> dict[str, list[Fact]]:
    """Group the facts of an item by the repeating element inside it: a child's amount, a book on loan.

    Facts in no such element come first, under the item's own place. headings: of elements (`[datasets.groups]`). An
    element without a heading counts only if it stands there several times, at least once with more than one fact.
    """
    facts = list(facts)
    steps = {fact.path: _numbered_elements(place, fact.path) for fact in facts}
    sizes = Counter(one for fact in facts for one in steps[fact.path])
    several = {paths.without_number(one) for one in sizes if not one.endswith("[1]")}
    large = {paths.without_number(one) for one, size in sizes.items() if size > 1}
    found: dict[str, list[Fact]] = {place: []}
    for fact in facts:
        counts = (
            one
            for one in steps[fact.path]
            if paths.without_number(one) in several & large or heading_of(paths.plain(one), headings)
        )
        found.setdefault(next(counts, place), []).append(fact)
    return {place: put_names_first(of_place) for place, of_place in found.items() if of_place}


def _numbered_elements(place: str, path: str) -> list[str]:
    """List the elements with a number that a path goes through below a place, the innermost first."""
    ends = [at + 1 for at, sign in enumerate(path) if sign == "]" and at >= len(place)]
    return [path[:end] for end in reversed(ends)] if paths.is_within(path, place) else []


def heading_of(element: str, headings: Mapping[str, str]) -> str:
    """Find the heading of an element: by its name, or the end of its path; "" for none."""
    return next((found for name in paths.endings(element) if (found := headings.get(name))), "")


def name_of_part(place: str, facts: Sequence[Fact], headings: Mapping[str, str]) -> str:
    """Name a part of an item: "Boek: De avonden", by the heading of its element and its first fact."""
    called = next((fact for fact in put_names_first(facts)), None)
    words = [heading_of(paths.plain(place), headings), _as_title(called) if called else ""]
    return ": ".join(word for word in words if word)


def put_names_first(facts: Sequence[Fact]) -> list[Fact]:
    """Put identifying numbers (of a person, a company), and the facts about them, after all others.

    People read what something is called before they read its number. facts: of one item.
    """
    numbers = tuple([f"{fact.key}_" for fact in facts if fact.kind in OFFICIAL])
    if not numbers:
        return list(facts)
    return sorted(facts, key=lambda fact: fact.kind in OFFICIAL or fact.key.startswith(numbers))


def title_of(facts: Iterable[Fact], items: Items) -> str:
    """Give an item's title: the facts that the manifest names, or else the manifest's word for such an item.

    Its values are written as any fact's: dates in words, national numbers masked.
    """
    return title_by_key(first_by_key(facts), items)


def title_by_key(first: Mapping[str, Fact], items: Items) -> str:
    """Give an item's title, by the first fact of each key."""
    named = [first[key] for key in items.title if key in first]
    return " ".join(map(_as_title, named)) or items.one


def _as_title(fact: Fact) -> str:
    """Write a fact as a title: a year or a month alone without the "in" that it has behind a label."""
    day = incomplete_date.read(fact.value) if fact.kind == "date" else None
    return dates.bare(day) if day and day.year else readable(fact.value, fact.kind)
