"""What can go wrong with a mail."""

from portal.platform.jobs.errors import TryLater
from portal.platform.kit.errors import PortalError


class MessageRefused(PortalError):
    """The message cannot be sent: its address or its content is refused."""

    code = "mail"


class MailNotAllowed(TryLater):
    """The mail server does not let us send this mail to this address now."""

    code = "mail"


class ServerAway(TryLater):
    """The mail server cannot be reached, hangs, or takes no mail of ours at all."""

    code = "mail"
