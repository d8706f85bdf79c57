"""What can go wrong with a mail."""

from portal.platform.kit.errors import PortalError


class MessageRefused(PortalError):
    """The message cannot be a mail of ours."""

    code = "mail"


class TooManyQuestions(PortalError):
    """More questions wait than can be passed on in reasonable time."""

    code = "mail"


class TooManyFromNetwork(PortalError):
    """More questions came from one connection, or from the wider networks around it, than people ask."""

    code = "mail"
