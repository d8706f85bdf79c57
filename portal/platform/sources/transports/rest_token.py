"""Tokens for JSON services: OAuth2 client credentials with private_key_jwt, kept until shortly before they expire.

The authorization server is a source of its own, with its own gate and deadline: its failures say nothing about the
services that the tokens are for.
"""

import asyncio
import math
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any
from urllib.parse import urlencode

import msgspec
from django.conf import settings

from portal.platform.access.client import ASSERTION_TYPE, assertion, ours
from portal.platform.kit.unprinted import Unprinted

from ..gates import gatekeeper
from ..gates.gatekeeper import Passage
from ..manifest import TOKENS
from ..reading import json_text
from ..reading.outcomes import Down
from . import mutual_tls

# For a token. A question that runs out of time while it waits for a token, or after it waited for most of its time,
# does not count against its service.
SECONDS = 2.0
MARGIN = 30.0  # seconds before its end at which a token is replaced
LIFE = 300.0  # seconds, where the server does not say how long a token lives, or says what cannot be
LONGEST_LIFE = 86400.0  # seconds; a longer life is cut to this
LONGEST = 8192  # characters of a token; no server takes a longer header
RENEWAL = 10.0  # seconds in which refusals make us replace a scope's token at most once


class AccessToken(Unprinted, frozen=True):
    """The answer of the authorization server (RFC 6749); expires_in: seconds, if it says so. Never printed."""

    access_token: Annotated[str, msgspec.Meta(pattern=r"\A[!-~]+\Z", max_length=LONGEST)]
    expires_in: Any = None

    @property
    def life(self) -> float:
        """Give the seconds that the token lives."""
        try:
            seconds = float(self.expires_in)
        except (TypeError, ValueError, OverflowError):
            return LIFE
        return min(seconds, LONGEST_LIFE) if math.isfinite(seconds) and seconds > 0 else LIFE


_kept: dict[str, tuple[str, float]] = {}
_asking: dict[str, asyncio.Task[Any]] = {}
_refused_at: dict[str, float] = {}


async def for_scope(scope: str, now: float, *, is_again: bool = False) -> str | Down:
    """Give a token for a scope; now: monotonic seconds. Callers at the same moment share one request.

    is_again: the service itself was called before, and refused the token. A failure is marked as another source's.
    """
    kept = _kept.get(scope)
    if kept and now < kept[1]:
        return kept[0]
    task = _asking.get(scope)
    if task is None:
        task = _asking[scope] = asyncio.create_task(_ask(scope, now))
        task.add_done_callback(lambda _: _asking.pop(scope, None))
    with gatekeeper.wait_elsewhere(_of_another(Down("connection", "token: no answer"), is_again)):
        # Shielded: a caller that is cancelled does not cancel the request for the others.
        token: str | Down = await asyncio.shield(task)
    return token if isinstance(token, str) else _of_another(token, is_again)


def forget(scope: str, token: str, now: float) -> bool:
    """Forget a token that was refused, unless another replaced it since; tell whether another can be tried.

    A service that refuses every token makes us ask for a new one at most once in RENEWAL. now: monotonic seconds.
    """
    kept = _kept.get(scope)
    if kept is None:
        # It was forgotten before. While another is asked for, that can be tried; where asking failed, there is none.
        return scope in _asking
    if kept[0] != token:
        return True
    if now < _refused_at.get(scope, -math.inf) + RENEWAL:
        return False
    _refused_at[scope] = now
    del _kept[scope]
    return True


async def _ask(scope: str, now: float) -> str | Down:
    # No body announces maintenance of this source. Each scope votes as a person does.
    with gatekeeper.passage_through(TOKENS, (), gatekeeper.voter_of(scope), SECONDS) as passage:
        if passage.bar is not None:
            return msgspec.structs.replace(passage.bar, detail=f"token: {passage.bar.reason}")
        granted = await _grant(scope, passage)
        passage.vote([granted if isinstance(granted, Down) else None])
    if isinstance(granted, Down):
        return msgspec.structs.replace(granted, since=passage.since)
    # A token that lives shorter than a minute is used for half its life.
    _kept[scope] = (granted.access_token, now + granted.life - min(MARGIN, granted.life / 2))
    return granted.access_token


async def _grant(scope: str, passage: Passage) -> AccessToken | Down:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        async with asyncio.timeout(SECONDS):
            answer = await mutual_tls.post(
                settings.REST_TOKEN_URL,
                partial(_form, scope),
                headers,
                expected=(200,),
                is_lenient=settings.REST_CA_LENIENT,
            )
    except TimeoutError:
        return passage.overdue(Down("connection", "token: no answer"), "token: ")
    if isinstance(answer, Down):
        return msgspec.structs.replace(answer, detail=f"token: {answer.detail}")
    return granted_by(answer.data)


def _of_another(down: Down, is_again: bool) -> Down:
    """Mark a failure as another source's; before the first attempt (not is_again) nothing of the question was
    sent.
    """
    return msgspec.structs.replace(down, is_elsewhere=True, is_unsent=not is_again)


def _form(scope: str) -> bytes:
    """Write the body of the request; anew each time, since an assertion may be used only once."""
    client = ours()
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_id": client.id,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion(client, settings.REST_TOKEN_AUDIENCE, datetime.now(UTC)),
    }
    return urlencode(form).encode()


def granted_by(data: bytes) -> AccessToken | Down:
    """Read an answer of the authorization server; never raises, whatever the bytes."""
    try:
        return msgspec.json.decode(data, type=AccessToken)
    except json_text.FAILURES:
        return Down("unreadable", "token")
