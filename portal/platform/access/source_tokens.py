"""Tokens with which we ask a source about a citizen: it reads in them that it is us who ask, about whom, and when.

One is good for a minute and one source. The key is the operator's (SOURCE_TOKEN_KEY_FILE): the first key of the file
signs; every key in it is published, so that sources know the next one before it signs, and the last one while its
tokens are about.
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
    """Who signs: the key, its name, and the keys that are published with it (JWK)."""

    key: RSAPrivateKey = field(repr=False)
    name: str
    published: tuple[dict[str, Any], ...]


@cache
def ours() -> TokenKeys | None:
    """Give the keys that the settings name; None where they name none. Raise SourceTokenError for what is no key."""
    file = settings.SOURCE_TOKEN_KEY_FILE
    if not file:
        return None
    try:
        return read(Path(file).read_bytes())
    except OSError as error:
        raise SourceTokenError(f"SOURCE_TOKEN_KEY_FILE cannot be read: {error.strerror}.") from error


def read(data: bytes) -> TokenKeys:
    """Read keys: a private one that signs, then others, public or private, that are published too."""
    keys: list[RSAPublicKey] = []
    signing: RSAPrivateKey | None = None
    for found in _PEM.finditer(data):
        is_private = found["what"].endswith(b"PRIVATE KEY")
        try:
            key = load_pem_private_key(found[0], None) if is_private else load_pem_public_key(found[0])
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
    made: dict[str, Any] = RSAAlgorithm.to_jwk(key, as_dict=True)
    plain = {name: made[name] for name in ("e", "kty", "n")}
    hashed = hashlib.sha256(json.dumps(plain, separators=(",", ":"), sort_keys=True).encode()).digest()
    return {**plain, "kid": base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(), "use": "sig", "alg": ALGORITHM}


def token(signing: TokenKeys, insz: str, audience: str, now: datetime) -> str:
    """Sign that it is us who ask a source about the citizen of a national number, who is signed in with us.

    audience: the source's own name; ours stands beside it, since the contract lets a source look for that. now: UTC.
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
