"""The errors by which a task says whether its job is to be retried."""

from portal.platform.kit.errors import PortalError


class TryLater(PortalError):
    """Something that the job needs does not answer now: the job is to be retried."""

    code = "jobs"


class GivenUp(PortalError):
    """The job cannot be done, now or later."""

    code = "jobs"
