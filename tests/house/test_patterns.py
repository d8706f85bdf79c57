"""No regular expression takes a time that grows more than linearly with its text.

Every pattern of the portal and the bodies is tried on texts made of the characters and words that it knows itself:
one repeated, two in turn, and each with something behind it that does not fit.
"""

import importlib
import inspect
import pkgutil
import re
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from itertools import permutations
from re import _parser
from types import ModuleType
from typing import Any

import pytest

import agencies
import portal
from portal.features.themes.together import comparing
from tests.effort import TRIES

pytestmark = pytest.mark.security

# Characters, and the processor that they may take (seconds): what grows with the text takes a few thousandths.
# From short to long, because nothing can end a pattern that tries every cut of a long one.
STEPS = {36: 0.005, 500: 0.02, 8000: 0.1}
BUSY = 10  # times
# Patterns that are only tried on texts whose length was looked at: what is sure of it stands beside.
SHORT = {
    "portal.features.themes.together.comparing._STREET": comparing.LONGEST,
    "portal.features.themes.together.comparing._BOX": comparing.LONGEST,
}
# Only used on files of this repository.
OUR_OWN = ("portal.platform.help.marks.", "portal.platform.sources.manifest.", "portal.platform.sources.folders.")
SKIPPED = ("tests", "migrations", "management", "asgi")


def modules() -> Iterator[ModuleType]:
    for package in (portal, agencies):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not set(found.name.split(".")) & set(SKIPPED) and not found.name.endswith("_program"):
                yield importlib.import_module(found.name)


def patterns() -> dict[str, re.Pattern[Any]]:
    """Find compiled patterns by the name they have, also in the tables of a module."""

    def inside(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
        if isinstance(value, re.Pattern):
            yield name, value
        elif isinstance(value, dict) and depth < 3:
            for key, each in value.items():
                yield from inside(f"{name}[{key}]", each, depth + 1)
        elif isinstance(value, list | tuple | set | frozenset) and depth < 3:
            for at, each in enumerate(value):
                yield from inside(f"{name}[{at}]", each, depth + 1)

    found: dict[re.Pattern[Any], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for full, pattern in inside(f"{module.__name__}.{name}", value):
                found.setdefault(pattern, full)
    return {name: pattern for pattern, name in found.items() if not name.startswith(OUR_OWN)}


FOUND = patterns()


def pieces_of(pattern: re.Pattern[str]) -> list[str]:
    """List the characters and words that a pattern knows, one of each class, and one that is in none."""
    words: list[str] = []

    def walk(parsed: Any) -> None:
        word = ""
        for kind, given in parsed:
            if str(kind) == "LITERAL":
                word += chr(given)
                continue
            words.append(word)
            word = ""
            if str(kind) == "IN":
                for each, of in given:
                    words.append(
                        chr(of)
                        if str(each) == "LITERAL"
                        else chr(of[0])
                        if str(each) == "RANGE"
                        else CLASSES.get(str(of), "")
                    )
            elif str(kind) in ("NOT_LITERAL", "ANY"):
                words.append("x")
            elif isinstance(given, tuple | list):
                for each in given:
                    if isinstance(each, _parser.SubPattern):
                        walk(each)
                    elif isinstance(each, list):
                        for branch in each:
                            if isinstance(branch, _parser.SubPattern):
                                walk(branch)
        words.append(word)

    walk(_parser.parse(pattern.pattern, pattern.flags))
    known = dict.fromkeys(word for word in words if word)
    return [*list(known)[:6], *(extra for extra in ("a", "1", " ") if extra not in known)]


CLASSES = {"CATEGORY_DIGIT": "7", "CATEGORY_WORD": "w", "CATEGORY_SPACE": " ", "CATEGORY_NOT_SPACE": "n"}


def texts(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    pieces = pieces_of(pattern)
    for made in (*pieces, *("".join(pair) for pair in permutations(pieces, 2))):
        whole = made * (length // len(made))
        yield whole
        yield whole + "\0"


def ways_of(name: str) -> set[str]:
    """Find how a pattern is tried: somewhere in a text, at its beginning, or as a whole."""
    module, _, own = name.partition("[")[0].rpartition(".")
    source = inspect.getsource(sys.modules[module])
    used = set(re.findall(rf"\b{own}\.(match|fullmatch)\b", source))
    is_sought = re.search(rf"\b{own}\.(?!match|fullmatch)\w+\(", source) is not None
    return used | {"search"} if is_sought or not used else used


def is_slow(pattern: re.Pattern[Any], ways: Iterable[str], most: int | None = None) -> str:
    """Describe the text on which a pattern takes too long; "" when there is none."""
    for length, seconds in STEPS.items():
        for text in texts(pattern, min(length, most or length)):
            given = text.encode("utf-8", "replace") if isinstance(pattern.pattern, bytes) else text
            for tried in (getattr(pattern, way) for way in ways):
                if not is_quick(tried, given, seconds):
                    return f"{length} characters of {text[:12]!r}"
    return ""


def is_quick(tried: Callable[[Any], object], given: Any, seconds: float) -> bool:
    """Tell whether a try took no more than so many seconds of processor time."""
    for _ in range(TRIES):
        spent = seconds_of(tried, given)
        # A busy machine takes some times as long; more than that is no chance, and is not waited for again.
        if spent <= seconds or spent > BUSY * seconds:
            return spent <= seconds
    return False


def seconds_of(tried: Callable[[Any], object], given: Any) -> float:
    started = time.thread_time()
    tried(given)
    return time.thread_time() - started


@pytest.mark.parametrize("name", sorted(FOUND))
def test_no_pattern_takes_longer_than_its_text_is_long(name):
    assert is_slow(FOUND[name], ways_of(name), SHORT.get(name)) == ""


def test_patterns_are_found():
    assert len(FOUND) > 30
    assert set(SHORT) <= set(FOUND)


def test_a_slow_pattern_would_be_seen():
    # What is slow on 2000 characters is slower on 8000, which would take a minute.
    for slow in (r"x*x*x*y", r" *\n* *y"):
        assert is_slow(re.compile(slow), ["fullmatch", "search"], most=2000), slow


@pytest.mark.parametrize("text", ["a 1a ", "bus ", "a 1, ", "x", ", ", "1/2 bus "])
def test_addresses_are_measured_before_they_are_read(text):
    street, name = comparing.address_in(text * 20_000), comparing.PersonName(text * 20_000, text * 20_000)

    def compare(_: object) -> None:
        comparing.compare_addresses(street, comparing.address_in("Lei 1, 2000 Antwerpen"))
        comparing.compare_names(name, comparing.PersonName(text * 20_001, text))

    assert any(seconds_of(compare, None) <= 1 for _ in range(TRIES))
