"""Tokens for JSON services: asked with a signed assertion, kept until shortly before they end."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from portal.platform.access import oidc
from portal.platform.access.exchange import ASSERTION_TYPE, assertion

from ..reading.outcomes import Down
from . import wire

MARGIN = 30.0  # seconds before its end at which a token is replaced


class Granted(msgspec.Struct, frozen=True):
    """What the authorization server answers; `expires_in` in seconds. Never printed."""

    # Printable ASCII: it goes into a header (RFC 6750, 2.1).
    access_token: Annotated[str, msgspec.Meta(pattern=r"\A[!-~]+\Z")]
    expires_in: Annotated[float, msgspec.Meta(ge=0)]

    def __repr__(self) -> str:
        return "Granted(…)"


_kept: dict[str, tuple[str, float]] = {}
_asking: dict[str, asyncio.Task[Any]] = {}


async def for_scope(scope: str, now: float) -> str | Down:
    """Give a token for a scope; `now` is monotonic seconds. Whoever asks at the same moment shares one request."""
    kept = _kept.get(scope)
    if kept and now < kept[1]:
        return kept[0]
    task = _asking.get(scope)
    if task is None:
        task = _asking[scope] = asyncio.create_task(_ask(scope, now))
        task.add_done_callback(lambda _: _asking.pop(scope, None))
    # Shielded: one reader who leaves does not take the token from the others.
    return await asyncio.shield(task)


def forget(scope: str) -> None:
    """Forget a token that was refused."""
    _kept.pop(scope, None)


async def _ask(scope: str, now: float) -> str | Down:
    client = oidc.client()
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_id": client.id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client, settings.REST_TOKEN_AUDIENCE, datetime.now(UTC)),
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        async with asyncio.timeout(2):
            came = await wire.post(settings.REST_TOKEN_URL, urlencode(form).encode(), headers, expected=(200,))
    except TimeoutError:
        return Down("connection", "token: no answer")
    if isinstance(came, Down):
        return msgspec.structs.replace(came, detail=f"token: {came.detail}")
    granted = granted_by(came.data)
    if isinstance(granted, Down):
        return granted
    # One that lives shorter than a minute is used for half its life.
    _kept[scope] = (granted.access_token, now + granted.expires_in - min(MARGIN, granted.expires_in / 2))
    return granted.access_token


def granted_by(data: bytes) -> Granted | Down:
    """Read an answer of the authorization server; never raises, whatever the bytes."""
    try:
        return msgspec.json.decode(data, type=Granted)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Down("unreadable", "token")
