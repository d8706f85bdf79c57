"""The public holidays of Belgium: ten days that the law names (royal decree of 18 April 1974, article 1).

A holiday of one community (11 July) and days off of civil servants lengthen no term.
"""

from datetime import date, timedelta
from functools import cache

from dateutil.easter import easter

# New Year, labour day, the national holiday, Assumption, All Saints, the armistice of 1918, Christmas.
_FIXED = ((1, 1), (5, 1), (7, 21), (8, 15), (11, 1), (11, 11), (12, 25))
# Easter Monday, Ascension, Whit Monday: days after Easter.
_AFTER_EASTER = (1, 39, 50)
_SATURDAY = 5


@cache
def of_year(year: int) -> frozenset[date]:
    """List the holidays of a year."""
    sunday = easter(year)
    moving = (sunday + timedelta(days=after) for after in _AFTER_EASTER)
    return frozenset((*(date(year, month, day) for month, day in _FIXED), *moving))


def is_working_day(day: date) -> bool:
    """Tell whether a day is no Saturday, no Sunday and no holiday."""
    return day.weekday() < _SATURDAY and day not in of_year(day.year)
