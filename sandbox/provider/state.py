"""Hold what the provider remembers: keys, codes, tokens and the sessions of who is signed in."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, get_args

from sandbox.people import Person
from sandbox.settings import Settings

from .authorization import AuthorizationRequest
from .clients import Client, read_clients
from .signing import SigningKey, new_key

# Seconds for which a code, an access token about a person, and a machine's access token hold.
CODE_LIVES_S = 30
TOKEN_LIVES_S = 3600
SERVICE_TOKEN_LIVES_S = 300

Means = Literal[
    "itsme",
    "eid",
    "csamtotp",
    "csamsms",
    "fedtoken",
    "csamselfreg",
    "eidashigh",
    "eidassubstantial",
    "csampassword",
    "tlsclient",
    "kerberos",
    "password",
]
MEANS: tuple[Means, ...] = get_args(Means)
Tampering = Literal[
    "none",
    "wrong_signature",
    "wrong_iss",
    "wrong_aud",
    "wrong_azp",
    "expired",
    "wrong_nonce",
    "wrong_at_hash",
    "no_acr",
    "wrong_acr",
    "no_rrn",
    "alg_none",
    "foreign_key",
    "wrong_group",
    "future_iat",
]


@dataclass(frozen=True)
class ProviderSession:
    """Hold who signed in, by which means, and when (seconds since 1970, by the provider's clock)."""

    person: Person
    means: Means
    since: float


@dataclass
class Grant:
    """Hold what a code stands for, until when (seconds since 1970).

    `token` is the access token that the code was exchanged for: it is revoked when the code comes a second time.
    """

    authorization: AuthorizationRequest
    session: ProviderSession
    until: float
    token: str = ""


@dataclass(frozen=True)
class Access:
    """Hold what an access token gives: the claims of userinfo."""

    claims: dict[str, Any]
    until: float


@dataclass(frozen=True)
class ServiceAccess:
    """Hold what a machine's access token gives: these scopes, until that moment."""

    scopes: frozenset[str]
    until: float


@dataclass(frozen=True)
class Name:
    """Hold a name that somebody had before."""

    given_name: str
    family_name: str


@dataclass
class Provider:
    """Hold the provider's memory; nothing outlives the process.

    The last of `keys` signs, all are published; `first_key` is the one that a reset goes back to. `sessions` goes by
    the value of the session cookie, `stale_names` by national number, `used_assertions` as `clients.authenticate`
    says. `clock_offset_s` seconds are added to the town's clock for what the provider issues.
    """

    issuer: str
    clients: dict[str, Client]
    first_key: SigningKey
    keys: list[SigningKey]
    codes: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, Access] = field(default_factory=dict)
    sessions: dict[str, ProviderSession] = field(default_factory=dict)
    used_assertions: dict[str, float] = field(default_factory=dict)
    service_tokens: dict[str, ServiceAccess] = field(default_factory=dict)
    service_token_lives_s: int = SERVICE_TOKEN_LIVES_S
    stale_names: dict[str, Name] = field(default_factory=dict)
    clock_offset_s: float = 0
    tampering: Tampering = "none"

    def now(self, clock: Callable[[], float]) -> float:
        """Give the time as the provider has it; `clock` is the town's."""
        return clock() + self.clock_offset_s

    def with_stale_name(self, session: ProviderSession) -> ProviderSession:
        """Give the session with the person's old name, where a control set one (`controls.Names`)."""
        stale = self.stale_names.get(session.person.number)
        if stale is None:
            return session
        return replace(
            session, person=replace(session.person, given_name=stale.given_name, family_name=stale.family_name)
        )

    def forget_stale_name(self, session: ProviderSession) -> None:
        """Forget the person's old name, as they sign out or authenticate anew."""
        self.stale_names.pop(session.person.number, None)

    @cached_property
    def foreign_key(self) -> SigningKey:
        """Give a key that is published nowhere."""
        return new_key()


def open_provider(settings: Settings) -> Provider:
    """Read the clients and draw a signing key."""
    key = new_key()
    return Provider(settings.issuer, read_clients(settings.clients), key, [key])


def new_code(provider: Provider, authorization: AuthorizationRequest, session: ProviderSession, now: float) -> str:
    """Make a code for one use within 30 seconds."""
    _forget_old(provider, now)
    code = secrets.token_urlsafe(32)
    provider.codes[code] = Grant(authorization, session, now + CODE_LIVES_S)
    return code


def new_token(provider: Provider, claims: dict[str, Any], now: float) -> str:
    """Make an access token for userinfo."""
    token = secrets.token_urlsafe(32)
    provider.tokens[token] = Access(claims, now + TOKEN_LIVES_S)
    return token


def _forget_old(provider: Provider, now: float) -> None:
    """Drop what has expired; a used code is remembered as long as the token it gave, to notice its reuse."""
    for token in [token for token, access in provider.tokens.items() if access.until <= now]:
        del provider.tokens[token]
    for code in [code for code, grant in provider.codes.items() if grant.until + TOKEN_LIVES_S <= now]:
        del provider.codes[code]
