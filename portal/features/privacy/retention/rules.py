"""When what a citizen gave us is deleted. No I/O."""

from datetime import date, timedelta

YEARS = 2
AHEAD = timedelta(days=30)  # so long before its deletion it is announced


def years_before(day: date, years: int = YEARS) -> date:
    """Give the day so many years before (for 29 February, the 28th): a sign-in of then or before is too old."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def goes_on(seen_on: date, announced_on: date) -> date:
    """Give the day of deletion: two years after the sign-in, and AHEAD after the announcement at the earliest.

    Two years after 29 February is 1 March.
    """
    try:
        due = seen_on.replace(year=seen_on.year + YEARS)
    except ValueError:
        due = seen_on.replace(year=seen_on.year + YEARS, month=3, day=1)
    return max(due, announced_on + AHEAD)
