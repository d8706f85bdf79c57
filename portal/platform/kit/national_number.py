"""The Belgian national number (rijksregisternummer, INSZ): whether a text is one, and which birth date it holds.

Eleven digits: two of the year, two of the month, two of the day, three of a serial number, two of a check.
The month is raised by 20 or 40 for people who are not in the population register (bis numbers), by 60 for people who
do not exist (test numbers), by 80 when both hold. The check is 97 less the remainder of the first nine digits divided
by 97; for births from the year 2000 on, those nine are read with a 2 before them.
"""

import re
from datetime import date

from .incomplete_date import IncompleteDate

# How documents and people set the digits apart: also spaces that do not break a line, and every hyphen.
_SPACES = " \u00a0\u2007\u2009\u202f"
_DASHES = "\x96\u2010\u2011\u2012\u2013\u2014\u2212-"
_IN_DATE, _BETWEEN = f"[{_SPACES}./]?", f"[{_SPACES}./{_DASHES}]{{0,3}}"
# A national number as people write it, anywhere in a text. None may stand in a web address or the name of a file,
# which browsers and folders keep.
WRITTEN = re.compile(rf"(?<!\d)\d{{2}}{_IN_DATE}\d{{2}}{_IN_DATE}\d{{2}}{_BETWEEN}\d{{3}}{_BETWEEN}\d{{2}}(?!\d)")
_DIGITS = 11
_MONTHS_RAISED_BY = 20
_LAST_MONTH = 92


def is_valid(number: str, *, is_fictitious: bool = False) -> bool:
    """Tell whether a text can be a national number.

    A number that a body marks as fictitious (`INSZ@IsFictief`) has the shape but not the check digits.
    """
    if not _has_shape(number):
        return False
    return is_fictitious or _century(number) is not None


def birth_date_in(number: str) -> IncompleteDate | None:
    """Read the birth date that a national number was made from; None when the number is not valid.

    A body can know better: people whose date was corrected keep their number. Numbers given out when the day of birth
    is not known have a day that does not exist; such a day is unknown here, never guessed.
    """
    if not _has_shape(number) or (century := _century(number)) is None:
        return None
    year = century + int(number[:2])
    month = int(number[2:4]) % _MONTHS_RAISED_BY
    day = int(number[4:6])
    if not month:
        # A number that begins with 00.00 is given out when nothing is known: 1900 is then no year of birth.
        return IncompleteDate(0, 0, 0) if number[:2] == "00" and century == 1900 else IncompleteDate(year, 0, 0)
    try:
        date(year, month, day)
    except ValueError:
        return IncompleteDate(year, month, 0)
    return IncompleteDate(year, month, day)


def mask(number: str) -> str:
    """Write a national number for a screen: only its date can be read ("71.69.09-•••.••")."""
    if not _has_digits(number):
        return "•" * len(number)
    return f"{number[:2]}.{number[2:4]}.{number[4:6]}-•••.••"


def _has_digits(number: str) -> bool:
    return len(number) == _DIGITS and number.isascii() and number.isdigit()


def _has_shape(number: str) -> bool:
    if not _has_digits(number):
        return False
    month = int(number[2:4])
    return month <= _LAST_MONTH and month % _MONTHS_RAISED_BY <= 12


def _century(number: str) -> int | None:
    """Find the first year of the century (1900, 2000) in which the check digits are right; None for neither."""
    nine, check = int(number[:9]), int(number[9:])
    if 97 - nine % 97 == check:
        return 1900
    if 97 - (2_000_000_000 + nine) % 97 == check:
        return 2000
    return None
