"""Numbers, amounts and lists of names, in the language that holds now; signs and words are the CLDR's, by Babel."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache, reduce
from typing import NamedTuple

from .current import current
from .offer import locale_of

MOST_ON_A_BELL = 99  # shown in figures


class _Joints(NamedTuple):
    """CLDR list patterns ("{0} en {1}"): for a pair; for the first two, the middle and the last of a longer list."""

    pair: str
    start: str
    middle: str
    end: str


@cache
def _thousands(language: str) -> str:
    return str(locale_of(language).number_symbols["latn"]["group"])


@cache
def _decimal(language: str) -> str:
    return str(locale_of(language).number_symbols["latn"]["decimal"])


@cache
def _joints(language: str) -> _Joints:
    patterns = locale_of(language).list_patterns["standard"]
    return _Joints(patterns["2"], patterns["start"], patterns["middle"], patterns["end"])


def format_number(number: int) -> str:
    """Write a whole number: 5.312."""
    return f"{number:,}".replace(",", _thousands(current()))


def format_decimal(number: Decimal | float, places: int) -> str:
    """Write a number with so many places behind the decimal sign: 1.250,5."""
    whole, _, rest = f"{number:,.{places}f}".partition(".")
    grouped = whole.replace(",", _thousands(current()))
    return f"{grouped}{_decimal(current())}{rest}" if rest else grouped


def format_money(amount: Decimal, currency: str, places: int = 2) -> str:
    """Write an amount with so many decimals: 1.250,50 euro, or with the code of another currency (ISO 4217).

    currency: "" for the amount alone.
    """
    return f"{format_decimal(amount, places)} {'euro' if currency == 'EUR' else currency}".rstrip()


def on_a_bell(count: int) -> str:
    """Write how many things are new, where there is little room; "" for none."""
    return f"{MOST_ON_A_BELL}+" if count > MOST_ON_A_BELL else str(count or "")


def join_names(names: Sequence[str]) -> str:
    """Join names, at least one, for a sentence: A, B en C."""
    joints = _joints(current())
    if len(names) < 3:
        return joints.pair.format(*names) if len(names) == 2 else names[0]
    *before, last = names[1:]
    begun = joints.start.format(names[0], before[0])
    return joints.end.format(reduce(joints.middle.format, before[1:], begun), last)
