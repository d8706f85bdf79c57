"""Dates of which a register may not know the day, the month or even the year; and birthdays."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

# ISO, alone or with the zone that an xs:date may carry.
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:Z|[+-][0-9]{2}:[0-9]{2})?")

ADULT_YEARS = 18


@dataclass(frozen=True, slots=True, order=True)
class IncompleteDate:
    """A date in which 0 stands for what is not known: `IncompleteDate(1971, 0, 0)` is some day in 1971."""

    year: int
    month: int
    day: int

    def iso(self) -> str:
        """Write as `YYYY-MM-DD`, with `00` for what is not known."""
        return f"{self.year:04}-{self.month:02}-{self.day:02}"

    def earliest(self) -> date | None:
        """Find the first day it can have been; None when not even the year is known."""
        if not self.year:
            return None
        return date(self.year, self.month or 1, (self.day or 1) if self.month else 1)

    def latest(self) -> date | None:
        """Find the last day it can have been; None when not even the year is known."""
        if not self.year:
            return None
        if not self.month:
            return date(self.year, 12, 31)
        return date(self.year, self.month, self.day or monthrange(self.year, self.month)[1])


def read(text: str) -> IncompleteDate | None:
    """Read `1971-03-02`, `1971-03-00`, `1971-00-00` or `0000-00-00`; None for anything else."""
    match = _ISO.fullmatch(text.strip())
    return from_digits(match[1], match[2], match[3]) if match else None


def from_digits(year: str, month: str, day: str) -> IncompleteDate | None:
    """Make a date of its parts, each in digits, zeros for what is not known; None when no calendar has such a day."""
    result = IncompleteDate(int(year), int(month), int(day))
    if result.month > 12 or result.day > 31:
        return None
    if result.year and result.month and result.day > monthrange(result.year, result.month)[1]:
        return None
    return result


def birthday(born: date, years: int) -> date:
    """Find the day on which someone turns this many years old: 1 March for who was born on 29 February."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
