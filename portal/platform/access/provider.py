"""What the provider says about itself: its endpoints and its keys, kept for an hour."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from . import wire
from .errors import IssuerMismatch, ProviderUnavailable, UnknownSigningKey

KEPT = timedelta(hours=1)
# A token with an unknown key makes us fetch the keys again, at most once in this time.
KEYS_AT_MOST_EVERY = timedelta(seconds=30)
KEY_SIZES = range(2048, 8192 + 1)  # bits
# Visible ASCII, no longer than any address has to be: it goes into a header.
_ADDRESS = re.compile(r"[!-~]{1,2000}")

Ask = Callable[[str, str], Awaitable[tuple[int, dict[str, Any]]]]
LONG_AGO = datetime.min.replace(tzinfo=UTC)


class Metadata(msgspec.Struct, frozen=True):
    """The part of the discovery document that we use."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    end_session_endpoint: str
    authorization_response_iss_parameter_supported: bool = False


ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "jwks_uri",
    "end_session_endpoint",
)


@dataclass
class Provider:
    """An OpenID provider, with what is kept of it. ask: sends a request, (method, url) -> (status, JSON)."""

    issuer: str
    ask: Ask = wire.ask
    _metadata: Metadata | None = None
    _metadata_at: datetime = LONG_AGO
    _keys: dict[str, RSAPublicKey] = field(default_factory=dict)
    _keys_at: datetime = LONG_AGO
    _asking: asyncio.Task[Metadata] | None = None

    async def metadata(self, *, now: datetime, kept: timedelta = KEPT) -> Metadata:
        """Return the endpoints, asked at most `kept` ago; `kept` zero finds out whether the provider is there.

        Concurrent callers share one request. Raises ProviderSlow, ProviderUnavailable, IssuerMismatch.
        """
        # A clock that was set back makes an age negative: that is as good as old.
        if self._metadata is not None and timedelta(0) <= now - self._metadata_at < kept:
            return self._metadata
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._discover(now))
            self._asking.add_done_callback(_retrieve_exception)
        return await asyncio.shield(self._asking)

    async def key(self, kid: str, *, now: datetime) -> RSAPublicKey:
        """Find the provider's key with this id, in its newest list when we do not know it yet.

        Raises UnknownSigningKey, and what `metadata` raises.
        """
        age = now - self._keys_at
        is_stale = not timedelta(0) <= age < KEPT or (kid not in self._keys and age >= KEYS_AT_MOST_EVERY)
        if is_stale:
            address = (await self.metadata(now=now)).jwks_uri
            status, answer = await self.ask("GET", address)
            if status != 200:
                raise ProviderUnavailable(f"keys: HTTP {status}")
            self._keys, self._keys_at = read_keys(answer), now
        try:
            return self._keys[kid]
        except KeyError:
            raise UnknownSigningKey from None

    async def _discover(self, now: datetime) -> Metadata:
        status, answer = await self.ask("GET", f"{self.issuer}/.well-known/openid-configuration")
        if status != 200:
            raise ProviderUnavailable(f"discovery: HTTP {status}")
        metadata = read_metadata(answer, self.issuer)
        self._metadata, self._metadata_at = metadata, now
        return metadata


def read_metadata(answer: dict[str, Any], issuer: str) -> Metadata:
    """Read a discovery document.

    Raises IssuerMismatch when it is another issuer's, and ProviderUnavailable when an endpoint is missing or less
    protected than the issuer.
    """
    try:
        metadata = msgspec.convert(answer, Metadata)
    except msgspec.ValidationError as error:
        raise ProviderUnavailable("discovery is incomplete") from error
    if metadata.issuer != issuer:
        raise IssuerMismatch
    schemes = {"https", urlsplit(issuer).scheme}
    for name in ENDPOINTS:
        if not _is_address(getattr(metadata, name), schemes):
            raise ProviderUnavailable(f"{name} is no address we may use")
    return metadata


def _is_address(text: str, schemes: set[str]) -> bool:
    """Tell whether a text is an address that can be asked and redirected to."""
    try:
        parts = urlsplit(text)
        is_whole = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return is_whole and parts.scheme in schemes and _ADDRESS.fullmatch(text) is not None


def read_keys(answer: dict[str, Any]) -> dict[str, RSAPublicKey]:
    """Read a JWKS: kid -> RSA signing key. What is not a public RSA key of 2048 to 8192 bits is left out."""
    listed = answer.get("keys")
    keys: dict[str, RSAPublicKey] = {}
    for item in listed if isinstance(listed, list) else ():
        if not isinstance(item, dict) or item.get("kty") != "RSA" or item.get("use", "sig") != "sig":
            continue
        if "d" in item:
            # Private keys are skipped: checking the factors of an invalid one can take seconds.
            continue
        kid = item.get("kid")
        try:
            key = jwt.PyJWK.from_dict(item, algorithm="RS256").key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue
        if isinstance(kid, str) and isinstance(key, RSAPublicKey) and key.key_size in KEY_SIZES:
            keys[kid] = key
    return keys


def _retrieve_exception(task: asyncio.Task[Metadata]) -> None:
    # Nobody may await the task any more: retrieving the exception keeps asyncio from reporting it.
    if not task.cancelled():
        task.exception()
