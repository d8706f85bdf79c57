"""The names in the samples of a dataset, to check a manifest: a key or path that no sample has would show nothing."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

import msgspec

from .reading import paths
from .reading.facts import Fact

LONGEST = 200  # characters of a name for which a similar one is looked for
NAMED = 4  # places that a message lists


class SampleNames(msgspec.Struct, frozen=True):
    """The keys of the facts in a dataset's samples, their paths, and these paths without indexes (`places`).

    in_code: all names in the body's own code, for facts that few people have and no sample holds.
    """

    keys: frozenset[str]
    paths: frozenset[str]
    places: frozenset[str]
    in_code: frozenset[str] = frozenset()

    def lacks_keys(self, where: str, keys: Iterable[str], *, may_be_rare: bool = False) -> Iterator[str]:
        """Give a message about the fact keys of a manifest that no sample has, each with a similar key that one has.

        where: the place in the manifest. may_be_rare: keys in the body's code are accepted too.
        """
        strange = sorted({*keys} - self.keys - (self.in_code if may_be_rare else frozenset()))
        if strange:
            listed = ", ".join(f"{key}{self._meant(key)}" for key in strange)
            yield f"{where} names what no sample says: {listed}"

    def lacks_path(self, where: str, path: str) -> Iterator[str]:
        """Give a message if a path from the top of the answer leads to no fact."""
        if not any(paths.is_within(place, path) for place in self.places):
            yield f"{where} leads to no fact of any sample: {path}{self._repeats_in_words()}"

    def lacks_place(self, where: str, path: str) -> Iterator[str]:
        """Give a message if a path from the top leads to no fact, or to one with an element around it that repeats.

        Nothing is found by such a path: manifests leave the numbers of elements out, and places have them.
        """
        around = self._repeats_around(path)
        cure = "as an element that repeats; write the path of one around which nothing repeats"
        repeats = [f"{where}: parse.py reads {outer}, around {path}, {cure}" for outer in around[:1]]
        yield from repeats or self.lacks_path(where, path)

    def lacks_repeated(self, where: str, path: str) -> Iterator[str]:
        """Give a message as `lacks_place` does, or if a path leads to an element that parse.py reads only once."""
        if any(paths.repeat_of(path, one) for one in self.paths):
            return
        misplaced = list(self.lacks_place(where, path))
        repeats = f"{where}: parse.py reads {path} as an element that stands there once; write {path}[] in its table"
        yield from misplaced or [repeats]

    def lacks_element(self, where: str, name: str) -> Iterator[str]:
        """Give a message if no fact stands in an element of this name (or end of a path), and no code has it."""
        if self.in_code.issuperset(name.split("/")):
            return
        if not any(paths.as_far_as(name, place) for place in self.places):
            known = {step for place in self.places for step in place.split("/")} | self.in_code
            near = _near(name, known)
            yield f"{where} names an element in which no fact of any sample stands: {name}{near}"

    def _meant(self, key: str) -> str:
        return _near(key, self.keys)

    def _repeats_around(self, path: str) -> list[str]:
        """List the outermost elements that repeat around the elements with a path."""
        places = {paths.beginning(one, paths.depth_of(path)) for one in self.paths}
        outside = (paths.parent(place) for place in places if paths.plain(place) == path)
        return sorted({around.partition("[")[0] for around in outside if "[" in around})

    def _repeats_in_words(self) -> str:
        found = sorted({paths.plain(repeat) for path in self.paths if (repeat := paths.innermost_repeat(path))})[
            :NAMED
        ]
        return f" (what repeats: {', '.join(found)})" if found else ""


def collect_names(facts: Iterable[Fact], in_code: Iterable[str] = ()) -> SampleNames:
    """Collect the keys and paths of the facts of all samples, with the names in the body's code."""
    keys, found = set(), set()
    for fact in facts:
        if fact.kind != "note":
            keys.add(fact.key)
            found.add(fact.path)
    places = frozenset(map(paths.plain, found))
    return SampleNames(frozenset(keys), frozenset(found), places, frozenset(in_code))


def _near(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, sorted(known), n=1) if len(name) <= LONGEST else []
    return f" ({near[0]} is one)" if near else ""
