"""Read the use of pages, to be shown: no count below ten, and no sum or difference from which such a count follows.

A day is shown only when it is over: by looking twice at the running day, one could read what happened in between.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

import msgspec

from portal.platform.database import pool

LEAST = 10  # times that a page was opened on a day
# Smaller counts never leave the database.
SHOWN = """
select day, route, opened from tallies_page where day >= %s and day < %s and opened >= %s order by day, route
"""


class PageUse(msgspec.Struct, frozen=True):
    """How often a page was opened, or its form accepted, on a day of Belgium; ten times or more.

    feature: the room of its route, which is a feature or a channel.
    """

    day: date
    feature: str
    page: str
    opened: int


class PageSum(msgspec.Struct, frozen=True):
    """How often a page was opened, or its form accepted, in the week and the month before today.

    Each is the sum of the days that are shown.
    """

    feature: str
    page: str
    week: int
    month: int


async def uses_before(today: date, days: int) -> Sequence[PageUse]:
    """List the pages that were opened ten times or more on a day, for each of the `days` days before today.

    today: the day in Belgium.
    """
    uses = []
    for on, route, opened in await pool.repeatable(SHOWN, (today - timedelta(days=days), today, LEAST)):
        feature, _, page = route.rpartition(":")
        uses.append(PageUse(on, feature, page, opened))
    return uses


def sum_pages(uses: Sequence[PageUse], today: date) -> Sequence[PageSum]:
    """Sum the uses of each page: days that are not shown do not count, so no sum tells of them.

    uses: those of the month before today. today: the day in Belgium.
    """
    week, month = defaultdict[tuple[str, str], int](int), defaultdict[tuple[str, str], int](int)
    for use in uses:
        page = (use.feature, use.page)
        month[page] += use.opened
        week[page] += use.opened if use.day >= today - timedelta(days=7) else 0
    return [PageSum(*page, week[page], month[page]) for page in sorted(month)]


def sum_by_day(uses: Sequence[PageUse], today: date, days: int) -> Sequence[tuple[date, int]]:
    """Sum the uses of each of the `days` days before today, the oldest first; 0 for a day without any."""
    sums = defaultdict[date, int](int)
    for use in uses:
        sums[use.day] += use.opened
    each = [today - timedelta(days=ago) for ago in range(days, 0, -1)]
    return [(day, sums[day]) for day in each]
