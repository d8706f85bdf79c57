"""The worker's one HTTP client towards sources, and how an answer is brought in safely.

One connector for all: connections and TLS sessions are reused over services. No cookies, no redirects, no proxy from
the environment, no compression (the size cap then holds for what is parsed as well).
"""

import ssl
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import aiohttp
from django.conf import settings

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

_session: aiohttp.ClientSession | None = None


class Came(NamedTuple):
    """What came back: status, whole body, and headers by their name in lower case."""

    status: int
    data: bytes
    headers: Mapping[str, str]


async def post(
    address: str, body: bytes, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> Came | Down:
    """Send one question over mutual TLS; returns what came, or why nothing did.

    is_lenient: accept a private authority without keyUsage. Only cancellation passes through: the deadline is the
    caller's, but for the one on connecting.
    """
    try:
        async with _client().post(
            address,
            data=body,
            headers={**headers, "Accept-Encoding": "identity"},
            ssl=_tls(is_lenient),
            allow_redirects=False,
        ) as response:
            if response.status not in expected:
                return refused(response.status)
            return await _capped(response)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        return Down("connection", type(error).__name__, is_unsent=isinstance(error, NOT_CONNECTED))


def refused(status: int) -> Down:
    """Say why there is no answer, by the status alone: what a problem+json body says may be personal."""
    # Another 4xx is about this one question: the source is there, and not in trouble.
    other: Reason = "refused" if 400 <= status < 500 and status != 408 else "status"
    return Down(REASONS.get(status, other), f"HTTP {status}")


async def close() -> None:
    """Close the worker's connections."""
    global _session
    if _session is not None:
        await _session.close()
        _session = None


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
    return Came(response.status, b"".join(parts), named)


def _client() -> aiohttp.ClientSession:
    global _session
    if _session is None or _session.closed:
        _session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=60),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_SECONDS),
            # Who compresses all the same sends nothing readable: a small body must not become a large one here.
            auto_decompress=False,
        )
    return _session


@cache
def _tls(is_lenient: bool) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=settings.MAGDA_CA_FILE)
    if is_lenient:
        # Python 3.13 refuses private authorities without keyUsage; some governments still have one.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context
