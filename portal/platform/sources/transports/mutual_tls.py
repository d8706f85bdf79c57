"""The connections to sources: mutual TLS, and what an HTTP status means (`platform.wire`).

A question over a kept connection that died before an answer began is asked once more over a new one: it only reads,
or carries an idempotency key.
"""

import ssl
from collections.abc import Callable
from functools import cache
from urllib.parse import urlsplit

from django.conf import settings

from portal.platform.wire.calls import Came, Line, Lost
from portal.platform.wire.connector import Connector
from portal.platform.wire.resumption import ResumingContext, client_context

from ..reading.outcomes import Down, Reason

CONNECT_SECONDS = 1.0  # DNS, TCP and TLS of a new connection
LARGEST_ANSWER = 4 * 1024 * 1024  # bytes; the largest published answer is 130 kB

# Statuses with a meaning of their own; any other unexpected one is "status".
REASONS: dict[int, Reason] = {
    401: "refused",
    403: "refused",
    429: "busy",
    502: "unavailable",
    503: "unavailable",
    504: "unavailable",
}

# What it means for a source that nothing came.
WHY: dict[str, Reason] = {
    "connection": "connection",
    "exhausted": "full",
    "too large": "unreadable",
    "no text": "unreadable",
}

LINE = Line(
    connector=lambda: Connector(
        at_once=settings.SOURCES_CONNECTIONS,
        setting_up=settings.SOURCES_CONNECTING,
        connect_seconds=CONNECT_SECONDS,
    ),
    largest=LARGEST_ANSWER,
)


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
    return _came(await LINE.call("POST", address, headers, body, tls=tls, expected=expected), expected)


async def get(address: str, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool) -> Came | Down:
    """Read what stands at an address over mutual TLS, as `post` asks."""
    tls = _tls(_origin(address), is_lenient)
    return _came(await LINE.call("GET", address, headers, tls=tls, expected=expected), expected)


def _came(came: Came | Lost, expected: tuple[int, ...]) -> Came | Down:
    if isinstance(came, Came):
        return came if came.status in expected else refused(came.status)
    return Down(WHY[came.why], came.detail, is_unsent=came.is_unsent)


def refused(status: int) -> Down:
    """Say why there is no answer, by the status alone: what a problem+json body says may be personal."""
    # Another 4xx is about this one question: the source is there, and not in trouble.
    other: Reason = "refused" if 400 <= status < 500 and status != 408 else "status"
    return Down(REASONS.get(status, other), f"HTTP {status}")


@cache
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
