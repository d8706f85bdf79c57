"""Check an ID token: its signature, issuer, audience, times, subject, nonce and access token.

OpenID Connect Core, 3.1.3.7. `oidc` judges `acr` and `auth_time`.
"""

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from . import clocks
from .derivation import is_same
from .errors import BadClaim, BadSignature

ALGORITHM = "RS256"
LARGEST = 16 * 1024  # characters
LATEST = 253_402_300_800  # seconds since 1970: the year 10000, which no date has

# Times are checked below, against a given `now`; the audience as well, since PyJWT accepts any match.
_SIGNATURE_ONLY = {
    "verify_signature": True,
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_iss": False,
    "verify_sub": False,
    "verify_jti": False,
}


def key_id(token: str) -> str:
    """Read which key signed a token. Raises BadSignature unless it is an RS256 token that names its key."""
    if len(token) > LARGEST:
        raise BadSignature
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadSignature from error
    kid = header.get("kid")
    if header.get("alg") != ALGORITHM or not isinstance(kid, str):
        raise BadSignature
    return kid


class Expected(msgspec.Struct, frozen=True):
    """The values that an ID token must match; access_token: the one that came with it."""

    issuer: str
    client_id: str
    nonce: str
    access_token: str


def check(token: str, key: RSAPublicKey, expected: Expected, now: datetime) -> dict[str, Any]:
    """Return the claims of an ID token that is the provider's, ours, of this sign-in, and in time.

    Raises BadSignature, or BadClaim with the name of the first claim that is wrong.
    """
    try:
        claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE_ONLY)  # type: ignore[arg-type]  # a TypedDict
    except (jwt.PyJWTError, ValueError, RecursionError) as error:
        raise BadSignature from error
    _require("iss", claims.get("iss") == expected.issuer)
    _check_audience(claims, expected.client_id)
    _check_times(claims, now)
    subject = claims.get("sub")
    # ASCII: OpenID Connect Core, 2.
    _require("sub", isinstance(subject, str) and 0 < len(subject) <= 255 and subject.isascii())
    _require("nonce", is_same(_text(claims, "nonce"), expected.nonce))
    _require("at_hash", is_same(_text(claims, "at_hash"), at_hash(expected.access_token)))
    return claims


def at_hash(access_token: str) -> str:
    """Hash an access token the way an RS256 ID token refers to it: the left half of its SHA-256."""
    half = sha256(access_token.encode("utf-8", "replace")).digest()[:16]
    return urlsafe_b64encode(half).rstrip(b"=").decode("ascii")


def authenticated_at(claims: Mapping[str, Any], now: datetime) -> datetime | None:
    """Read when someone last showed who they are (`auth_time`), never later than now; None when it is not said."""
    moment = seconds(claims, "auth_time")
    return None if moment is None else min(datetime.fromtimestamp(moment, UTC), now)


def _check_audience(claims: Mapping[str, Any], client_id: str) -> None:
    audience = claims.get("aud")
    listed = [audience] if isinstance(audience, str) else audience
    _require("aud", isinstance(listed, list) and client_id in listed)
    authorized = claims.get("azp")
    is_needed = "azp" in claims or len(listed or ()) > 1
    _require("azp", not is_needed or authorized == client_id)


def _check_times(claims: Mapping[str, Any], now: datetime) -> None:
    moment, leeway = now.timestamp(), clocks.LEEWAY.total_seconds()
    expires, issued = seconds(claims, "exp"), seconds(claims, "iat")
    if issued is not None:
        # Logged also when the token is refused for it: the operator then needs to know by how much.
        clocks.note_offset("the provider", {"iat": issued}, now)
    _require("exp", expires is not None and moment < expires + leeway)
    _require("iat", issued is not None and issued <= moment + leeway)
    if "nbf" in claims:
        begins = seconds(claims, "nbf")
        _require("nbf", begins is not None and begins <= moment + leeway)


def seconds(claims: Mapping[str, Any], name: str) -> float | None:
    """Read a moment, in seconds since 1970; None when the claim is absent, or no number for a date."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    # JSON numbers can decode to infinity, NaN, or a value too large for a date.
    return value if 0 <= value < LATEST else None


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _require(claim: str, is_met: bool) -> None:
    if not is_met:
        raise BadClaim(claim)
