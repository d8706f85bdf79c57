"""What can go wrong with a mail."""

from portal.platform.kit.errors import PortalError


class MessageRefused(PortalError):
    """The message cannot be sent: its address or its content is refused."""

    code = "mail"
