"""The interface behind which the master keys are kept.

It is that of OpenBao's transit engine (encrypt, decrypt, rewrap and hmac under named keys, with a context), so that
a key service can take the place of the local file. A process holds only the names that its role needs.
"""

from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from .key_file import KeyFile

CITIZEN = "citizen"  # wraps data keys and private keys: the portal's
MAIL = "mail"  # wraps mail keys and the journal's names: the portal's and the worker's
PSEUDONYM = "pseudonym"  # makes the citizen's pseudonym: the portal's. It is never rotated
ARRIVAL = "arrival"  # wraps the pairs of `arrivals`, for people without keys: the portal's
JOURNAL = "journal"  # seals the journal's batches: the worker's


class KeyService(Protocol):
    """Wrap, unwrap and authenticate under named keys; a wrapped key states its master key's version."""

    id: str
    names: frozenset[str]  # the keys it holds

    async def wrap(self, name: str, key: bytes, context: bytes) -> str:
        """Encrypt a key, bound to its context."""

    async def unwrap(self, name: str, wrapped: str, context: bytes) -> bytes:
        """Decrypt a wrapped key; CannotOpen when it was changed or belongs to another context.

        KeyFileBehind when it was wrapped under a version that this process does not know yet.
        """

    async def rewrap(self, name: str, wrapped: str, context: bytes) -> str:
        """Wrap again under the newest version; the same text when it has that version already."""

    async def mac(self, name: str, message: bytes) -> bytes:
        """Authenticate a message: 32 bytes (HMAC-SHA-256), always under the first version."""


def role() -> str:
    """Name the role of this process, "portal" or "worker", by which key file its settings name."""
    return "portal" if settings.KEYS_FILE else "worker"


def installed() -> KeyService:
    """Return the key service of this process; KeyFileRefused when it cannot be used."""
    return _read(settings.KEYS_FILE or settings.KEYS_FILE_WORKER)


@cache
def _read(file: str) -> KeyFile:
    return KeyFile.read(Path(file))
