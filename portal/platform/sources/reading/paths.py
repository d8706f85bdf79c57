"""Paths of facts: where a fact stood in an answer, step by step from the outside (`Bewijzen/Bewijs[2]/Basis`).

A place is the path of an element. The step of an element that repeats bears its number in brackets, from 1; manifests
leave it out.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

_NUMBER = re.compile(r"\[\d+\]")


def plain(path: str) -> str:
    """Leave out the numbers of elements that repeat, as manifests do."""
    return _NUMBER.sub("", path)


def without_number(place: str) -> str:
    """Leave out the number of the last step: `A[2]/B[3]` becomes `A[2]/B`."""
    return place.rpartition("[")[0] if place.endswith("]") else place


def depth_of(path: str) -> int:
    """Count the steps of a path."""
    return path.count("/") + 1


def beginning(path: str, depth: int) -> str:
    """Keep the first steps of a path."""
    return "/".join(path.split("/")[:depth])


def parent(path: str) -> str:
    """Give the place of the element around the last step; "" for the outermost."""
    return path.rpartition("/")[0]


def below(place: str, path: str) -> str:
    """Put a path that begins inside a place after that place."""
    return f"{place}/{path}"


def endings(path: str) -> Iterator[str]:
    """Yield the whole path, then without its first step, without its first two, and so on."""
    steps = path.split("/")
    for start in range(len(steps)):
        yield "/".join(steps[start:])


def common(places: Iterable[str]) -> str:
    """Find the innermost element that contains all of these places; "" where none does.

    It may be one of the places itself. places: one or more.
    """
    first, *others = [place.split("/") for place in places]
    same = takewhile(lambda steps: len(set(steps)) == 1, zip(first, *others, strict=False))
    return "/".join(steps[0] for steps in same)


def is_inside(path: str, place: str) -> bool:
    """Tell whether a path leads to something inside this very place: not to the place itself, nor into a repeat."""
    return path.startswith(f"{place}/")


def is_within(path: str, place: str) -> bool:
    """Tell whether a path leads to a place or one of its repeats, or to something inside them."""
    return path == place or path.startswith((f"{place}/", f"{place}["))


def repeat_of(element: str, path: str) -> str:
    """Find which repeat of an element a path leads into: `A/B[2]` for `A/B` and `A/B[2]/C`; "" for none.

    element: its place, with the numbers of the elements around it and without its own. A path from a manifest, which
    has no numbers, fits only where nothing around the element repeats.
    """
    start = f"{element}["
    return path[: path.index("]", len(start)) + 1] if path.startswith(start) else ""


def innermost_repeat(path: str) -> str:
    """Find the place of the innermost element that repeats, with its number: `A[1]/B[2]` for `A[1]/B[2]/C`.

    "" where none does.
    """
    head, bracket, _rest = path.rpartition("]")
    return head + bracket


def as_far_as(element: str, path: str) -> str:
    """Cut a path after the first place where it reaches an element, with its numbers; "" when it never does.

    element: the last steps of the element's place, without numbers (`A/B`).
    """
    steps, wanted = path.split("/"), element.split("/")
    bare = plain(path).split("/")
    for end in range(len(wanted), len(steps) + 1):
        if bare[end - len(wanted) : end] == wanted:
            return "/".join(steps[:end])
    return ""
