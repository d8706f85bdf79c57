"""The connections to sources: mutual TLS, and what an HTTP status means (`platform.wire`).

A question over a kept connection that died before an answer began is asked once more over a new one: it only reads,
or carries an idempotency key. A change is sent once, and a file read once, over a connection of its own.
"""

import ssl
from collections.abc import Callable
from functools import lru_cache

from django.conf import settings

from portal.platform.wire.calls import CallFailure, HttpAnswer, HttpLine, StreamedAnswer
from portal.platform.wire.connector import Connector
from portal.platform.wire.resumption import ResumingContext, client_context

from ..reading.outcomes import Down, Reason

CONNECT_SECONDS = 1.0  # DNS, TCP and TLS of a new connection
MOST_ORIGINS = 256
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

# A document of 20 MB, also where it stands in an answer as base64; few at once, since each is held whole.
LARGEST_DOCUMENT = 28 * 1024 * 1024
DOCUMENTS_AT_ONCE = 16
LARGEST_FILE = 512 * 1024 * 1024  # bytes; nobody holds one whole
FILES_AT_ONCE = 32  # of one source
CHANGES_AT_ONCE = 16


def _line(most: int | None, largest: int, *, is_text: bool = True, is_kept: bool = True) -> HttpLine:
    """Make a line of at most so many connections; not kept, they serve once: nothing asked over one is repeated."""

    def connector() -> Connector:
        at_once = settings.SOURCES_CONNECTIONS
        return Connector(
            at_once=at_once if most is None else min(most, at_once),
            setting_up=settings.SOURCES_CONNECTING,
            connect_seconds=CONNECT_SECONDS,
            is_kept=is_kept,
        )

    return HttpLine(connector=connector, largest=largest, is_text=is_text)


LINE = _line(None, LARGEST_ANSWER)
WITH_DOCUMENTS = _line(DOCUMENTS_AT_ONCE, LARGEST_DOCUMENT)
DOCUMENTS = _line(DOCUMENTS_AT_ONCE, LARGEST_DOCUMENT, is_text=False)
FILES = _line(FILES_AT_ONCE, LARGEST_FILE, is_text=False, is_kept=False)
CHANGES = _line(CHANGES_AT_ONCE, LARGEST_ANSWER, is_kept=False)


async def post(
    address: str,
    body: bytes | Callable[[], bytes],
    headers: dict[str, str],
    *,
    expected: tuple[int, ...],
    is_lenient: bool,
    has_document: bool = False,
) -> HttpAnswer | Down:
    """Send one question over mutual TLS; returns what came, or why nothing did.

    body: what makes it, where what is sent may be sent once only. is_lenient: accept a private authority without
    keyUsage. has_document: the answer may be as large as documents are. Only cancellation passes through: the
    deadline is the caller's, but for the one on connecting.
    """
    tls = _tls(_origin(address), is_lenient)
    line = WITH_DOCUMENTS if has_document else LINE
    return _answer_of(await line.call("POST", address, headers, body, tls=tls, expected=expected), expected)


async def get(
    address: str, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Read what stands at an address over mutual TLS, as `post` asks."""
    tls = _tls(_origin(address), is_lenient)
    return _answer_of(await LINE.call("GET", address, headers, tls=tls, expected=expected), expected)


async def get_document(
    address: str, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Read a document at an address, as `post` asks: its bytes are given as they came."""
    tls = _tls(_origin(address), is_lenient)
    answer = await DOCUMENTS.call("GET", address, headers, tls=tls, expected=expected)
    return _answer_of(answer, expected)


async def open_file(address: str, headers: dict[str, str], *, is_lenient: bool) -> StreamedAnswer | Down:
    """Read a file at an address in parts, as it arrives; whoever has it closes it."""
    tls = _tls(_origin(address), is_lenient)
    opened = await FILES.open(address, headers, tls=tls, expected=(200,))
    if isinstance(opened, CallFailure):
        return failure_of(opened)
    if opened.status == 200:
        return opened
    opened.close()
    return refusal(opened.status)


async def patch(
    address: str, body: bytes, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Change what stands at an address; it is sent once, whatever becomes of it."""
    tls = _tls(_origin(address), is_lenient)
    return _answer_of(await CHANGES.call("PATCH", address, headers, body, tls=tls, expected=expected), expected)


async def put_or_delete(
    address: str, headers: dict[str, str], *, is_on: bool, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Put what stands at an address (PUT, with nothing in it), or take it away (DELETE); it is sent once."""
    tls, method = _tls(_origin(address), is_lenient), "PUT" if is_on else "DELETE"
    return _answer_of(await CHANGES.call(method, address, headers, tls=tls, expected=expected), expected)


def failure_of(lost: CallFailure) -> Down:
    """Say what it means for a source that nothing came, or not all."""
    return Down(WHY[lost.why], lost.detail, is_unsent=lost.is_unsent)


def _answer_of(answer: HttpAnswer | CallFailure, expected: tuple[int, ...]) -> HttpAnswer | Down:
    if isinstance(answer, HttpAnswer):
        return answer if answer.status in expected else refusal(answer.status)
    return failure_of(answer)


def refusal(status: int) -> Down:
    """Say why there is no answer, by the status alone: what a problem+json body says may be personal."""
    # Another 4xx is about this one question: the source is there, and not in trouble.
    other: Reason = "refused" if 400 <= status < 500 and status != 408 else "status"
    return Down(REASONS.get(status, other), f"HTTP {status}")


def _origin(address: str) -> str:
    # Nothing keeps an address, as a cache would: somebody's number can stand in it.
    end = address.find("/", address.find("://") + 3)
    return address if end < 0 else address[:end]


# Bounded: a federation of the eBox says at run time which providers there are.
@lru_cache(MOST_ORIGINS)
def _tls(origin: str, is_lenient: bool) -> ResumingContext:
    """Make the context of one origin: its TLS sessions are taken up nowhere else."""
    context = client_context(settings.MAGDA_CA_FILE)
    if is_lenient:
        # Python 3.13 refuses private authorities without keyUsage; some governments still have one.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context
