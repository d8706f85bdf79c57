"""Read a date in any of the spellings that bodies use, and what they write where there is no date.

Dates of all bodies are read here, so that the same spellings are known for all: ISO 8601 with or without dashes, with
a time and a zone, day first, a month or a year alone. A moment is read as its day in Belgium.
"""

import re
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate

BRUSSELS = ZoneInfo("Europe/Brussels")
LONGEST = 48  # characters; no spelling of a date is longer
UNKNOWN = IncompleteDate(0, 0, 0)
# No body means a date so far away: 9999-12-31 and the like stand for "no end".
NEVER_FROM = 2500
_NEVER = IncompleteDate(9999, 0, 0)
# The first days of date types (.NET, Windows, SQL Server), which stand for an empty field. 1900-01-01 is not among
# them: ancestors of living people were born then.
_FIRST_DAYS = frozenset({IncompleteDate(1, 1, 1), IncompleteDate(1601, 1, 1), IncompleteDate(1753, 1, 1)})
# How programs write an absent date as text.
_NO_VALUE = frozenset({"null", "none", "nil", "-"})

_TIME = (
    r"(?:(?:[Tt ]|(?<=[0-9]{8})(?=[0-9]{6}))"
    r"(?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,][0-9]{1,12})?)?)?)?"
    r" ?(?P<zone>Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?(?:\[[A-Za-z_/]{1,24}\])?"
)
_WAYS = tuple(
    re.compile(day + _TIME)
    for day in (
        r"(?P<year>[0-9]{4})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<day>[0-9]{1,2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        r"(?P<day>[0-9]{1,2})(?P<sign>[-/.])(?P<month>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})",
        r"(?P<year>[0-9]{4})(?:[-/](?P<month>[0-9]{2}))?(?P<day>)",
        r"(?P<month>[0-9]{2})[-/.](?P<year>[0-9]{4})(?P<day>)",
        r"(?P<year>0)(?P<month>)(?P<day>)",
        r"--(?P<month>[0-9]{2})-?(?P<day>[0-9]{2})(?P<year>)",
    )
)
_NINES = re.compile(r"9999(?:([-/.]?)99\1?99)?|99([-/.])99\2?9999")
# The offsets with which programs write a Belgian midnight; some use that of today for every day.
_BELGIAN_OFFSETS = frozenset({timedelta(hours=1), timedelta(hours=2)})


def read(written: str) -> IncompleteDate | None:
    """Read a date; None for any other text, and for a day that no calendar has.

    A spelling of "no date" (0001-01-01) gives UNKNOWN. A year from NEVER_FROM on means "no end" (`is_never`); only
    the caller knows what that means for the beginning of something.
    """
    found = _parse(written)
    if found is None:
        return None
    date, match = found
    if date in _FIRST_DAYS:
        return UNKNOWN
    if match is None or date.year >= NEVER_FROM or not (date.year and date.month and date.day):
        return date
    return _in_belgium(date, match)


def is_of_empty_field(written: str) -> bool:
    """Tell whether a text is a day that programs write in an empty field: a first day (0001-01-01), or "no end".

    Zeros are not: with these a body says that there is a day, which it does not know.
    """
    found = _parse(written)
    return found is not None and (found[0] in _FIRST_DAYS or is_never(found[0]))


def is_never(when: IncompleteDate) -> bool:
    """Tell whether a date stands for "there is no end"."""
    return when.year >= NEVER_FROM


def is_bare_day(written: str) -> bool:
    """Tell whether a date has no time, or one that stands for none: a midnight without an offset, or with a Belgian
    one, also where that is of another season.
    """
    found = _parse(written)
    if found is None:
        return False
    match = found[1]
    return match is None or match["hour"] is None or _is_midnight_here(match)


def says_nothing(written: str) -> bool:
    """Tell whether a text is one that programs write where there is no date."""
    return written.casefold() in _NO_VALUE


def _parse(written: str) -> tuple[IncompleteDate, re.Match[str] | None] | None:
    """Find the day as it is written, and how; None for any other text, and for a day that no calendar has."""
    text = written.strip()
    if len(text) > LONGEST:
        return None
    if _NINES.fullmatch(text):
        return _NEVER, None
    match = next((match for way in _WAYS if (match := way.fullmatch(text))), None)
    if match is None:
        return None
    year, month, day = (match[name] or "0" for name in ("year", "month", "day"))
    date = incomplete_date.from_digits(year, month, day)
    return (date, match) if date and _is_a_time(match) else None


def _is_a_time(found: re.Match[str]) -> bool:
    hour, minute, second = _clock(found)
    return hour <= 24 and minute < 60 and second <= 60 and (hour < 24 or minute == second == 0)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    return int(found["hour"] or 0), int(found["minute"] or 0), int(found["second"] or 0)


def _in_belgium(day: IncompleteDate, found: re.Match[str]) -> IncompleteDate:
    """Find the day in Belgium of the moment that is written; a day without a time is given unchanged."""
    if found["hour"] is None:
        return day
    if _is_midnight_here(found):
        return day
    hour, minute, second = _clock(found)
    offset = _offset(found["zone"])
    try:
        zone = BRUSSELS if offset is None else timezone(offset)
        midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
        local = (midnight + timedelta(hours=hour, minutes=minute, seconds=second)).astimezone(BRUSSELS)
    except (ValueError, OverflowError):
        # The offset is a day or more, or the moment is out of range: take the day as it is written.
        return day
    return IncompleteDate(local.year, local.month, local.day)


def _is_midnight_here(found: re.Match[str]) -> bool:
    offset = _offset(found["zone"])
    return _clock(found) == (0, 0, 0) and (offset is None or offset in _BELGIAN_OFFSETS)


def _offset(zone: str | None) -> timedelta | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        return timedelta(0)
    digits = zone[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return offset if zone[0] == "+" else -offset
