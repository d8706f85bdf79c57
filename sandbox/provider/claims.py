"""Say about a person what the granted scopes allow, rightly or, when told to, wrongly."""

import base64
import hashlib
import hmac
import uuid
from typing import Any

from .signing import SigningKey, half_hash, sign, sign_by_none, spoil
from .state import TOKEN_LIVES_S, Grant, Provider, SignedIn

_MEANS = "urn:be:vlaanderen:authmech:"
# No secret: the people are made up, and a person must keep the same subject across restarts.
_SUBJECT_KEY = b"model town, subject"


def about(grant: Grant, provider: Provider) -> dict[str, Any]:
    """Give the claims of userinfo."""
    asked, person = grant.asked, grant.who.person
    claims: dict[str, Any] = {"sub": subject(grant.who, asked.client.id)}
    if "profile" in asked.scopes:
        claims |= {"given_name": person.given_name, "family_name": person.family_name}
    # Who registered themselves was never matched to the national register.
    if "rrn" in asked.scopes and grant.who.means != "csamselfreg" and provider.tampering != "no_rrn":
        claims["rrn"] = person.number
    if "vo" in asked.scopes:
        claims["vo_id"] = str(uuid.UUID(bytes=_digest("vo", person.number)[:16], version=4))
        code, name = ("EA", "Economische actor") if provider.tampering == "wrong_group" else ("BUR", "Burger")
        claims |= {"vo_doelgroepcode": code, "vo_doelgroepnaam": name}
    return claims


def id_token(grant: Grant, provider: Provider, claims: dict[str, Any], access_token: str, now: float) -> str:
    """Make the ID token around the person's claims."""
    asked = grant.asked
    claims = {
        "iss": provider.issuer,
        "aud": asked.client.id,
        "azp": asked.client.id,
        "iat": int(now),
        "exp": int(now) + TOKEN_LIVES_S,
        "at_hash": half_hash(access_token),
        **claims,
    }
    if asked.nonce:
        claims["nonce"] = asked.nonce
    if asked.max_age is not None:
        claims["auth_time"] = int(grant.who.since)
    if asked.acr_values:
        claims["acr"] = _MEANS + grant.who.means
    return _spoil(provider, claims)


def subject(who: SignedIn, client_id: str) -> str:
    """Name a person for one client: always the same, and nobody can tell who it is."""
    return base64.urlsafe_b64encode(_digest(client_id, who.person.number)[:24]).decode()


def _spoil(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign, after making the one thing wrong that the switch says."""
    mode = provider.tampering
    wrong: dict[str, dict[str, Any]] = {
        "wrong_iss": {"iss": "http://127.0.0.1/another-issuer"},
        "wrong_aud": {"aud": "another-client"},
        "wrong_azp": {"azp": "another-client"},
        "expired": {"iat": claims["iat"] - 7200, "exp": claims["iat"] - 3600},
        "future_iat": {"iat": claims["iat"] + 3600, "exp": claims["iat"] + 7200},
        "wrong_nonce": {"nonce": "another-nonce"},
        "wrong_at_hash": {"at_hash": half_hash("another token")},
        "wrong_acr": {"acr": f"{_MEANS}password"},
    }
    claims = claims | wrong.get(mode, {})
    if mode == "no_acr":
        claims.pop("acr", None)
    if mode == "alg_none":
        return sign_by_none(claims)
    key: SigningKey = provider.foreign_key if mode == "foreign_key" else provider.keys[-1]
    token = sign(key, claims)
    return spoil(token) if mode == "wrong_signature" else token


def _digest(use: str, number: str) -> bytes:
    return hmac.digest(_SUBJECT_KEY, f"{use} {number}".encode(), hashlib.sha256)
