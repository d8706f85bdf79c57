"""What can go wrong with keys."""

from portal.platform.kit.errors import PortalError


class KeyFileRefused(PortalError):
    """The key file cannot be used."""

    code = "keys"


class UnknownKey(PortalError):
    """This process has no master key of that name."""

    code = "keys"


class CannotOpen(PortalError):
    """A sealed value does not open: it was changed, moved, or sealed for somebody else."""

    code = "sealed"


class KeyFileBehind(PortalError):
    """A key is wrapped under a newer version than this process has read: it opens after a restart.

    It is no CannotOpen: nothing is wrong with the sealed value.
    """

    code = "keys.behind"


class KeysGone(PortalError):
    """The citizen has no keys: what was sealed with them can never be opened again."""

    code = "erased"
