"""Ask the provider over HTTP: short deadlines, small answers, no redirects, no cookies (`platform.wire`).

Each purpose has connections of its own: returns with junk codes, which anybody can send, use up those of the token
endpoint only.

Reading requests use kept connections, and are repeated once over a new one when the kept one died before the answer
began. A code is redeemed over a fresh connection and never repeated: it can be used once, and without an answer
nobody knows whether it was.
"""

import asyncio
from typing import Any, Literal, get_args
from urllib.parse import urlencode, urlsplit

import msgspec

from portal.platform.wire.calls import CallFailure, HttpAnswer, HttpLine
from portal.platform.wire.connector import Connector
from portal.platform.wire.resumption import ResumingContext, client_context

from .errors import ProviderSlow, ProviderUnavailable

SECONDS = 2.0  # waiting, connecting and reading together
LARGEST = 256 * 1024  # bytes of an answer
AT_ONCE = 32  # connections for one purpose
SETTING_UP = 8  # of which are being set up

# What the provider says of itself (its description and its keys), redeeming codes, and claims about people.
Purpose = Literal["description", "codes", "claims"]

_lines: dict[Purpose, HttpLine] = {}
_contexts: dict[str, ResumingContext] = {}


async def ask(
    method: str,
    url: str,
    *,
    purpose: Purpose = "description",
    form: dict[str, str] | None = None,
    bearer: str | None = None,
) -> tuple[int, dict[str, Any]]:
    """Ask the provider and return status and JSON object ({} when an error answer has none).

    Raises ProviderSlow past the deadline, and ProviderUnavailable when there is no connection, the answer is a
    redirect or too large, or a good answer is not a JSON object.
    """
    headers = {"Accept": "application/json"}
    if bearer:
        headers["Authorization"] = f"Bearer {bearer}"
    if form is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    body = None if form is None else urlencode(form).encode()
    try:
        async with asyncio.timeout(SECONDS):
            answer = await _line(purpose).call(method, url, headers, body, tls=_tls(url))
    except TimeoutError as error:
        raise ProviderSlow from error
    if isinstance(answer, CallFailure) and answer.is_late:
        raise ProviderSlow
    if isinstance(answer, CallFailure) and answer.why != "no text":
        raise ProviderUnavailable(answer.detail)
    status, data = answer.status, answer.data if isinstance(answer, HttpAnswer) else b""
    if status >= 500 or status == 429 or 300 <= status < 400:
        raise ProviderUnavailable(f"HTTP {status}")
    return status, _object(data, is_required=status == 200)


async def close() -> None:
    """Close the connections; they open again when they are needed."""
    for purpose in get_args(Purpose):
        line = _lines.pop(purpose, None)
        if line is not None:
            await line.close()


def _line(purpose: Purpose) -> HttpLine:
    line = _lines.get(purpose)
    if line is None:
        is_kept = purpose != "codes"
        line = _lines[purpose] = HttpLine(
            lambda: Connector(at_once=AT_ONCE, setting_up=SETTING_UP, connect_seconds=SECONDS, is_kept=is_kept),
            LARGEST,
        )
    return line


def _tls(url: str) -> ResumingContext | None:
    """Give the TLS context of an address's origin; the provider's own addresses have at most a few origins."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    context = _contexts.get(parts.netloc)
    if context is None:
        context = _contexts[parts.netloc] = client_context()
    return context


def _object(body: bytes, *, is_required: bool) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = None
    if isinstance(value, dict):
        return value
    if is_required:
        raise ProviderUnavailable("not a JSON object")
    return {}
