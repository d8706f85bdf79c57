"""What a task may say about why it could not do its work."""

from portal.platform.kit.errors import PortalError


class TryLater(PortalError):
    """What the job needs does not answer now."""

    code = "jobs"


class GivenUp(PortalError):
    """The job cannot be done, now or later."""

    code = "jobs"
