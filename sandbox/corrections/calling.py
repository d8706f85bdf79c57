"""Tell the portal what a body does with a report: as that body's machine, with its own key."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from sandbox.provider.clients import ASSERTION_TYPE

SCOPE = "corrections:status"
SECONDS = 5
LIFE = timedelta(minutes=2)


async def push(portal: str, keys: Path, body: str, reference: str, said: dict[str, Any]) -> str:
    """Push one status; gives in words what came of it. `keys` is the folder with BODY.key."""
    try:
        key = load_pem_private_key((keys / f"{body}.key").read_bytes(), None)
    except (OSError, ValueError):
        return "deze dienst heeft geen sleutel"
    if not isinstance(key, RSAPrivateKey):
        return "deze dienst heeft geen RSA-sleutel"
    try:
        async with aiohttp.ClientSession(portal, timeout=aiohttp.ClientTimeout(total=SECONDS)) as session:
            form = {
                "grant_type": "client_credentials",
                "scope": SCOPE,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion(body, key, portal, datetime.now(UTC)),
            }
            async with session.post("/machine/token", data=form) as answer:
                if answer.status != 200:
                    return f"geen token: HTTP {answer.status}"
                token = (await answer.json())["access_token"]
            headers = {"Authorization": f"Bearer {token}"}
            async with session.put(f"/api/verbeteringen/{reference}/status", json=said, headers=headers) as answer:
                return f"HTTP {answer.status}"
    except (aiohttp.ClientError, TimeoutError, OSError):
        return "het portaal antwoordt niet"


def assertion(body: str, key: RSAPrivateKey, audience: str, now: datetime) -> str:
    """Sign that it is this body that asks."""
    claims = {
        "iss": body,
        "sub": body,
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + LIFE).timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid_of(key)})


def kid_of(key: RSAPrivateKey) -> str:
    """Name a key by its public half, as whoever published that half did."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()[:16]
