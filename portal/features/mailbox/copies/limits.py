"""How much a citizen may keep in their archive, by the settings of this portal."""

from datetime import timedelta

from django.conf import settings

MEGABYTE = 1024 * 1024
LONGEST_FACTS = 256 * 1024  # bytes of the sealed facts of a copy, which do not count for its size
# A copy takes less than a minute to write. One that is unfinished after this time gives way to a new copy, ...
ABANDONED = timedelta(minutes=2)
# ... and after this one, the worker deletes it.
SWEPT = timedelta(hours=1)


def of_all() -> int:
    """Give how many bytes all copies of one citizen may take."""
    return int(settings.MAILBOX_ARCHIVE_MB) * MEGABYTE


def of_one() -> int:
    """Give how many bytes one copy may take."""
    return int(settings.MAILBOX_COPY_MB) * MEGABYTE


def copies() -> int:
    """Give how many copies one citizen may have."""
    return int(settings.MAILBOX_ARCHIVE_COPIES)
