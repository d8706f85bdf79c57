"""Read the dates and times that bodies write in dossiers, into a day for people and a number to sort by."""

import math
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from portal.platform.sources.reading import dates

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LONG_AGO = -math.inf  # the order of a change without a date: older than all that have one


class Moment(NamedTuple):
    """A date, with or without a time, as a body gave it.

    order: seconds since 1970 of the first moment that it can be, or LONG_AGO. latest: those of the last that it can
    be: of a day without a time its end, of a year alone the end of that. day: `YYYY-MM-DD` with 00 for an unknown
    part, "" for an unknown day. time: HH:MM in Belgium, "" where the body gives none.
    """

    order: float
    latest: float
    day: str
    time: str


UNKNOWN = Moment(LONG_AGO, LONG_AGO, "", "")


def read(written: str) -> Moment:
    """Read a date with or without a time, in any spelling; UNKNOWN for a text that is no date or means "none"."""
    day = dates.read(written) if written else None
    if day is None or not day.year or dates.is_never(day):
        return UNKNOWN
    if not dates.is_bare_day(written) and (moment := exact(written)) is not None:
        local = moment.astimezone(dates.BRUSSELS)
        if local.hour or local.minute or local.second:
            order = _seconds(moment)
            return Moment(order, order, day.iso(), f"{local.hour:02}:{local.minute:02}")
    earliest, latest = day.earliest(), day.latest()
    assert earliest is not None  # noqa: S101 - the year is known
    assert latest is not None  # noqa: S101 - the year is known
    end = _seconds(_midnight(latest) + timedelta(days=1)) - 1
    return Moment(_seconds(_midnight(earliest)), end, day.iso(), "")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=dates.BRUSSELS)


def _seconds(moment: datetime) -> float:
    return (moment - _EPOCH).total_seconds()


def says_nothing(written: str) -> bool:
    """Tell whether a text says that there is no date, or that it is unknown."""
    if dates.says_nothing(written):
        return True
    day = dates.read(written)
    return day is not None and (not day.year or dates.is_never(day))


def exact(written: str) -> datetime | None:
    """Read an ISO 8601 date with a time; None for any other text. A time without a zone is Belgian."""
    text = written.strip()
    if len(text) <= len("2018-01-08") or text[4:5] != "-":
        return None
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=dates.BRUSSELS)
        moment.astimezone(dates.BRUSSELS)
        moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment
