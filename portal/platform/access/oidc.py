"""Sign in at Vlaams toegangsbeheer with OpenID Connect, and out again, for the views of `channels.entry`.

`client`, `exchange`, `id_token`, `pending`, `provider` and `wire` do the parts.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from portal.platform.kit import typed_text

from . import client, exchange, id_token, rules, wire
from .derivation import encode, is_same, new_secret
from .errors import (
    Cancelled,
    IssuerMismatch,
    NotAnew,
    ProviderRefused,
    ProviderSlow,
    ProviderUnavailable,
    SignInError,
    StateMismatch,
)
from .pending import Pending
from .provider import Metadata, Provider
from .types import LONGEST_SESSION, Identity, Refused

SCOPE = "openid profile rrn vo"
SIGN_IN_SECONDS = 4.0  # everything we ask the provider at the return, together
SIGN_OUT_SECONDS = 0.5
ROUNDED = 1.0  # seconds: the provider's times are whole seconds
SPREAD = 5.0  # seconds by which clocks of several machines of the provider may differ
NOT_KEPT = timedelta(0)  # ask the provider now, and so learn whether it answers
LONGEST_NAME = 200

# Claims that the ID token or the userinfo endpoint gives.
PERSONAL = ("rrn", "given_name", "family_name", "vo_doelgroepcode")


@cache
def provider() -> Provider:
    """Give the provider of this installation."""
    return Provider(settings.OIDC_ISSUER.rstrip("/"))


async def sign_in_address(pending: Pending, *, redirect_uri: str, now: datetime) -> str:
    """Write the address at the provider where someone signs in, once it is known to answer.

    Raises ProviderSlow, ProviderUnavailable, IssuerMismatch; takes 2 seconds at most.
    """
    metadata = await provider().metadata(now=now, kept=NOT_KEPT)
    question = {
        "response_type": "code",
        "response_mode": "query",
        "client_id": settings.OIDC_CLIENT_ID,
        "redirect_uri": redirect_uri,
        "scope": SCOPE,
        "acr_values": " ".join(rules.ALLOWED_ACR),
        "state": pending.state,
        "nonce": pending.nonce,
        "code_challenge": pending.code_challenge,
        "code_challenge_method": "S256",
    }
    # A question with `max_age` makes the provider send `auth_time` (OpenID Connect Core 3.1.2.1).
    question["max_age"] = "0" if pending.is_anew else str(int(LONGEST_SESSION.total_seconds()))
    if pending.is_anew:
        question["prompt"] = "login"
    return _with_query(metadata.authorization_endpoint, question)


def code_in(answer: Mapping[str, str], pending: Pending) -> str:
    """Read the code out of the provider's answer (the query of the return address).

    Raises StateMismatch, Cancelled, IssuerMismatch, ProviderUnavailable, ProviderRefused.
    """
    if not is_same(answer.get("state", ""), pending.state):
        raise StateMismatch
    if answer.get("iss", settings.OIDC_ISSUER.rstrip("/")) != settings.OIDC_ISSUER.rstrip("/"):
        raise IssuerMismatch  # an answer of another provider, RFC 9207
    error = answer.get("error", "")
    if error == "access_denied":
        raise Cancelled
    if error in ("temporarily_unavailable", "server_error"):
        raise ProviderUnavailable(error)
    code = answer.get("code", "")
    if error or not code:
        raise ProviderRefused("authorization")
    return code


async def identify(
    code: str, pending: Pending, *, names_issuer: bool, redirect_uri: str, now: datetime
) -> Identity | Refused:
    """Find out who signed in: redeem the code, check the tokens, judge the claims.

    names_issuer: whether the answer has `iss`, which a provider that announces it must send (RFC 9207, 2.4).
    Raises SignInError (one of its kinds) when anything is not as it should be; takes 4 seconds at most.
    """
    clock = asyncio.get_running_loop().time
    asked_at = clock()
    try:
        async with asyncio.timeout(SIGN_IN_SECONDS):
            metadata = await provider().metadata(now=now)
            if metadata.authorization_response_iss_parameter_supported and not names_issuer:
                raise IssuerMismatch
            claims = await _claims(metadata, code, pending, redirect_uri, now)
            if pending.is_anew:
                check_anew(claims, (now - pending.begun_at).total_seconds() + clock() - asked_at)
    except TimeoutError as error:
        raise ProviderSlow from error
    return identity_of(claims, now)


async def sign_out_address(*, back_to: str, now: datetime, state: str | None = None) -> str | None:
    """Write the address that ends the session at the provider too; None when it does not answer in 0.5 s.

    state: what the provider sends along to `back_to`, to recognise who comes back; a random one by default.
    """
    try:
        async with asyncio.timeout(SIGN_OUT_SECONDS):
            metadata = await provider().metadata(now=now, kept=NOT_KEPT)
    except (TimeoutError, SignInError):
        return None
    question = {
        "client_id": settings.OIDC_CLIENT_ID,
        "post_logout_redirect_uri": back_to,
        "state": state or encode(new_secret()),
    }
    return _with_query(metadata.end_session_endpoint, question)


async def close() -> None:
    """Close the connections, and drop what is kept about the provider."""
    provider.cache_clear()
    client.ours.cache_clear()
    await wire.close()


async def _claims(
    metadata: Metadata, code: str, pending: Pending, redirect_uri: str, now: datetime
) -> dict[str, Any]:
    tokens = await exchange.redeem(
        client.ours(),
        metadata,
        code=code,
        code_verifier=pending.code_verifier,
        redirect_uri=redirect_uri,
        now=now,
    )
    claims = id_token.check(
        tokens.id_token,
        await provider().key(id_token.key_id(tokens.id_token), now=now),
        id_token.Expected(metadata.issuer, settings.OIDC_CLIENT_ID, pending.nonce, tokens.access_token),
        now,
    )
    if all(name in claims for name in PERSONAL):
        return claims
    more = await exchange.userinfo(metadata, tokens.access_token, subject=claims["sub"])
    return {name: more[name] for name in PERSONAL if name in more} | claims


def check_anew(claims: Mapping[str, Any], elapsed: float) -> None:
    """Refuse an authentication that is older than this sign-in, or of which the provider does not give the time.

    elapsed: seconds since we redirected the browser. Both times compared are the provider's (`auth_time` and `iat`),
    so a difference between its clock and ours does not matter. The browser could strip `prompt` and `max_age` from
    the address on the way; it cannot change these claims. Raises NotAnew.
    """
    authenticated_at, issued_at = id_token.seconds(claims, "auth_time"), id_token.seconds(claims, "iat")
    if authenticated_at is None or issued_at is None:
        raise NotAnew("auth_time is not said")
    age = issued_at - authenticated_at
    if not -SPREAD <= age <= elapsed + ROUNDED:
        raise NotAnew("auth_time is of another sign-in")


def identity_of(claims: Mapping[str, Any], now: datetime) -> Identity | Refused:
    """Judge claims that were checked: who this is, or why they may not come in.

    `authenticated_at` stays None where the provider does not give it: the authentication may then be old, since the
    provider keeps sessions of its own.
    """
    acr, insz = _text(claims, "acr"), _text(claims, "rrn")
    admission = rules.claims_admission(acr, _text(claims, "vo_doelgroepcode"), insz)
    if isinstance(admission, Refused):
        return admission
    return Identity(
        insz=insz,
        given_name=_name(claims, "given_name"),
        family_name=_name(claims, "family_name"),
        means=rules.means_of(acr),
        assurance=rules.assurance_of(acr),
        provider_subject=claims["sub"],
        authenticated_at=id_token.authenticated_at(claims, now),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name)
    return value if isinstance(value, str) else ""


def _name(claims: Mapping[str, Any], name: str) -> str:
    """Read a name as it is written, without characters that could change how a page reads."""
    return typed_text.beginning(_text(claims, name), most=LONGEST_NAME)


def _with_query(address: str, question: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"
