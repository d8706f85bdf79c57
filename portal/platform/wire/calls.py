"""Calls over HTTP, and what came of them: an answer, brought in safely, or why there is none.

Who calls has lines of their own (`Line`): connections with bounds, and a largest answer. A call over a kept
connection that died before an answer began is made once more over a new one (`client`): so what is sent only reads,
carries a key, or goes over a line that keeps no connection. No cookies, no redirects, no proxy from the environment,
no compression (the size cap then holds for what is parsed as well).
"""

import errno
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple

from .client import Body, Client
from .connector import Connector
from .errors import AskedTwice, ConnectingTookTooLong, NotConnected, TooLarge, UnfitQuestion, WireError
from .received import UnreadableBytes, received
from .resumption import ResumingContext

# What says that this machine has no more to give: files, ports, memory.
EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL))

_lines: "list[Line]" = []


class Came(NamedTuple):
    """What came back: status, the text of the body in UTF-8, and headers by their name in lower case.

    has_more: other parts of a multipart body came with it, and are not read.
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


@dataclass(slots=True, eq=False)
class Line:
    """Connections of their own for calls of one kind; they open with the first call, and again after `close`.

    connector: makes what bounds them. largest: bytes of an answer.
    """

    connector: Callable[[], Connector]
    largest: int
    _client: Client | None = None

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

        body: what makes it, where what is sent may be sent once only. tls: the context, of that origin only.
        expected: the statuses of which the body is read, all by default. Only cancellation passes through: the
        deadline is the caller's, but for that on connecting.
        """
        asker = self._asker()
        try:
            answer = await asker.ask(method, address, headers, body, expected=expected, tls=tls)
        except TooLarge as error:
            return Lost("too large", "answer too large", status=error.status)
        except (WireError, OSError, ValueError) as error:
            return _lost(error)
        status, named, data = answer
        if expected is not None and status not in expected:
            return Came(status, b"", {})
        try:
            text = received(data, named.get("content-type", ""))
        except UnreadableBytes as error:
            return Lost("no text", error.detail, status=status)
        return Came(status, text.data, named, text.has_more)

    async def close(self) -> None:
        """Close the connections; a call from now on opens others."""
        client, self._client = self._client, None
        if client is not None:
            client.close()

    def _asker(self) -> Client:
        if self._client is None:
            self._client = Client(self.connector(), self.largest)
            if self not in _lines:
                _lines.append(self)
        return self._client


def _lost(error: Exception) -> Lost:
    # Whatever became of the second, the first was sent.
    reason = error.__cause__ if isinstance(error, AskedTwice) else error
    is_unsent = isinstance(error, NotConnected | UnfitQuestion)
    for cause in (reason, reason and reason.__cause__):
        if isinstance(cause, OSError) and cause.errno in EXHAUSTED:
            return Lost("exhausted", errno.errorcode[cause.errno], is_unsent)
    return Lost("connection", type(reason).__name__, is_unsent, isinstance(reason, ConnectingTookTooLong))


async def close() -> None:
    """Close the connections of all lines: the worker ends."""
    while _lines:
        await _lines.pop().close()
