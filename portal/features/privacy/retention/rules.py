"""When what a citizen gave us is deleted. No I/O. Days are those in Belgium.

The deletion looks for sign-ins that are too old (`years_before`); `deletion_day` is what the mail before it promises.
The two agree on every day.
"""

from datetime import date, timedelta

YEARS = 2
AHEAD = timedelta(days=30)  # so long before its deletion it is announced


def years_before(day: date) -> date:
    """Give the day YEARS before (for 29 February, the 28th): a sign-in of then or before is too old."""
    try:
        return day.replace(year=day.year - YEARS)
    except ValueError:
        return day.replace(year=day.year - YEARS, day=28)


def deletion_day(seen_on: date, announced_on: date) -> date:
    """Give the day of deletion: two years after the sign-in, and AHEAD after the announcement at the earliest.

    Two years after 29 February is 1 March.
    """
    try:
        due = seen_on.replace(year=seen_on.year + YEARS)
    except ValueError:
        due = seen_on.replace(year=seen_on.year + YEARS, month=3, day=1)
    return max(due, announced_on + AHEAD)
