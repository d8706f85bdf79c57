"""The HTTP client for the provider: short deadlines, small answers, no redirects, no cookies.

What is asked for one purpose has connections apart from the others: returns with junk codes, which anybody can send,
take those of the token endpoint, and nobody else waits for them.

Questions that only read go over kept connections, and once more over a new one when that had died before its answer
began. A code is redeemed over a connection of its own, never a kept one, and never twice: it serves once, and whoever
sent it cannot tell whether it was taken by who did not answer. So there is no dead connection to meet either.
"""

import asyncio
from typing import Any, Literal, get_args
from urllib.parse import urlencode, urlsplit

import aiohttp
import msgspec

from portal.platform.connections.client import AskedTwiceError, Client
from portal.platform.connections.connector import Connector
from portal.platform.connections.received import UnreadableBytes, received
from portal.platform.connections.resumption import ResumingContext, client_context

from .errors import ProviderSlow, ProviderUnavailable

SECONDS = 2.0  # waiting, connecting and reading together
LARGEST = 256 * 1024  # bytes of an answer
AT_ONCE = 32  # connections for one purpose
SETTING_UP = 8  # of which are being set up

# What the provider says of itself (its description and its keys), redeeming codes, and claims about people.
Purpose = Literal["description", "codes", "claims"]

_clients: dict[Purpose, Client] = {}
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
        async with (
            asyncio.timeout(SECONDS),
            _client(purpose).ask(method, url, headers, body, tls=_tls(url)) as response,
        ):
            answer = await _read(response)
            status, content_type = response.status, response.headers.get("Content-Type", "")
    except TimeoutError as error:
        raise ProviderSlow from error
    except AskedTwiceError as error:
        raise ProviderUnavailable(type(error.__cause__).__name__) from error
    except (aiohttp.ClientError, OSError) as error:
        raise ProviderUnavailable(type(error).__name__) from error
    if status >= 500 or status == 429 or 300 <= status < 400:
        raise ProviderUnavailable(f"HTTP {status}")
    return status, _object(answer, content_type, is_required=status == 200)


async def close() -> None:
    """Close the clients; they open again when they are needed."""
    for purpose in get_args(Purpose):
        client = _clients.pop(purpose, None)
        if client is not None:
            await client.close()


def _client(purpose: Purpose) -> Client:
    client = _clients.get(purpose)
    if client is None:
        client = _clients[purpose] = Client(
            Connector(at_once=AT_ONCE, setting_up=SETTING_UP, connect_seconds=SECONDS, is_kept=purpose != "codes")
        )
    return client


def _tls(url: str) -> ResumingContext | None:
    """Give the context of an address's origin; whatever the provider describes as its own is at most a few."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return None
    context = _contexts.get(parts.netloc)
    if context is None:
        context = _contexts[parts.netloc] = client_context()
    return context


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            raise ProviderUnavailable("answer too large")
    return bytes(body)


def _object(body: bytes, content_type: str, *, is_required: bool) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(received(body, content_type).data)
    except (UnreadableBytes, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        value = None
    if isinstance(value, dict):
        return value
    if is_required:
        raise ProviderUnavailable("not a JSON object")
    return {}
