"""The worker's one HTTP client towards sources, and how an answer is brought in safely.

One pool for all, with bounds per origin; connections are kept, and TLS sessions taken up again by new ones
(`platform.connections`). A question over a kept connection that died before an answer began is asked once more over a
new one: it only reads, or carries an idempotency key. No cookies, no redirects, no proxy from the environment, no
compression (the size cap then holds for what is parsed as well).
"""

import errno
import ssl
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple
from urllib.parse import urlsplit

import aiohttp
from django.conf import settings

from portal.platform.connections.client import AskedTwiceError, Client
from portal.platform.connections.connector import Connector
from portal.platform.connections.received import UnreadableBytes, received
from portal.platform.connections.resumption import ResumingContext, client_context

from ..reading.outcomes import Down, Reason

CONNECT_SECONDS = 1.0  # name, TCP and TLS of a new connection; who does not take one in a second is not there
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; the largest published answer is 130 kB

# There was no connection yet to send anything over.
NOT_CONNECTED = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)

# What a status says by itself; any other unexpected one is just that.
REASONS: dict[int, Reason] = {
    401: "refused",
    403: "refused",
    429: "busy",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}

# What says that this machine has no more to give: files, ports, memory.
EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL))

_client: Client | None = None


class Came(NamedTuple):
    """What came back: status, the text of the body in UTF-8, and headers by their name in lower case.

    has_more: other parts of a multipart body came with it, and are not read.
    """

    status: int
    data: bytes
    headers: Mapping[str, str]
    has_more: bool = False


async def post(
    address: str,
    body: bytes | Callable[[], bytes],
    headers: dict[str, str],
    *,
    expected: tuple[int, ...],
    is_lenient: bool,
) -> Came | Down:
    """Send one question over mutual TLS; returns what came, or why nothing did.

    body: what makes it, where what is sent may be sent once only. is_lenient: accept a private authority without
    keyUsage. Only cancellation passes through: the deadline is the caller's, but for the one on connecting.
    """
    tls = _tls(_origin(address), is_lenient)
    try:
        async with _asker().ask("POST", address, headers, body, tls=tls) as response:
            if response.status not in expected:
                return refused(response.status)
            return await _capped(response)
    except AskedTwiceError as error:
        return Down("connection", type(error.__cause__).__name__)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        is_unsent = isinstance(error, NOT_CONNECTED)
        if isinstance(error, OSError) and error.errno in EXHAUSTED:
            return Down("full", errno.errorcode[error.errno], is_unsent=is_unsent)
        return Down("connection", type(error).__name__, is_unsent=is_unsent)


def refused(status: int) -> Down:
    """Say why there is no answer, by the status alone: what a problem+json body says may be personal."""
    # Another 4xx is about this one question: the source is there, and not in trouble.
    other: Reason = "refused" if 400 <= status < 500 and status != 408 else "status"
    return Down(REASONS.get(status, other), f"HTTP {status}")


async def close() -> None:
    """Close the worker's connections."""
    global _client
    if _client is not None:
        await _client.close()
        _client = None


async def _capped(response: aiohttp.ClientResponse) -> Came | Down:
    parts: list[bytes] = []
    size = 0
    async for part in response.content.iter_any():
        size += len(part)
        if size > LARGEST_ANSWER:
            response.close()
            return Down("unreadable", "answer too large")
        parts.append(part)
    named = {name.lower(): value for name, value in response.headers.items()}
    try:
        text = received(b"".join(parts), named.get("content-type", ""))
    except UnreadableBytes as error:
        return Down("unreadable", error.detail)
    return Came(response.status, text.data, named, text.has_more)


def _asker() -> Client:
    global _client
    if _client is None:
        _client = Client(
            Connector(
                at_once=settings.SOURCES_CONNECTIONS,
                setting_up=settings.SOURCES_CONNECTING,
                connect_seconds=CONNECT_SECONDS,
            )
        )
    return _client


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@cache
def _tls(origin: str, is_lenient: bool) -> ResumingContext:
    """Make the context of one origin: its TLS sessions are taken up nowhere else."""
    context = client_context(settings.MAGDA_CA_FILE)
    if is_lenient:
        # Python 3.13 refuses private authorities without keyUsage; some governments still have one.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context
