"""What can go wrong with the journal."""

from portal.platform.kit.errors import PortalError


class NotJournalled(PortalError):
    """Personal data was about to be asked or shown without an entry in the journal."""

    code = "journal"
