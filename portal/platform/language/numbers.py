"""Numbers, and names in a row, in the language that holds now; signs and words are the CLDR's, by Babel."""

from collections.abc import Sequence
from functools import cache, reduce
from typing import NamedTuple

from .current import current
from .offer import locale_of


class _Joints(NamedTuple):
    """How a language joins names: two of them, the first of several, those in the middle, the last."""

    pair: str
    start: str
    middle: str
    end: str


@cache
def _thousands(language: str) -> str:
    return str(locale_of(language).number_symbols["latn"]["group"])


@cache
def _joints(language: str) -> _Joints:
    patterns = locale_of(language).list_patterns["standard"]
    return _Joints(patterns["2"], patterns["start"], patterns["middle"], patterns["end"])


def counted(number: int) -> str:
    """Write a number: 5.312."""
    return f"{number:,}".replace(",", _thousands(current()))


def listed(names: Sequence[str]) -> str:
    """Put names in a sentence: A, B en C."""
    joints = _joints(current())
    if len(names) < 3:
        return joints.pair.format(*names) if len(names) == 2 else names[0]
    *before, last = names[1:]
    begun = joints.start.format(names[0], before[0])
    return joints.end.format(reduce(joints.middle.format, before[1:], begun), last)
