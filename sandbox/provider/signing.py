"""Sign ID tokens and publish the keys that check them."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from jwt.algorithms import RSAAlgorithm


@dataclass(frozen=True)
class SigningKey:
    """Hold an RSA key that lives as long as the town, and the name it is published under."""

    kid: str
    key: RSAPrivateKey


def new_key() -> SigningKey:
    """Draw a key of 2048 bits."""
    return SigningKey(secrets.token_urlsafe(9), generate_private_key(public_exponent=65537, key_size=2048))


def publication(keys: list[SigningKey]) -> dict[str, Any]:
    """Give the JSON Web Key Set."""
    return {
        "keys": [
            {
                **RSAAlgorithm.to_jwk(it.key.public_key(), as_dict=True),
                "kid": it.kid,
                "use": "sig",
                "alg": "RS256",
            }
            for it in keys
        ]
    }


def sign(key: SigningKey, claims: dict[str, Any]) -> str:
    """Sign with RS256 and name the key."""
    return jwt.encode(claims, key.key, algorithm="RS256", headers={"kid": key.kid})


def sign_by_none(claims: dict[str, Any]) -> str:
    """Write a token of algorithm `none`, which every client must refuse."""
    header = {"alg": "none", "typ": "JWT"}
    return ".".join([*(base64url(json.dumps(part).encode()) for part in (header, claims)), ""])


def spoil(token: str) -> str:
    """Give the token with a wrong signature of the same length."""
    head, _, signature = token.rpartition(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4)))
    raw[len(raw) // 2] ^= 0xFF
    return f"{head}.{base64url(bytes(raw))}"


def half_hash(text: str) -> str:
    """Hash an access token for `at_hash`: the left half of SHA-256, in base64url (OpenID Connect Core, 3.1.3.6)."""
    return base64url(hashlib.sha256(text.encode()).digest()[:16])


def base64url(data: bytes) -> str:
    """Encode without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
