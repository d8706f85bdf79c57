"""When a request must be answered, as Regulation 1182/71 counts and the GDPR says (article 12.3).

A term in months ends at the end of the day with the date of the day that it runs from, or of the last day of a month
that has no such date (article 3.2.c). Where that is a Saturday, a Sunday or a holiday, it ends with the next working
day (article 3.4). Days are those of Belgium.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from portal.platform.language.dates import day_here

from . import holidays

MONTHS = 1
EXTENDED_MONTHS = 3  # the month, and the two further ones
WARNING = timedelta(days=7)  # before the end of a term the desk is warned


def last_day(received_at: datetime, *, months: int = MONTHS) -> date:
    """Give the last day of a term that runs from the day of a moment (UTC)."""
    day = months_after(day_here(received_at), months)
    while not holidays.is_working_day(day):
        day += timedelta(days=1)
    return day


def months_after(day: date, months: int) -> date:
    """Give the same date so many months later, or the last day of that month where it has no such date."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def is_over(due_on: date, now: datetime) -> bool:
    """Tell whether the last day of a term has passed."""
    return day_here(now) > due_on
