"""What is derived from a secret that only a browser's cookie holds.

A secret is 32 random bytes, so HKDF's extract step may be skipped (RFC 5869, 3.3); one block of its expand step is
one HMAC. Each purpose has its own info string, so that no value says anything about another.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

SECRET_BYTES = 32
_SHAPE = re.compile(r"[A-Za-z0-9_-]{43}")

# Purposes.
SESSION_ID = b"mbp session id"
SESSION_IDENTITY = b"mbp session identity"
SESSION_SOURCES = b"mbp session sources"
SESSION_FORM = b"mbp session form token"
SESSION_HANDLE = b"mbp session handle"
PERSON_HANDLE = b"mbp person handle"
ITEM_HANDLE = b"mbp item handle"
PAGE_HANDLE = b"mbp page handle"
SIGN_IN_STATE = b"mbp sign-in state"
SIGN_IN_NONCE = b"mbp sign-in nonce"
SIGN_IN_VERIFIER = b"mbp sign-in code verifier"
SIGN_IN_ANEW = b"mbp sign-in anew"
SIGN_IN_RETURN = b"mbp sign-in return"
SIGN_IN_ANSWER = b"mbp sign-in answer"
SESSION_FORM_SENT = b"mbp session form sent"
SESSION_FORM_ANSWER = b"mbp session form answer"


def new_secret() -> bytes:
    """Make a secret of 32 random bytes."""
    return secrets.token_bytes(SECRET_BYTES)


def derive(secret: bytes, purpose: bytes) -> bytes:
    """Derive 32 bytes for one purpose (HKDF-Expand, SHA-256)."""
    return hmac.digest(secret, purpose + b"\x01", hashlib.sha256)


def derive_text(secret: bytes, purpose: bytes) -> str:
    """Derive 32 bytes for one purpose, as 43 characters of base64url."""
    return encode(derive(secret, purpose))


def encode(raw: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def read_secret(text: str) -> bytes | None:
    """Read a secret back from a cookie; None unless it is exactly what `encode` writes."""
    if not _SHAPE.fullmatch(text):
        return None
    raw = urlsafe_b64decode(text + "=")
    # The last character holds two bits too many: only one of its four spellings is ours.
    return raw if encode(raw) == text else None


def decode_text(text: str) -> str | None:
    """Read base64url without padding as ASCII text; None when it is not."""
    try:
        return urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:
        return None


def is_same(one: str, other: str) -> bool:
    """Compare two texts in constant time, whatever characters are in them."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))
