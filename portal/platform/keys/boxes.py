"""Sealing: what a citizen's keys close, and open again.

Every value is bound to what it is (its table, column, row): one that was moved elsewhere does not open.
"""

import os
from collections.abc import Callable
from typing import Protocol

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from .errors import CannotOpen

NONCE = 12  # bytes, AES-GCM
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Box:
    """Seals and opens with one key (AES-256-GCM). Never printed.

    owner: the citizen whose key it is; nothing where the key belongs to something else, such as a session.
    """

    def __init__(self, key: bytes, owner: bytes = b"") -> None:
        self._cipher = AESGCM(key)
        self._owner = owner

    def __repr__(self) -> str:
        return "Box(…)"

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal bytes, bound to what they are; 28 bytes longer."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, self._owner + bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what `seal` made; CannotOpen when it was changed, moved or another's."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._owner + bound)
        except (InvalidTag, ValueError):
            raise CannotOpen from None


class Opening(Protocol):
    """What opens what was sealed: a box, a letterbox's key, or what opens what arrived."""

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open it; CannotOpen where that cannot be."""


def content_of[T](opening: Opening | None, sealed: bytes, bound: bytes, decode: Callable[[bytes], T]) -> T | None:
    """Open something and decode it; None where nothing opens it any more (None is), or it is something else.

    decode: raises msgspec.DecodeError for what it is not.
    """
    try:
        return None if opening is None else decode(opening.open(sealed, bound))
    except (CannotOpen, msgspec.DecodeError):
        return None


class Letterbox:
    """Takes what arrives while a citizen is away: whoever drops it in cannot read it back (HPKE, RFC 9180)."""

    def __init__(self, public_key: bytes, owner: bytes) -> None:
        self._public_key = X25519PublicKey.from_public_bytes(public_key)
        self._owner = owner

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal bytes to the citizen, bound to what they are; 48 bytes longer."""
        return _SUITE.encrypt(plain, self._public_key, self._owner + bound)


class LetterboxKey:
    """Opens what was dropped in a citizen's letterbox. Never printed."""

    def __init__(self, private_key: bytes, owner: bytes) -> None:
        self._private_key = X25519PrivateKey.from_private_bytes(private_key)
        self._owner = owner

    def __repr__(self) -> str:
        return "LetterboxKey(…)"

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what a Letterbox sealed; CannotOpen when it was changed, moved or another's."""
        try:
            return _SUITE.decrypt(sealed, self._private_key, self._owner + bound)
        except (InvalidTag, ValueError):
            raise CannotOpen from None
