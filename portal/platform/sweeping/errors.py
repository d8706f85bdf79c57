"""Why nothing is taken away."""

from portal.platform.jobs.errors import TryLater


class ClockDoubted(TryLater):
    """The clock is not believed, so nothing is taken away by it."""

    code = "sweeping"
