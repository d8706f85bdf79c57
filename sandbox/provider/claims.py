"""Make the claims about a person that the granted scopes allow, and the ID token; wrong where a test asks for that.

`controls.py` sets what is to be wrong (`Provider.tampering`).
"""

import base64
import hashlib
import hmac
import uuid
from typing import Any

from .signing import SigningKey, half_hash, sign, sign_by_none, spoil
from .state import TOKEN_LIVES_S, Grant, Provider, ProviderSession

_MEANS = "urn:be:vlaanderen:authmech:"
# No secret: the people are made up, and a person must keep the same subject across restarts.
_SUBJECT_KEY = b"model town, subject"


def claims_of(grant: Grant, provider: Provider) -> dict[str, Any]:
    """Give the claims of userinfo; the ID token holds them too."""
    authorization, person = grant.authorization, grant.session.person
    claims: dict[str, Any] = {"sub": subject(grant.session, authorization.client.id)}
    if "profile" in authorization.scopes:
        claims |= {"given_name": person.given_name, "family_name": person.family_name}
    # Who registered themselves was never matched to the national register.
    if "rrn" in authorization.scopes and grant.session.means != "csamselfreg" and provider.tampering != "no_rrn":
        claims["rrn"] = person.number
    if "vo" in authorization.scopes:
        claims["vo_id"] = str(uuid.UUID(bytes=_digest("vo", person.number)[:16], version=4))
        code, name = ("EA", "Economische actor") if provider.tampering == "wrong_group" else ("BUR", "Burger")
        claims |= {"vo_doelgroepcode": code, "vo_doelgroepnaam": name}
    return claims


def id_token(grant: Grant, provider: Provider, claims: dict[str, Any], access_token: str, now: float) -> str:
    """Make the signed ID token, with the person's claims in it; `now`: the provider's time in seconds since 1970."""
    authorization = grant.authorization
    claims = {
        "iss": provider.issuer,
        "aud": authorization.client.id,
        "azp": authorization.client.id,
        "iat": int(now),
        "exp": int(now) + TOKEN_LIVES_S,
        "at_hash": half_hash(access_token),
        **claims,
    }
    if authorization.nonce:
        claims["nonce"] = authorization.nonce
    if authorization.max_age is not None:
        claims["auth_time"] = int(grant.session.since)
    if authorization.acr_values:
        claims["acr"] = _MEANS + grant.session.means
    return _sign_as_tampered(provider, claims)


def subject(session: ProviderSession, client_id: str) -> str:
    """Make the pairwise `sub`: one for a person and client, the same across restarts."""
    return base64.urlsafe_b64encode(_digest(client_id, session.person.number)[:24]).decode()


def _sign_as_tampered(provider: Provider, claims: dict[str, Any]) -> str:
    """Sign the claims; where `provider.tampering` says so, with one thing wrong.

    `no_rrn` and `wrong_group` were applied by `claims_of`, so that userinfo has them too.
    """
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
