"""Read the registered clients, and authenticate one by its signed assertion (private_key_jwt)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sandbox.settings import SettingsError

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
# An assertion may be valid for less than ten minutes.
_LONGEST_S = 600


class _Registration(msgspec.Struct, forbid_unknown_fields=True):
    client_id: str
    public_key_file: str
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]


@dataclass(frozen=True)
class Client:
    """Hold what a client registered."""

    id: str
    key: RSAPublicKey
    redirect_uris: tuple[str, ...]
    post_logout_redirect_uris: tuple[str, ...]
    scopes: tuple[str, ...]


class NotAuthentic(Exception):
    """The client did not prove who it is; the text says what is wrong with the proof."""


def read_clients(file: Path) -> dict[str, Client]:
    """Read the JSON list of clients; key files are found from the list's own folder.

    Raises SettingsError for a list, a field or a key that cannot be used.
    """
    try:
        registrations = msgspec.json.decode(file.read_bytes(), type=list[_Registration])
    except (OSError, msgspec.DecodeError) as error:
        raise SettingsError(f"SANDBOX_CLIENTS: {file}: {error}.") from error
    return {
        it.client_id: Client(
            it.client_id,
            _key(file.parent / it.public_key_file),
            it.redirect_uris,
            it.post_logout_redirect_uris,
            it.scopes,
        )
        for it in registrations
    }


def authenticate(
    clients: dict[str, Client],
    form: Callable[[str], str],
    issuer: str,
    used: dict[str, float],
    now: float,
) -> Client:
    """Authenticate a client by `private_key_jwt`. Raises NotAuthentic.

    `form` gives a field of the request, "" for one that is not there. `used` holds the jti of each assertion with the
    second in which it expires; this one is added to it.
    """
    if form("client_assertion_type") != ASSERTION_TYPE or not form("client_assertion"):
        raise NotAuthentic("client authentication must be private_key_jwt")
    client, claims = _claims(clients, form("client_assertion"))
    if claims["iss"] != client.id or claims["sub"] != client.id:
        raise NotAuthentic("iss and sub must both be the client_id")
    if form("client_id") not in ("", client.id):
        raise NotAuthentic("client_id is not the one in the assertion")
    if claims["aud"] not in (issuer, [issuer]):
        raise NotAuthentic("aud must be the issuer")
    _check_times(claims, now)
    for jti in [jti for jti, until in used.items() if until <= now]:
        del used[jti]
    seen = f"{client.id} {claims['jti']}"
    if seen in used:
        raise NotAuthentic("jti was used before")
    used[seen] = float(claims["exp"])
    return client


def _claims(clients: dict[str, Client], assertion: str) -> tuple[Client, dict[str, Any]]:
    # Times and audience are checked here by our own clock and rule; the library checks signature and presence.
    options: Any = {
        "require": ["iss", "sub", "aud", "exp", "jti"],
        "verify_exp": False,
        "verify_iat": False,
        "verify_nbf": False,
        "verify_aud": False,
    }
    try:
        unverified = jwt.decode(assertion, options={"verify_signature": False})
        client = clients.get(str(unverified.get("iss")))
        if client is None:
            raise NotAuthentic("unknown client")
        return client, jwt.decode(assertion, client.key, algorithms=["RS256"], options=options)
    except jwt.InvalidTokenError as error:
        raise NotAuthentic(f"the assertion is refused: {type(error).__name__}") from error


def _check_times(claims: dict[str, Any], now: float) -> None:
    for name in ("exp", "iat", "nbf"):
        if isinstance(claims.get(name, 0), bool) or not isinstance(claims.get(name, 0), int | float):
            raise NotAuthentic(f"{name} must be a number")
    if claims["exp"] <= now:
        raise NotAuthentic("the assertion has expired")
    if claims["exp"] >= now + _LONGEST_S:
        raise NotAuthentic("exp must be less than ten minutes ahead")
    if claims.get("nbf", 0) > now + 5:
        raise NotAuthentic("the assertion is not valid yet")


def _key(file: Path) -> RSAPublicKey:
    try:
        key = load_pem_public_key(file.read_bytes())
    except (OSError, ValueError) as error:
        raise SettingsError(f"SANDBOX_CLIENTS: {file} is no public key in PEM: {error}.") from error
    if not isinstance(key, RSAPublicKey):
        raise SettingsError(f"SANDBOX_CLIENTS: {file} is no RSA key.")
    return key
