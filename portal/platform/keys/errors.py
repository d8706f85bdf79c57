"""What can go wrong with keys."""

from portal.platform.kit.errors import PortalError


class KeyFileRefused(PortalError):
    """The key file cannot be used."""

    code = "keys"


class UnknownKey(PortalError):
    """This process has no key of that name: it may not open that."""

    code = "keys"


class CannotOpen(PortalError):
    """A sealed value does not open: it was changed, moved, or sealed for somebody else."""

    code = "sealed"


class KeysGone(PortalError):
    """The citizen has no keys: what was sealed with them can never be opened again."""

    code = "erased"
