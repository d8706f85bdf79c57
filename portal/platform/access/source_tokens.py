"""Tokens with which we ask a source about a citizen: they state that it is us who ask, about whom, and when.

A token is good for a minute and one source. The operator keeps the keys in SOURCE_TOKEN_KEY_FILE: the first signs,
and all are published, so that sources know the next key before it signs, and the previous one while its tokens are
valid.
"""

import base64
import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from django.conf import settings
from jwt.algorithms import RSAAlgorithm

from portal.platform.kit.errors import PortalError

LIFE = timedelta(seconds=60)
ALGORITHM = "RS256"
SMALLEST, LARGEST = 2048, 8192  # bits of a key
MOST_KEYS = 5

_PEM = re.compile(rb"-----BEGIN (?P<what>[A-Z ]+)-----.*?-----END (?P=what)-----", re.DOTALL)


class SourceTokenError(PortalError):
    """The keys of tokens for sources cannot be used."""

    code = "source-token"


@dataclass(frozen=True, slots=True)
class TokenKeys:
    """The key that signs, its `kid`, and the keys that are published (JWK)."""

    key: RSAPrivateKey = field(repr=False)
    name: str
    published: tuple[dict[str, Any], ...]


@cache
def ours() -> TokenKeys | None:
    """Give the keys of the file that the settings name; None where they name none. Raise SourceTokenError."""
    file = settings.SOURCE_TOKEN_KEY_FILE
    if not file:
        return None
    try:
        return read(Path(file).read_bytes())
    except OSError as error:
        raise SourceTokenError(f"SOURCE_TOKEN_KEY_FILE cannot be read: {error.strerror}.") from error


def read(data: bytes) -> TokenKeys:
    """Read keys in PEM: a private one that signs, then others, public or private, that are published too.

    Raise SourceTokenError.
    """
    keys: list[RSAPublicKey] = []
    signing: RSAPrivateKey | None = None
    for block in _PEM.finditer(data):
        is_private = block["what"].endswith(b"PRIVATE KEY")
        try:
            key = load_pem_private_key(block[0], None) if is_private else load_pem_public_key(block[0])
        except (ValueError, TypeError) as error:
            raise SourceTokenError("SOURCE_TOKEN_KEY_FILE holds something that is no key in the clear.") from error
        if not isinstance(key, RSAPrivateKey | RSAPublicKey) or not SMALLEST <= key.key_size <= LARGEST:
            raise SourceTokenError(f"SOURCE_TOKEN_KEY_FILE holds other than RSA keys of {SMALLEST} bits or more.")
        if not keys and not isinstance(key, RSAPrivateKey):
            break
        signing = signing or (key if isinstance(key, RSAPrivateKey) else None)
        keys.append(key.public_key() if isinstance(key, RSAPrivateKey) else key)
    if signing is None or len(keys) > MOST_KEYS:
        raise SourceTokenError(f"SOURCE_TOKEN_KEY_FILE must begin with a private key, and hold at most {MOST_KEYS}.")
    published = tuple({each["kid"]: each for each in map(_jwk, keys)}.values())
    return TokenKeys(signing, published[0]["kid"], published)


def _jwk(key: RSAPublicKey) -> dict[str, Any]:
    """Write a public key as a JWK, named by its thumbprint (RFC 7638)."""
    jwk: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    plain = {name: jwk[name] for name in ("e", "kty", "n")}
    hashed = hashlib.sha256(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {**plain, "kid": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(), "use": "sig", "alg": ALGORITHM}


def token(signing: TokenKeys, insz: str, audience: str, now: datetime) -> str:
    """Make a token (JWT) for a question about the citizen of a national number, who is signed in with us.

    audience: the source's own name; ours stands beside it, since sources may look for either. now: UTC.
    """
    claims = {
        "iss": settings.PORTAL_ORIGIN,
        "aud": [settings.OIDC_CLIENT_ID, audience],
        "rrn": insz,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, signing.key, algorithm=ALGORITHM, headers={"kid": signing.name})
