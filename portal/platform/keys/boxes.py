"""Seal and open with a citizen's keys: with a secret key (`Box`), or to a public one (`Letterbox`, `LetterboxKey`).

Every value is bound to its place (table, column, row) by authenticated data: one that was moved does not open.
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
        """Seal bytes, bound to their place; the result is 28 bytes longer."""
        nonce = os.urandom(NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, self._owner + bound)

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open what `seal` made; CannotOpen when it was changed, moved or another's."""
        try:
            return self._cipher.decrypt(sealed[:NONCE], sealed[NONCE:], self._owner + bound)
        except (InvalidTag, ValueError):
            raise CannotOpen from None


class OpeningKey(Protocol):
    """Anything that opens sealed values: a `Box`, a `LetterboxKey`, or an `arrivals.Opener`."""

    def open(self, sealed: bytes, bound: bytes) -> bytes:
        """Open a sealed value; CannotOpen when it was changed, moved or another's."""


def content_of[T](opening: OpeningKey | None, sealed: bytes, bound: bytes, decode: Callable[[bytes], T]) -> T | None:
    """Open a sealed value and decode it; None when it does not open, or holds something else.

    opening: None where the keys are gone. decode: raises msgspec.DecodeError for anything else than it reads.
    """
    try:
        return None if opening is None else decode(opening.open(sealed, bound))
    except (CannotOpen, msgspec.DecodeError):
        return None


class Letterbox:
    """Seals to a citizen's public key: whoever seals cannot open what they sealed (HPKE, RFC 9180)."""

    def __init__(self, public_key: bytes, owner: bytes) -> None:
        self._public_key = X25519PublicKey.from_public_bytes(public_key)
        self._owner = owner

    def seal(self, plain: bytes, bound: bytes) -> bytes:
        """Seal bytes to the citizen, bound to their place; the result is 48 bytes longer."""
        return _SUITE.encrypt(plain, self._public_key, self._owner + bound)


class LetterboxKey:
    """Opens what was sealed to a citizen's public key. Never printed."""

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
