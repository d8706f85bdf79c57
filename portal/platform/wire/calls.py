"""Calls over HTTP, and their result: an answer as text in UTF-8, or the reason why there is none.

Each caller has a line of its own (`Line`): bounded connections, and a largest answer. What is too large to be held
comes in parts (`Line.open`). A call over a kept connection that died before an answer began is repeated once over a
new one (`client`). So a call only reads, carries a key which makes twice once, or goes over a line that keeps no
connections. No cookies, no redirects, no proxy from the environment, no compression (so the cap on size holds for
what is parsed as well).
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

_lines: "list[Line]" = []


class Came(NamedTuple):
    """What came back: status, the text of the body in UTF-8, or its bytes where those were asked, and headers.

    headers: by their name in lower case. has_more: other parts of a multipart body came with it, and are not read.
    """

    status: int
    data: bytes
    headers: Mapping[str, str]
    has_more: bool = False


class Lost(NamedTuple):
    """Why nothing came that can be read; detail is for the log, never personal.

    exhausted: files, ports or memory ran out here. is_unsent: there was no connection, so nothing left us. is_late:
    a clock of ours ran out on the way. status: of an answer whose body was too large or no text.
    """

    why: Literal["connection", "exhausted", "too large", "no text"]
    detail: str
    is_unsent: bool = False
    is_late: bool = False
    status: int = 0


class Arriving(NamedTuple):
    """An answer whose body is on its way; whoever has it closes it. size: of the body, where that is said."""

    status: int
    headers: Mapping[str, str]
    size: int | None
    part: Callable[[], Awaitable[bytes | Lost]]
    close: Callable[[], None]


@dataclass(slots=True, eq=False)
class Line:
    """The connections for calls of one kind; they open with the first call, and again after `close`.

    connector: makes the connections, and bounds them. largest: bytes of an answer. is_text: else the bytes of answers
    are given as they came.
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
    ) -> Came | Lost:
        """Make a call; returns what came, or why nothing did.

        body: bytes, or a function that makes them when they may be sent only once. tls: the context of that origin.
        expected: the statuses of which the body is read, all by default. Only cancellation is raised. The deadline is
        the caller's, apart from the one on connecting.
        """
        asker = self._asker()
        try:
            answer = await asker.ask(method, address, headers, body, expected=expected, tls=tls)
        except (WireError, OSError, ValueError) as error:
            return _loss(error)
        status, named, data = answer
        if expected is not None and status not in expected:
            return Came(status, b"", {})
        if not self.is_text:
            return Came(status, data, named)
        try:
            text = decode(data, named.get("content-type", ""))
        except UnreadableBytes as error:
            return Lost("no text", error.detail, status=status)
        return Came(status, text.data, named, text.has_more)

    async def open(
        self,
        address: str,
        headers: Mapping[str, str],
        *,
        tls: ResumingContext | None = None,
        expected: Container[int],
    ) -> Arriving | Lost:
        """Read what stands at an address in parts, as `call` does it whole; the line keeps no connections.

        Each part, b"" at the end, comes as soon as it is there, or Lost where the body was cut off. What is not taken
        is not read.
        """
        try:
            answer = await self._asker().open("GET", address, headers, expected=expected, tls=tls)
        except (WireError, OSError, ValueError) as error:
            return _loss(error)

        async def part() -> bytes | Lost:
            try:
                return await answer.part()
            except WireError as error:
                return _loss(error)

        length = answer.headers.get("content-length")
        return Arriving(answer.status, answer.headers, int(length) if length else None, part, answer.close)

    async def close(self) -> None:
        """Close the connections; a call from now on opens others."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _asker(self) -> HttpClient:
        if self._client is None:
            self._client = HttpClient(self.connector(), self.largest)
            if self not in _lines:
                _lines.append(self)
        return self._client


def _loss(error: Exception) -> Lost:
    if isinstance(error, TooLarge):
        return Lost("too large", "answer too large", status=error.status)
    # Of two attempts the first was sent, whatever became of the second.
    reason = error.__cause__ if isinstance(error, AskedTwice) else error
    is_unsent = isinstance(error, NotConnected | UnfitQuestion)
    for cause in (reason, reason and reason.__cause__):
        if isinstance(cause, OSError) and cause.errno in EXHAUSTED:
            return Lost("exhausted", errno.errorcode[cause.errno], is_unsent)
    return Lost("connection", type(reason).__name__, is_unsent, isinstance(reason, ConnectingTookTooLong))


async def close() -> None:
    """Close the connections of all lines, as the process ends."""
    while _lines:
        await _lines.pop().close()
