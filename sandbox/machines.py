"""Call the portal as a body's machine, with that body's own key."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import aiohttp
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from sandbox.provider.clients import ASSERTION_TYPE

TIMEOUT_S = 5
ASSERTION_LIFE = timedelta(minutes=2)
NO_KEYS = "de stad heeft geen sleutels van diensten (SANDBOX_MACHINE_KEYS)"


class Call(NamedTuple):
    """Hold one call of the portal's API: the scope that it needs, its method and path, and the JSON to send."""

    scope: str
    method: str
    path: str
    content: dict[str, Any]


class Answer(NamedTuple):
    """Hold how a call ended: Dutch words for the town's pages, and the JSON of the answer, empty without one."""

    words: str
    content: dict[str, Any]


async def call(portal: str, keys: Path | None, body: str, request: Call) -> Answer:
    """Get an access token of the portal as `body`, and make one call; a failure is an answer too.

    `portal` is the portal's origin, `keys` the folder with the body's private key, BODY.key.
    """
    key = _key_of(keys, body)
    if isinstance(key, str):
        return Answer(key, {})
    form = {
        "grant_type": "client_credentials",
        "scope": request.scope,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(body, key, portal, datetime.now(UTC)),
    }
    try:
        async with aiohttp.ClientSession(portal, timeout=aiohttp.ClientTimeout(total=TIMEOUT_S)) as session:
            async with session.post("/machine/token", data=form) as answer:
                if answer.status != 200:
                    return Answer(f"geen token: HTTP {answer.status}", {})
                token = _content(await answer.read()).get("access_token")
                if not isinstance(token, str):
                    return Answer("geen token in het antwoord", {})
            headers = {"Authorization": f"Bearer {token}"}
            async with session.request(request.method, request.path, json=request.content, headers=headers) as answer:
                return Answer(f"HTTP {answer.status}", _content(await answer.read()))
    except (aiohttp.ClientError, TimeoutError, OSError):
        return Answer("het portaal antwoordt niet", {})


def assertion(body: str, key: RSAPrivateKey, audience: str, now: datetime) -> str:
    """Make the JWT by which a body authenticates as a client (RFC 7523); `audience` is the portal's origin."""
    claims = {
        "iss": body,
        "sub": body,
        "aud": audience,
        "iat": int(now.timestamp()),
        "exp": int((now + ASSERTION_LIFE).timestamp()),
        "jti": secrets.token_urlsafe(16),
    }
    return jwt.encode(claims, key, algorithm="RS256", headers={"kid": kid_of(key)})


def kid_of(key: RSAPrivateKey) -> str:
    """Give the key's `kid`: that of its JWK in the list which the portal reads (`deploy/local/machine_keys.py`)."""
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(public).hexdigest()[:16]


def _key_of(keys: Path | None, body: str) -> RSAPrivateKey | str:
    """Read a body's key, or say why there is none."""
    if keys is None:
        return NO_KEYS
    try:
        key = load_pem_private_key((keys / f"{body}.key").read_bytes(), None)
    except (OSError, ValueError):
        return "deze dienst heeft geen sleutel"
    return key if isinstance(key, RSAPrivateKey) else "deze dienst heeft geen RSA-sleutel"


def _content(body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return {}
