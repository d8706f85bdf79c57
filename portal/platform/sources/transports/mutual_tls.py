"""Calls to sources over mutual TLS (by `platform.wire`), and what an HTTP status means for the outcome.

A question over a kept connection that died before an answer began is asked once more over a new one: it only reads,
or carries an idempotency key. A change is sent once, and a file read once, over a connection of its own. Only
cancellation is raised; deadlines are the caller's, apart from the one on connecting.
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

# The reason of the outcome, by the reason of a failed call.
WHY: dict[str, Reason] = {
    "connection": "connection",
    "exhausted": "full",
    "too large": "unreadable",
    "no text": "unreadable",
}

# Bytes: a document of 20 MB, also as base64 in an answer. Few are asked at once, since each is held whole.
LARGEST_DOCUMENT = 28 * 1024 * 1024
DOCUMENTS_AT_ONCE = 16
LARGEST_FILE = 512 * 1024 * 1024  # bytes; nobody holds one whole
FILES_AT_ONCE = 32  # of one source
CHANGES_AT_ONCE = 16


def _line(most: int | None, largest: int, *, is_text: bool = True, is_kept: bool = True) -> HttpLine:
    """Make a line of at most so many connections. is_kept: if off, each serves one call, never repeated."""

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
    """Send one question by POST; give its answer, or why there is none.

    body: bytes, or a function that makes them anew when they may not be sent twice. expected: the statuses of an
    answer; any other is a failure. is_lenient: accept a private authority without keyUsage. has_document: the answer
    may be as large as documents are.
    """
    tls = _tls(_origin(address), is_lenient)
    line = WITH_DOCUMENTS if has_document else LINE
    return _answer_of(await line.call("POST", address, headers, body, tls=tls, expected=expected), expected)


async def get(
    address: str, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Call GET on an address; arguments and result are those of `post`."""
    tls = _tls(_origin(address), is_lenient)
    return _answer_of(await LINE.call("GET", address, headers, tls=tls, expected=expected), expected)


async def get_document(
    address: str, headers: dict[str, str], *, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Call GET on the address of a document; as `get`, but the bytes are not decoded."""
    tls = _tls(_origin(address), is_lenient)
    answer = await DOCUMENTS.call("GET", address, headers, tls=tls, expected=expected)
    return _answer_of(answer, expected)


async def open_file(address: str, headers: dict[str, str], *, is_lenient: bool) -> StreamedAnswer | Down:
    """Call GET on the address of a file and give it while it arrives; the caller must close it."""
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
    """Call PATCH on an address; it is sent at most once."""
    tls = _tls(_origin(address), is_lenient)
    return _answer_of(await CHANGES.call("PATCH", address, headers, body, tls=tls, expected=expected), expected)


async def put_or_delete(
    address: str, headers: dict[str, str], *, is_on: bool, expected: tuple[int, ...], is_lenient: bool
) -> HttpAnswer | Down:
    """Call PUT (is_on), without a body, or DELETE on an address; it is sent at most once."""
    tls, method = _tls(_origin(address), is_lenient), "PUT" if is_on else "DELETE"
    return _answer_of(await CHANGES.call(method, address, headers, tls=tls, expected=expected), expected)


def failure_of(lost: CallFailure) -> Down:
    """Give the outcome of a failed call."""
    return Down(WHY[lost.why], lost.detail, is_unsent=lost.is_unsent)


def _answer_of(answer: HttpAnswer | CallFailure, expected: tuple[int, ...]) -> HttpAnswer | Down:
    if isinstance(answer, HttpAnswer):
        return answer if answer.status in expected else refusal(answer.status)
    return failure_of(answer)


def refusal(status: int) -> Down:
    """Give the outcome of an unexpected status; a problem+json body is not read, as it may be personal."""
    # Any other 4xx is about this one question, and no trouble of the source.
    other: Reason = "refused" if 400 <= status < 500 and status != 408 else "status"
    return Down(REASONS.get(status, other), f"HTTP {status}")


def _origin(address: str) -> str:
    # Addresses are not cached: a national number can stand in one.
    end = address.find("/", address.find("://") + 3)
    return address if end < 0 else address[:end]


# It is bounded, since the eBox's federation says at run time which providers there are.
@lru_cache(MOST_ORIGINS)
def _tls(origin: str, is_lenient: bool) -> ResumingContext:
    """Make the TLS context of one origin, since a context resumes its sessions wherever it is used."""
    context = client_context(settings.MAGDA_CA_FILE)
    if is_lenient:
        # Python 3.13 refuses private authorities without keyUsage; some governments still have one.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    context.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return context
