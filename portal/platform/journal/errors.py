"""What can go wrong with the journal."""

from portal.platform.kit.errors import PortalError


class NotJournalled(PortalError):
    """Personal data was about to be asked or shown without an entry in the journal."""

    code = "journal"


class HeadFileRefused(PortalError):
    """The file with the newest head of the journal cannot be used."""

    code = "journal"


class SealingStopped(PortalError):
    """The journal is not what this worker knows of it, so nothing more is sealed until somebody has looked."""

    code = "journal"


class NotAccepted(PortalError):
    """The journal cannot be accepted as it is."""

    code = "journal"
