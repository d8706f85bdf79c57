"""What is shown of the use of pages: nothing below ten, and no sum or difference from which such a number follows.

A day is shown when it is over: of one that goes on, whoever looks twice would read what happened in between.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from portal.platform.database import pool

LEAST = 10
# What is smaller never leaves the database.
SHOWN = """
select day, route, opened from tallies_page where day >= %s and day < %s and opened >= %s order by day, route
"""


class PageUse(msgspec.Struct, frozen=True):
    """How often a page of a feature was opened on a day; ten times or more."""

    day: date
    feature: str
    page: str
    opened: int


class PageSum(msgspec.Struct, frozen=True):
    """How often a page was opened in the week and the month before today: the sum of the days that are shown."""

    feature: str
    page: str
    week: int
    month: int


async def uses_before(today: date, days: int) -> Sequence[PageUse]:
    """List the pages that were opened ten times or more on each of so many days before today."""
    found = []
    for on, route, opened in await pool.repeatable(SHOWN, (today - timedelta(days=days), today, LEAST)):
        feature, _, page = route.rpartition(":")
        found.append(PageUse(on, feature, page, opened))
    return found


def sum_pages(uses: Sequence[PageUse], today: date) -> Sequence[PageSum]:
    """Sum what is shown of each page, and nothing else: a day that is not shown can be told from no sum."""
    week, month = defaultdict[tuple[str, str], int](int), defaultdict[tuple[str, str], int](int)
    for use in uses:
        page = (use.feature, use.page)
        month[page] += use.opened
        week[page] += use.opened if use.day >= today - timedelta(days=7) else 0
    return [PageSum(*page, week[page], month[page]) for page in sorted(month)]


def by_day(uses: Sequence[PageUse], today: date, days: int) -> Sequence[tuple[date, int]]:
    """Sum what is shown of each day before today, the oldest first; one of which nothing is shown has none."""
    sums = defaultdict[date, int](int)
    for use in uses:
        sums[use.day] += use.opened
    each = [today - timedelta(days=ago) for ago in range(days, 0, -1)]
    return [(day, sums[day]) for day in each]
