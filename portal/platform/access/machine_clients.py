"""Bodies whose machines call us: they prove who they are with a signed assertion and get a token for a few minutes.

OAuth 2 client credentials (RFC 6749, 4.4) with private_key_jwt (RFC 7523). The function that MACHINE_CLIENTS names in
the settings lists the clients. Functions take `now` (UTC).
"""

import asyncio
import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import Annotated, Any

import jwt
import msgspec
from django.conf import settings
from django.utils.module_loading import import_string

from portal.platform.database import pool
from portal.platform.sweeping import clock
from portal.platform.ui.links import links

from . import clocks
from .client import ASSERTION_TYPE
from .errors import MachineRefused
from .types import Machine, MachineClient, MachineToken

GRANT = "client_credentials"
LONGEST_ASSERTION = timedelta(minutes=5)
TOKEN_LIFE = timedelta(minutes=5)
LONGEST_JTI = 200
LARGEST = 8192  # characters of an assertion
LATEST = 10**12  # seconds since 1970: far past any assertion's end

USE = "insert into access_machine_assertion (hash, until) values (%s, %s) on conflict do nothing"
# By a moment that is `clock.APART` ago: on a machine whose clock is behind they may still hold, and an assertion
# without its row would be accepted once more.
TIDY = (
    "delete from access_machine_assertion where until < %s",
    "delete from access_machine_token where until < %s",
)
KEEP = "insert into access_machine_token (hash, client, scopes, until) values (%s, %s, %s, %s)"
FIND = "select client, scopes, until from access_machine_token where hash = %s and until > %s"

# For so long a token that was found is not looked up again, and works although its row is gone: at a hundred calls
# a second, all would wait for the same row.
KNOWN_SECONDS = 1.0
_findings: dict[bytes, asyncio.Task[list[Any]]] = {}  # by the hash of a token

# What is checked below, against a given `now`; the library checks the signature and that the claims are there.
_OPTIONS: Any = {
    "require": ["iss", "sub", "aud", "exp", "jti"],
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_aud": False,
    "verify_sub": False,
    "verify_jti": False,
}


class TokenForm(msgspec.Struct, frozen=True):
    """What a machine sends for a token, as a form (RFC 6749, 4.4.2, and RFC 7523, 2.2)."""

    grant_type: Annotated[str, msgspec.Meta(pattern=f"^{re.escape(GRANT)}$")]
    scope: Annotated[str, msgspec.Meta(min_length=1, description="Of those the body was given; with spaces between.")]
    client_assertion_type: Annotated[str, msgspec.Meta(pattern=f"^{re.escape(ASSERTION_TYPE)}$")]
    client_assertion: Annotated[
        str,
        msgspec.Meta(
            min_length=1,
            max_length=LARGEST,
            description=(
                "A JWT, signed by RS256, with `kid` in its header. `iss` and `sub` are the client, `aud` is the "
                "origin of the portal, `exp` is at most five minutes ahead, and `jti` (ASCII) was never used before."
            ),
        ),
    ]
    client_id: Annotated[str, msgspec.Meta(description="The client, where it is sent at all.")] = ""


def clients_by_id() -> Mapping[str, MachineClient]:
    """List the clients by their id."""
    known: Mapping[str, MachineClient] = import_string(settings.MACHINE_CLIENTS)()
    return known


async def grant(form: Mapping[str, str], *, now: datetime) -> MachineToken:
    """Give a token for a form of the token endpoint. Raise MachineRefused, which never quotes what was sent.

    An assertion is accepted once, by whichever process it reaches.
    """
    if form.get("grant_type") != GRANT:
        raise MachineRefused("unsupported_grant_type", f"grant_type must be {GRANT}")
    client, claims = _authenticate(form, now)
    scopes = frozenset(form.get("scope", "").split())
    if not scopes or not scopes <= client.scopes:
        raise MachineRefused("invalid_scope", "scope is missing, or more than the client was given")
    used = hashlib.sha256(b"\0".join((client.id.encode(), claims["jti"].encode()))).digest()
    token = secrets.token_urlsafe(32)
    until = datetime.fromtimestamp(claims["exp"], now.tzinfo) + clocks.LEEWAY
    async with pool.transaction() as conn:
        for statement in TIDY:
            await conn.execute(statement, (now - clock.APART,))
        if not (await conn.execute(USE, (used, until))).rowcount:
            raise MachineRefused("invalid_client", "the assertion was used before: jti must be new each time")
        await conn.execute(KEEP, (_hash(token), client.id, sorted(scopes), now + TOKEN_LIFE))
    return MachineToken(token, int(TOKEN_LIFE.total_seconds()), " ".join(sorted(scopes)))


async def expire(now: datetime) -> int:
    """Take away the tokens and assertions that ended by every clock, for the worker; returns how many."""
    return sum([await pool.sweep(statement, (now - clock.APART,)) for statement in TIDY])


async def holder_of(token: str, *, now: datetime) -> Machine | None:
    """Find whose token this is; None when it is nobody's, or too old."""
    for client_id, scopes, until in await _find(_hash(token), now):
        if until > now and (client := clients_by_id().get(client_id)):
            return Machine(client_id, frozenset(scopes) & client.scopes)
    return None


async def _find(key: bytes, now: datetime) -> list[Any]:
    """Look up a token, once for all requests that bring it within `KNOWN_SECONDS`; only found ones are remembered."""
    finding = _findings.get(key)
    if finding is None:
        finding = _findings[key] = asyncio.create_task(pool.repeatable(FIND, (key, now)))
        finding.add_done_callback(partial(_forget, key))
    # Who gives up waiting does not end it for the others.
    return await asyncio.shield(finding)


def _forget(key: bytes, finding: asyncio.Task[list[Any]]) -> None:
    if finding.cancelled() or finding.exception() or not finding.result():
        _findings.pop(key, None)
    else:
        asyncio.get_running_loop().call_later(KNOWN_SECONDS, _findings.pop, key, None)


def _authenticate(form: Mapping[str, str], now: datetime) -> tuple[MachineClient, dict[str, Any]]:
    """Recognise a client by its assertion; returns it and the claims."""
    assertion = form.get("client_assertion", "")
    if form.get("client_assertion_type") != ASSERTION_TYPE or not 0 < len(assertion) <= LARGEST:
        raise MachineRefused("invalid_client", "client authentication must be private_key_jwt")
    try:
        claimed = jwt.decode(assertion, options={"verify_signature": False})
        client = clients_by_id().get(claimed["iss"])
        header = jwt.get_unverified_header(assertion)
        key = client.keys.get(header["kid"]) if client else None
        if client is None or key is None:
            raise MachineRefused("invalid_client", "the client, or its key, is not known here")
        claims = jwt.decode(assertion, key, algorithms=["RS256"], options=_OPTIONS)
    except (jwt.PyJWTError, KeyError, TypeError, ValueError, RecursionError):
        raise MachineRefused("invalid_client", "the assertion is no JWT that the client signed (RS256)") from None
    if claims["iss"] != client.id or claims["sub"] != client.id or form.get("client_id", client.id) != client.id:
        raise MachineRefused("invalid_client", "iss, sub and client_id must be the client")
    _check(client, claims, now)
    return client, claims


def _check(client: MachineClient, claims: Mapping[str, Any], now: datetime) -> None:
    origin = settings.PORTAL_ORIGIN
    audience = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    # One audience: an assertion for several could be replayed by another of them.
    if len(audience) != 1 or audience[0] not in (origin, origin + links.machine_token()):
        raise MachineRefused("invalid_client", "aud must be the origin of the portal")
    jti = claims["jti"]
    # ASCII: half a surrogate pair has no bytes to hash.
    if not isinstance(jti, str) or not 0 < len(jti) <= LONGEST_JTI or not jti.isascii() or "\0" in jti:
        raise MachineRefused("invalid_client", "jti must be a text of ASCII characters")
    moments = {name: claims[name] for name in ("exp", "iat", "nbf") if name in claims}
    for value in moments.values():
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value < LATEST:
            raise MachineRefused("invalid_client", "exp, iat and nbf must be numbers")
    clocks.note_offset(f"machine client {client.id}", moments, now)
    seconds, leeway = now.timestamp(), clocks.LEEWAY.total_seconds()
    if moments["exp"] + leeway <= seconds:
        raise MachineRefused("invalid_client", "the assertion has expired")
    if moments["exp"] > seconds + LONGEST_ASSERTION.total_seconds() + leeway:
        raise MachineRefused("invalid_client", "exp must be at most five minutes ahead")
    if max(moments.get("iat", 0), moments.get("nbf", 0)) > seconds + leeway:
        raise MachineRefused("invalid_client", "the assertion is not valid yet")


def _hash(token: str) -> bytes:
    # Its 256 bits are random: nothing slower is needed.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
