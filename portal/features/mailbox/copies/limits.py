"""How much somebody may keep, by the settings of this portal."""

from datetime import timedelta

from django.conf import settings

MEGABYTE = 1024 * 1024
MOST_FILES = 100  # of one copy
LONGEST_FACTS = 256 * 1024  # bytes of what a copy is of, sealed, which its room does not count
# A copy that was begun and is not whole by then never will be: another one may take its place, ...
ABANDONED = timedelta(minutes=2)
# ... and after this the worker takes it away.
SWEPT = timedelta(hours=1)


def of_all() -> int:
    """Give the most bytes of all copies of one citizen."""
    return int(settings.MAILBOX_ARCHIVE_MB) * MEGABYTE


def of_one() -> int:
    """Give the most bytes of one copy."""
    return int(settings.MAILBOX_COPY_MB) * MEGABYTE


def copies() -> int:
    """Give the most copies of one citizen."""
    return int(settings.MAILBOX_ARCHIVE_COPIES)
