"""A forger's workshop: RSA keys of our own, and ID tokens as good or as bad as a test wants them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

NOW = datetime(2026, 3, 2, 12, 0, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp())

GOOD: dict[str, Any] = {
    "iss": "https://provider.example/op",
    "sub": "subject-1",
    "aud": "portal",
    "azp": "portal",
    "iat": MOMENT,
    "exp": MOMENT + 300,
    "nonce": "the-nonce",
    "at_hash": "uby9Z8Gb_H_x4fPjwNzguw",  # of "the-access-token"
    "acr": "urn:be:vlaanderen:authmech:eid",
    "rrn": "71690999827",
    "vo_doelgroepcode": "BUR",
    "given_name": "Jan",
    "family_name": "Peeters",
}


@pytest.fixture(scope="session")
def key() -> rsa.RSAPrivateKey:
    """The provider's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def foreign_key() -> rsa.RSAPrivateKey:
    """Somebody else's key."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture(scope="session")
def now() -> datetime:
    """The moment at which every token here is judged."""
    return NOW


@pytest.fixture
def claims() -> dict[str, Any]:
    """The claims of a good token, to be spoiled."""
    return dict(GOOD)


@pytest.fixture(scope="session")
def token(key: rsa.RSAPrivateKey) -> Callable[..., str]:
    """Sign claims, with the provider's key under the id `k1` unless told otherwise."""

    def sign(claims: dict[str, Any], *, by: rsa.RSAPrivateKey = key, alg: str = "RS256", **header: Any) -> str:
        # Not jwt.encode: it would not sign claims of a wrong type.
        return jwt.PyJWS().encode(json.dumps(claims).encode(), by, algorithm=alg, headers={"kid": "k1", **header})

    return sign
