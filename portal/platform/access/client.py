"""Us as a client of Vlaams toegangsbeheer: our id, our key, and assertions signed with it (private_key_jwt)."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.conf import settings

from .errors import SignInError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# A minute, and another for a clock that is ahead of ours (`clocks`).
ASSERTION_LIFE = timedelta(seconds=120)


@dataclass(frozen=True, slots=True)
class OidcClient:
    """Who we are at the provider: our id there and the RSA key whose public half it knows."""

    id: str
    key: RSAPrivateKey = field(repr=False)


@cache
def ours() -> OidcClient:
    """Give the client that the settings describe, and remember it.

    Raise SignInError when its key is not an RSA key; OSError or ValueError when the file holds no key.
    """
    key = load_pem_private_key(Path(settings.OIDC_CLIENT_KEY_FILE).read_bytes(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise SignInError("OIDC_CLIENT_KEY_FILE holds no RSA key.")
    return OidcClient(settings.OIDC_CLIENT_ID, key)


def assertion(client: OidcClient, issuer: str, now: datetime) -> str:
    """Sign that it is us who ask, at one of its token endpoints; an assertion serves once.

    issuer: the audience; Vlaams toegangsbeheer wants its issuer there, not its token endpoint. now: UTC.
    """
    claims = {
        "iss": client.id,
        "sub": client.id,
        "aud": issuer,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": str(uuid.uuid4()),
    }
    return jwt.encode(claims, client.key, algorithm="RS256")
