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


class KeyFileBehind(PortalError):
    """Wrapped under a newer version than this process has read: it opens after a restart with the newest file.

    No CannotOpen: nothing is wrong with what is sealed.
    """

    code = "keys.behind"


class KeysGone(PortalError):
    """The citizen has no keys: what was sealed with them can never be opened again."""

    code = "erased"
