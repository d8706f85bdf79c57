"""When a mail about a notice goes, when it is too late for it, and why there is none. No I/O."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.platform.language.dates import BRUSSELS

DAILY_AT = time(18)  # Europe/Brussels
# Who comes this shortly before it is in the mail of the next day: its transaction may end after that one is made.
CLOSES_BEFORE = timedelta(minutes=1)
GIVE_UP = timedelta(days=2)  # as long as the queue tries again
OVERDUE = GIVE_UP + timedelta(hours=1)


class Settled(StrEnum):
    """What became of a mail; the value stands in the table."""

    SENT = "sent"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class Needless(StrEnum):
    """Why no mail was needed, besides what the citizen chose (`preference_rules.NoMail`)."""

    READ = "read"
    SUPERSEDED = "superseded"
    SERVICE_GONE = "service gone"
    ERASED = "erased"
    OVER = "over"


class Failure(StrEnum):
    """Why a mail could not be delivered."""

    REFUSED = "refused"
    TOO_LATE = "too late"
    UNREADABLE = "unreadable"


def next_digest(now: datetime) -> datetime:
    """Say when the mail of the day goes that has what is put in now (UTC or any zone): 18:00 in Brussels."""
    local = (now + CLOSES_BEFORE).astimezone(BRUSSELS)
    day = local.date() if local.time() < DAILY_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DAILY_AT, BRUSSELS)


def is_too_late(since: datetime, now: datetime) -> bool:
    """Tell whether a mail that was due `since` is of no use any more."""
    return now >= since + GIVE_UP
