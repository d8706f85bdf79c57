"""Read a moment as bodies write it: ISO 8601, in Belgian time where it has no zone."""

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from .dates import BRUSSELS

LONGEST = 48  # characters
_MOMENT = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})"
    r"(?:[Tt ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,12}))?)?"
    r" ?(Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?(?:\[[A-Za-z_/+0-9-]{1,40}\])?)?"
)
# No body means a moment outside these: 0001-01-01 stands for "none", and 9999-12-31 for "never".
YEARS = range(1900, 2500)
LAST_SECOND = timedelta(hours=23, minutes=59, seconds=59)  # of a day


def read(written: Any, *, ends: bool = False) -> datetime | None:
    """Read a moment, in UTC; None for any other text, and outside YEARS. A day alone is its beginning in Belgium.

    ends: the moment is an end, so a day alone is its last second.
    """
    if not isinstance(written, str) or len(written) > LONGEST:
        return None
    found = _MOMENT.fullmatch(written.strip())
    if found is None or int(found[1]) not in YEARS:
        return None
    try:
        local = _local(found)
        if ends and found[4] is None:
            local += LAST_SECOND
        return (local if local.tzinfo else local.replace(tzinfo=BRUSSELS)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _local(found: re.Match[str]) -> datetime:
    """Give a moment with its zone, where it names one; raise ValueError or OverflowError for what is none."""
    try:
        # So are nearly all written, and Python reads them in a quarter of the time.
        return datetime.fromisoformat(found[0])
    except ValueError:
        year, month, day, hour, minute, second = (int(each or 0) for each in found.groups()[:6])
    # 24:00 is the beginning of the next day, and a leap second that of the next minute.
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(hour)
    passed = timedelta(hours=hour, minutes=minute, seconds=second, microseconds=int(f"{found[7] or 0:0<6}"[:6]))
    # The time is added before the zone is set: it is what clocks show, also on a day that lacks an hour.
    return (datetime(year, month, day) + passed).replace(tzinfo=_zone(found[8]))  # noqa: DTZ001 - the zone follows


def _zone(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written[0] not in "+-":
        return UTC
    digits = written[1:].replace(":", "")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return timezone(offset if written[0] == "+" else -offset)
