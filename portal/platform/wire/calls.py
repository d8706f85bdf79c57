"""Calls over HTTP, and their result: an answer as text in UTF-8, or the reason why there is none.

Each caller has a line of its own (`HttpLine`): bounded connections, and a largest answer. A body that is too large
for memory comes in parts (`HttpLine.open`). A call over a kept connection that died before an answer began is
repeated once over a new one (`client`). So a call only reads, carries a key which makes twice once, or goes over a
line that keeps no connections. No cookies, no redirects, no proxy from the environment, no compression (so the cap on
size holds for what is parsed as well).
"""

import errno
from collections.abc import Awaitable, Callable, Container, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .client import Body, HttpClient
from .connector import Connector
from .errors import AskedTwice, ConnectingTookTooLong, NotConnected, TooLarge, UnfitQuestion, WireError
from .received import UnreadableBytes, decode
from .resumption import ResumingContext

# Errors that mean that this machine ran out of files, ports or memory.
EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL))

_lines: "list[HttpLine]" = []


class HttpAnswer(NamedTuple):
    """The answer to a call: its status, its body, and its headers by their name in lower case.

    data: the body as text in UTF-8; its bytes as sent where the line has `is_text` off. has_more: a multipart body
    had other parts, which were not read.
    """

    status: int
    data: bytes
    headers: Mapping[str, str]
    has_more: bool = False


class CallFailure(NamedTuple):
    """Why a call brought no answer that can be read; detail is for the log, never personal.

    why: "exhausted" when files, ports or memory ran out here. is_unsent: there was no connection, or HTTP cannot
    carry the question, so nothing left us. is_late: the deadline on connecting passed; the caller's own deadline
    raises instead. status: of an answer whose body was too large or no text, else 0.
    """

    why: Literal["connection", "exhausted", "too large", "no text"]
    detail: str
    is_unsent: bool = False
    is_late: bool = False
    status: int = 0


class StreamedAnswer(NamedTuple):
    """An answer whose body is still arriving; whoever holds it must call `close`, which may be called again.

    headers: by their name in lower case. size: bytes of the body, None where the answer does not say. part: gives the
    next bytes, b"" at the end; CallFailure where the body was cut off or is too large.
    """

    status: int
    headers: Mapping[str, str]
    size: int | None
    part: Callable[[], Awaitable[bytes | CallFailure]]
    close: Callable[[], None]


@dataclass(slots=True, eq=False)
class HttpLine:
    """The connections for calls of one kind; they open with the first call, and again after `close`.

    connector: makes what makes the connections, and bounds them. largest: bytes of an answer's body, also of one that
    comes in parts. is_text: whether answers are decoded to UTF-8; if not, their bytes are given unchanged.
    """

    connector: Callable[[], Connector]
    largest: int
    is_text: bool = True
    _client: HttpClient | None = None

    async def call(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: Body = None,
        *,
        tls: ResumingContext | None = None,
        expected: Container[int] | None = None,
    ) -> HttpAnswer | CallFailure:
        """Make a call; returns the answer, or why there is none.

        body: bytes, or a function that makes them anew for each attempt, when the same may not be sent twice. tls:
        the context of that origin, which https needs. expected: the statuses of which the body is read, all by
        default; an answer with another comes with neither body nor headers. Only cancellation is raised. The deadline
        is the caller's, apart from the one on connecting.
        """
        client = self._http_client()
        try:
            answer = await client.ask(method, address, headers, body, expected=expected, tls=tls)
        except (WireError, OSError, ValueError) as error:
            return _failure(error)
        status, answer_headers, data = answer
        if expected is not None and status not in expected:
            return HttpAnswer(status, b"", {})
        if not self.is_text:
            return HttpAnswer(status, data, answer_headers)
        try:
            text = decode(data, answer_headers.get("content-type", ""))
        except UnreadableBytes as error:
            return CallFailure("no text", error.detail, status=status)
        return HttpAnswer(status, text.data, answer_headers, text.has_more)

    async def open(
        self,
        address: str,
        headers: Mapping[str, str],
        *,
        tls: ResumingContext | None = None,
        expected: Container[int],
    ) -> StreamedAnswer | CallFailure:
        """Call GET on an address and give the answer while its body arrives.

        Only for a line that keeps no connections, as nothing is repeated here. Each part comes as soon as it is
        there. While parts are not taken, the connection is not read. The arguments are those of `call`; an answer
        with a status that is not expected must be closed too, unread.
        """
        try:
            answer = await self._http_client().open("GET", address, headers, expected=expected, tls=tls)
        except (WireError, OSError, ValueError) as error:
            return _failure(error)

        async def part() -> bytes | CallFailure:
            try:
                return await answer.part()
            except WireError as error:
                return _failure(error)

        length = answer.headers.get("content-length")
        return StreamedAnswer(answer.status, answer.headers, int(length) if length else None, part, answer.close)

    async def close(self) -> None:
        """Close the connections; a call from now on opens others."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _http_client(self) -> HttpClient:
        if self._client is None:
            self._client = HttpClient(self.connector(), self.largest)
            if self not in _lines:
                _lines.append(self)
        return self._client


def _failure(error: Exception) -> CallFailure:
    """Classify what the client raised."""
    if isinstance(error, TooLarge):
        return CallFailure("too large", "answer too large", status=error.status)
    # Of two attempts the first was sent, whatever became of the second.
    reason = error.__cause__ if isinstance(error, AskedTwice) else error
    is_unsent = isinstance(error, NotConnected | UnfitQuestion)
    for cause in (reason, reason and reason.__cause__):
        if isinstance(cause, OSError) and cause.errno in EXHAUSTED:
            return CallFailure("exhausted", errno.errorcode[cause.errno], is_unsent)
    return CallFailure("connection", type(reason).__name__, is_unsent, isinstance(reason, ConnectingTookTooLong))


async def close() -> None:
    """Close the connections of all lines, as the process ends."""
    while _lines:
        await _lines.pop().close()
