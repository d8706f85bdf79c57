"""What can go wrong with sweeping."""

from portal.platform.jobs.errors import TryLater


class ClockDoubted(TryLater):
    """The clock is in doubt, so nothing may be deleted by it."""

    code = "sweeping"
