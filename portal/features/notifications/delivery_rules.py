"""When a mail about a notice is sent, when it is too late for it, and why none was sent. No I/O."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from portal.platform.language.dates import BRUSSELS

DAILY_AT = time(18)  # Europe/Brussels
# The mail of a day closes before it is made: what is put into it in the last minute may be committed too late.
CLOSES_BEFORE = timedelta(minutes=1)
# Both count from when a mail was added (`put_at`), or from the mail of the day into which it goes (`due_at`) where
# that is later.
GIVE_UP = timedelta(days=2)  # after which a mail is of no use; the queue retries its job for about as long
OVERDUE = GIVE_UP + timedelta(hours=1)  # after which a mail that no job has settled counts as failed


class MailResult(StrEnum):
    """How a mail ended; the value is stored as its state."""

    SENT = "sent"
    NOT_NEEDED = "not_needed"
    FAILED = "failed"


class Needless(StrEnum):
    """Why a mail is not needed, beside the citizen's preferences (`preference_rules.NoMail`); stored as its `why`."""

    READ = "read"  # the thread was opened since the notice, or stands in the archive
    SUPERSEDED = "superseded"  # a later loud notice of its thread has a mail of its own
    SERVICE_GONE = "service gone"  # no manifest has the service any more
    ERASED = "erased"  # the citizen's keys are gone
    OVER = "over"  # the notice has ended (`ends_at`)


class Failure(StrEnum):
    """Why a mail failed; stored as its `why`."""

    REFUSED = "refused"  # no later try could send it
    TOO_LATE = "too late"  # GIVE_UP or OVERDUE has passed
    UNREADABLE = "unreadable"  # what the worker needs for it cannot be decrypted


def next_digest(now: datetime) -> datetime:
    """Give the moment, at DAILY_AT, of the mail of the day into which a notice goes that is put into one now.

    now: in any time zone; the moment is in Brussels' own.
    """
    local = (now + CLOSES_BEFORE).astimezone(BRUSSELS)
    day = local.date() if local.time() < DAILY_AT else local.date() + timedelta(days=1)
    return datetime.combine(day, DAILY_AT, BRUSSELS)


def is_too_late(since: datetime, now: datetime) -> bool:
    """Tell whether a mail that was due at `since` is of no use any more."""
    return now >= since + GIVE_UP
