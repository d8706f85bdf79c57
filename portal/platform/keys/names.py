"""Which master keys there are. A room declares its own in `KEYS`; the setting MASTER_KEYS lists the declarations."""

import msgspec
from django.conf import settings
from django.utils.module_loading import import_string

from . import service


class MasterKey(msgspec.Struct, frozen=True):
    """A key by its name. holders: the roles whose key files hold it. is_rotated: whether it may get a new version.

    docs/operations.md has a row for each key: what it is for, and what its loss or theft means.
    """

    name: str
    holders: tuple[str, ...]
    is_rotated: bool


KEYS = (
    MasterKey(service.CITIZEN, ("portal",), is_rotated=True),
    MasterKey(service.MAIL, ("portal", "worker"), is_rotated=True),
    MasterKey(service.PSEUDONYM, ("portal",), is_rotated=False),
    MasterKey(service.ARRIVAL, ("portal",), is_rotated=True),
)


def master_keys() -> dict[str, MasterKey]:
    """List every key that a room declares, by its name."""
    return {key.name: key for path in settings.MASTER_KEYS for key in import_string(path)}


def held_by(role: str) -> tuple[str, ...]:
    """Name the keys that the key file of a role, portal or worker, must hold."""
    return tuple(key.name for key in master_keys().values() if role in key.holders)


def missing(role: str, keys: service.KeyService) -> list[str]:
    """Name the keys of a role that its key service does not hold."""
    return [name for name in held_by(role) if name not in keys.names]
