"""Cut an answer by the elements in which its facts stand, under the headings of the manifest. No I/O."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from portal.platform.sources import itemizing
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact

from .types import FactGroup


def blocks_of(facts: Iterable[Fact], headings: Mapping[str, str]) -> list[FactGroup]:
    """Group neighbouring facts by the element they stand in; headings come from the manifest's `groups`.

    A heading's name is the end of a path without indexes: `Kind`, or `Persoon/Naam` to leave other names alone.
    """
    return [
        FactGroup(heading, itemizing.put_names_first(of_block), place)
        for place, heading, of_block in cut(facts, headings)
    ]


def cut(facts: Iterable[Fact], headings: Mapping[str, str]) -> list[tuple[str, str, list[Fact]]]:
    """Cut facts where their element changes; return for each part (path of the element, its heading, its facts)."""
    known: dict[str, tuple[int, str]] = {}

    def place(fact: Fact) -> tuple[str, str]:
        plain = paths.plain(fact.path)
        if plain not in known:
            known[plain] = _innermost(plain, headings)
        depth, heading = known[plain]
        return paths.beginning(fact.path, depth), heading

    return [(path, heading, list(of_block)) for (path, heading), of_block in groupby(facts, place)]


def _innermost(path: str, headings: Mapping[str, str]) -> tuple[int, str]:
    """Find the innermost element with a heading in a path without indexes; return its depth and its heading."""
    for depth in range(paths.depth_of(path), 0, -1):
        if heading := itemizing.heading_of(paths.beginning(path, depth), headings):
            return depth, heading
    return 0, ""
