"""What the sign-in provider may answer: its description, its keys, tokens, and who somebody is."""

import base64
import json
import random

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import rsa

from portal.platform.access import exchange, id_token, oidc
from portal.platform.access.errors import SignInError
from portal.platform.access.provider import ENDPOINTS, read_keys, read_metadata
from portal.platform.access.tests.conftest import GOOD, NOW
from portal.platform.access.types import Refused

from . import damage
from .case import Case, any_of, of_json

ISSUER = GOOD["iss"]
ACCESS_TOKEN = "the-access-token"
EXPECTED = id_token.Expected(ISSUER, "portal", "the-nonce", ACCESS_TOKEN)


def cases() -> list[Case]:
    """List a description, keys, an answer of the token endpoint, and ID tokens."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    metadata = {"issuer": ISSUER, **{name: f"{ISSUER}/{name}" for name in ENDPOINTS}}
    jwk = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "k1", "use": "sig"}
    tokens = {"id_token": "a.b.c", "access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300}
    return [
        of_json("description of the provider", metadata, _check_metadata),
        of_json("keys of the provider", {"keys": [jwk, {**jwk, "kid": "k2", "alg": "RS256"}]}, _check_keys),
        of_json("tokens for a code", tokens, _check_tokens),
        *_id_tokens(key),
    ]


def _content(data: bytes) -> dict[str, object] | None:
    """Read JSON as our HTTP client does; None where that already refuses it."""
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return None
    return value if isinstance(value, dict) else None


def _check_metadata(data: bytes) -> None:
    content = _content(data)
    if content is None:
        return
    try:
        metadata = read_metadata(content, ISSUER)
    except SignInError:
        return
    assert all(getattr(metadata, name).startswith("https://") for name in ENDPOINTS)


def _check_keys(data: bytes) -> None:
    content = _content(data)
    if content is None:
        return
    for kid, key in read_keys(content).items():
        kid.encode("utf-8")
        assert 2048 <= key.key_size <= 8192
        # A damaged key verifies no token, and makes nothing raise.
        try:
            id_token.check("eyJhbGciOiJSUzI1NiJ9.e30.AAAA", key, EXPECTED, NOW)
        except SignInError:
            continue
        raise AssertionError("a signature that is none was believed")


def _check_tokens(data: bytes) -> None:
    content = _content(data)
    if content is None:
        return
    try:
        tokens = exchange.read_tokens(content)
    except SignInError:
        return
    assert tokens.access_token.isascii()
    assert tokens.access_token.isprintable()


def _id_tokens(key: rsa.RSAPrivateKey) -> list[Case]:
    """Sign damaged claims and damaged headers, and damage what was signed."""

    def signed(claims: bytes, header: dict[str, object]) -> bytes:
        # Signed without a JWT library, which would refuse to sign half of these.
        parts = [json.dumps(header).encode(), claims]
        text = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
        signature = jwt.algorithms.RSAAlgorithm(jwt.algorithms.RSAAlgorithm.SHA256).sign(text, key)
        return text + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")

    header = {"alg": "RS256", "kid": "k1", "typ": "JWT"}
    claims = json.dumps(GOOD).encode()

    def of_claims(data: bytes, chance: random.Random) -> bytes:
        return signed(any_of(damage.harm_json, damage.harm_json, damage.harm_bytes)(data, chance), header)

    def of_header(data: bytes, chance: random.Random) -> bytes:
        return signed(data, json.loads(damage.harm_json(json.dumps(header).encode(), chance)))

    def check(data: bytes) -> None:
        _check_id_token(data.decode("latin-1"), key.public_key())

    return [
        Case("claims of an ID token", claims, of_claims, check),
        Case("header of an ID token", claims, of_header, check),
        Case("ID token", signed(claims, header), damage.harm_bytes, check),
    ]


def _check_id_token(token: str, key: rsa.RSAPublicKey) -> None:
    try:
        id_token.key_id(token)
        claims = id_token.check(token, key, EXPECTED, NOW)
    except SignInError:
        return
    for name in ("iss", "aud", "nonce", "at_hash"):
        assert claims[name] in (GOOD[name], [GOOD[name]]), name
    someone = oidc.identity_of(claims, NOW)
    if not isinstance(someone, Refused):
        # As a session seals it.
        msgspec.msgpack.encode(someone)
        assert someone.name.isprintable()
