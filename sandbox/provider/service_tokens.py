"""Issue access tokens to machines (grant client_credentials), and check them for the JSON sources and desks."""

import re
import secrets
from collections.abc import Iterable

from .clients import Client
from .state import Provider, ServiceAccess

# The scopes of government services end in a letter for what may be done with them (G: geef), as in
# `dv_magda_werk_loopbaan_v1_G`.
_SERVICE_SCOPE = re.compile(r"dv_\w+_[A-Z]", re.ASCII)
ALL_SERVICES = "dv_*"


def refused_scopes(client: Client, scopes: Iterable[str]) -> list[str]:
    """List the scopes that a client cannot have: not registered for it by name or by `dv_*`, or of no service."""
    return [
        scope
        for scope in scopes
        if not _SERVICE_SCOPE.fullmatch(scope) or not {scope, ALL_SERVICES} & set(client.scopes)
    ]


def new_service_token(provider: Provider, scopes: tuple[str, ...], now: float) -> str:
    """Make an opaque access token for `service_token_lives_s` seconds; forget those that have expired."""
    for token in [token for token, access in provider.service_tokens.items() if access.until <= now]:
        del provider.service_tokens[token]
    token = secrets.token_urlsafe(32)
    provider.service_tokens[token] = ServiceAccess(frozenset(scopes), now + provider.service_token_lives_s)
    return token


def is_granted(provider: Provider, token: str, scopes: Iterable[str], now: float) -> bool:
    """Tell whether a token is known, has not expired and has one of these scopes."""
    access = provider.service_tokens.get(token)
    return access is not None and now < access.until and not access.scopes.isdisjoint(scopes)
