"""When a mail about a notice is sent, when it is too late for it, and why none was sent. No I/O."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.platform.language.dates import BRUSSELS

DAILY_AT = time(18)  # Europe/Brussels
# A notice in the last minute goes into the mail of the next day: its transaction may commit after this one is made.
CLOSES_BEFORE = timedelta(minutes=1)
GIVE_UP = timedelta(days=2)  # after which a mail is of no use; the queue tries as long
OVERDUE = GIVE_UP + timedelta(hours=1)  # after which a mail without a job is settled as failed


class MailResult(StrEnum):
    """How a mail ended; the value is stored as its state."""

    SENT = "sent"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class Needless(StrEnum):
    """Why a mail is not needed, beside the citizen's preferences (`preference_rules.NoMail`); stored as its `why`."""

    READ = "read"
    SUPERSEDED = "superseded"
    SERVICE_GONE = "service gone"
    ERASED = "erased"
    OVER = "over"


class Failure(StrEnum):
    """Why a mail failed; stored as its `why`."""

    REFUSED = "refused"
    TOO_LATE = "too late"
    UNREADABLE = "unreadable"


def next_digest(now: datetime) -> datetime:
    """Give the moment of the mail of the day into which a notice of now (any time zone) goes: 18:00 in Brussels."""
    local = (now + CLOSES_BEFORE).astimezone(BRUSSELS)
    day = local.date() if local.time() < DAILY_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DAILY_AT, BRUSSELS)


def is_too_late(since: datetime, now: datetime) -> bool:
    """Tell whether a mail that was due at `since` is of no use any more."""
    return now >= since + GIVE_UP
