"""What is shown of the use of pages: nothing below ten, and no sum from which such a number follows."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from portal.platform.database import pool

LEAST = 10
# What is smaller never leaves the database.
SHOWN = "select day, route, opened from tallies_page where day > %s and opened >= %s order by day, route"


class PageUse(msgspec.Struct, frozen=True):
    """How often a page of a feature was opened on a day; ten times or more."""

    day: date
    feature: str
    page: str
    opened: int


class PageSum(msgspec.Struct, frozen=True):
    """How often a page was opened in the last week and month: the sum of the days that are shown."""

    feature: str
    page: str
    week: int
    month: int


async def uses_since(day: date) -> Sequence[PageUse]:
    """List the days behind this one and the pages that were opened ten times or more."""
    found = []
    for on, route, opened in await pool.repeatable(SHOWN, (day, LEAST)):
        feature, _, page = route.rpartition(":")
        found.append(PageUse(on, feature, page, opened))
    return found


def summed(uses: Sequence[PageUse], today: date) -> Sequence[PageSum]:
    """Sum what is shown of each page, and nothing else: a day that is not shown can be told from no sum."""
    week, month = defaultdict[tuple[str, str], int](int), defaultdict[tuple[str, str], int](int)
    for use in uses:
        page = (use.feature, use.page)
        month[page] += use.opened
        week[page] += use.opened if use.day > today - timedelta(days=7) else 0
    return [PageSum(*page, week[page], month[page]) for page in sorted(month)]


def by_day(uses: Sequence[PageUse], today: date, days: int) -> Sequence[tuple[date, int]]:
    """Sum what is shown of each of the last days, the oldest first; a day of which nothing is shown has none."""
    sums = defaultdict[date, int](int)
    for use in uses:
        sums[use.day] += use.opened
    each = [today - timedelta(days=ago) for ago in reversed(range(days))]
    return [(day, sums[day]) for day in each]
