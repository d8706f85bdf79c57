"""Dates and times in words, in the language that holds now.

The names of the months and the order of the parts are the CLDR's, by Babel. Dates are put together here and not by
Babel, because a page has hundreds: it takes a twentieth of the time.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portal.platform.kit.incomplete_date import IncompleteDate

from .current import current
from .offer import locale_of
from .texts import gettext as _

BRUSSELS = ZoneInfo("Europe/Brussels")
# A piece of a date pattern (Unicode Technical Standard 35): quoted text, a field as letters, or other characters.
_PART = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<letters>[A-Za-z]+)|(?P<plain>[^A-Za-z']+)")


class _Calendar(NamedTuple):
    """How a language writes a day, and a month of a year, in each month: "%(day)d mei %(year)d", "mei %(year)d"."""

    days: Sequence[str]
    months: Sequence[str]


@cache
def _calendar(language: str) -> _Calendar:
    locale = locale_of(language)
    names = month_names(language)
    return _Calendar(
        [_template(locale.date_formats["long"].pattern, name) for name in names],
        [_template(locale.datetime_skeletons["yMMMM"].pattern, name) for name in names],
    )


def month_names(language: str) -> Sequence[str]:
    """Name the months, as they stand in a date, from January on."""
    named = locale_of(language).months["format"]["wide"]
    return [named[month] for month in range(1, 13)]


def _template(pattern: str, month: str) -> str:
    """Turn a CLDR pattern into a template with the month filled in; raise KeyError for a field not handled."""
    parts = {"d": "%(day)d", "MMMM": month, "LLLL": month, "y": "%(year)d"}
    return "".join(
        parts[found["letters"]] if found["letters"] else found["plain"] or found["quoted"].replace("''", "'") or "'"
        for found in _PART.finditer(pattern)
    )


def in_words(when: IncompleteDate) -> str:
    """Write a date: "3 maart 2026", "maart 2026", "in 1971" or "datum onbekend"."""
    if when.month or not when.year:
        return bare(when)
    return _("in %(year)s") % {"year": when.year}


def bare(when: IncompleteDate) -> str:
    """Write a date as `in_words` does, but a year alone without a word before it: "1971"."""
    if not when.year:
        return _("datum onbekend")
    if not when.month:
        return str(when.year)
    calendar = _calendar(current())
    if not when.day:
        return calendar.months[when.month - 1] % {"year": when.year}
    return calendar.days[when.month - 1] % {"day": when.day, "year": when.year}


def day_here(moment: datetime) -> date:
    """Give the date of a moment in Belgium."""
    return moment.astimezone(BRUSSELS).date()


def day(moment: datetime | date) -> str:
    """Write a date, of a moment that in Belgium: 3 maart 2026."""
    local = day_here(moment) if isinstance(moment, datetime) else moment
    return bare(IncompleteDate(local.year, local.month, local.day))


def clock(moment: datetime) -> str:
    """Write the time of day in Belgium: 14:03."""
    return moment.astimezone(BRUSSELS).strftime("%H:%M")


def moment(moment: datetime) -> str:
    """Write date and time in Belgium: 3 maart 2026 om 14:03."""
    return _("%(day)s om %(time)s") % {"day": day(moment), "time": clock(moment)}


def recent(when: datetime, now: datetime) -> str:
    """Write the time of day, with the date when that is not today's: 14:03, or 3 maart 2026 om 14:03."""
    is_today = day_here(when) == day_here(now)
    return clock(when) if is_today else moment(when)
