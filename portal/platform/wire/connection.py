"""One HTTP/1.1 connection (RFC 9112): a question is sent in one piece, and its answer is parsed as it arrives.

An answer is given whole (`ask`), or its body in parts (`begin`).

llhttp parses strictly: an answer that two readers could understand differently is refused. Left to us are the bounds
on size, the end of an answer that ends with its connection, and bytes that must never be taken for an answer.
"""

import asyncio
import fcntl
import select
import ssl
import termios
from collections.abc import Container
from typing import NamedTuple, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from .body_parts import BodyParts
from .errors import CutOff, Disconnected, NotHttp, TooLarge, WireError
from .resumption import TlsObject

# Bytes that may arrive in a row without any of the body: headers, interim answers, sizes of chunks, trailers.
MOST_BESIDE = 64 * 1024
BODILESS = (204, 304)


class Response(NamedTuple):
    """Status, headers by their name in lower case, and body: b"" when the status was not expected."""

    status: int
    headers: dict[str, str]
    body: bytes


class HttpConnection(asyncio.Protocol):
    """A connection for one question at a time; a caller that gives up on an answer closes it.

    answers: how many it has brought. kept_since: when the connector last put it aside (seconds of the loop's clock).
    """

    kept_since = 0.0

    def __init__(self) -> None:
        self.answers = 0
        self._parser = HttpResponseParser(self)
        self._waiting: asyncio.Future[Response | WireError] | None = None
        self._is_idle = True
        self._is_sound = True
        self._parts: BodyParts | None = None

    async def ask(
        self, question: bytes, *, largest: int, expected: Container[int] | None = None, is_head: bool = False
    ) -> Response:
        """Send a whole question and give its whole answer.

        largest: bytes of a body. expected: the statuses of which a body is read; None for all. is_head: the question
        is a HEAD, so its answer states the length of a body and has none. Raises Disconnected, CutOff, NotHttp or
        TooLarge.
        """
        self._parts = None
        return await self._exchange(question, largest, expected, is_head)

    async def begin(self, question: bytes, *, largest: int, expected: Container[int]) -> tuple[Response, BodyParts]:
        """Send a whole question, and give the answer without its body, and its body in parts.

        Arguments and errors are those of `ask`; taking a part raises the same errors. A caller that does not take all
        parts closes the connection.
        """
        parts = self._parts = BodyParts(self._transport)
        return await self._exchange(question, largest, expected, False), parts

    async def _exchange(
        self, question: bytes, largest: int, expected: Container[int] | None, is_head: bool
    ) -> Response:
        """Send a question; give the answer, without its body where `_parts` is set."""
        self._largest, self._expected, self._is_head = largest, expected, is_head
        self._status = self._size = self._beside = 0
        self._headers: dict[str, str] = {}
        # A bytearray: a list of parts would take twenty times the body when it arrives two bytes at a time.
        self._body = bytearray()
        self._ends_with_connection = self._has_begun = False
        if not self._is_sound:
            raise Disconnected
        self._is_idle = False
        waiting: asyncio.Future[Response | WireError] = asyncio.get_running_loop().create_future()
        self._waiting = waiting
        self._transport.write(question)
        outcome = await waiting
        if isinstance(outcome, WireError):
            raise outcome
        return outcome

    @property
    def is_free(self) -> bool:
        """Tell whether it can take a question: the last answer was complete, and nothing came after it."""
        return self._is_idle and self._is_sound and not self._transport.is_closing()

    @property
    def is_quiet(self) -> bool:
        """Tell whether nothing is left to send, and nothing arrived that the loop has not read yet.

        What could have arrived is the end of the connection, or an answer that nobody asked for. What could be left
        is the rest of a question that was answered before it was sent whole.
        """
        tls = self.tls
        if tls is not None and tls.is_within_record:
            return False
        return [event for _, event in self._system.poll(0)] == [select.POLLOUT]

    @property
    def tls(self) -> TlsObject | None:
        """Give its TLS object; None for a connection in the clear."""
        return cast("TlsObject | None", self._transport.get_extra_info("ssl_object"))

    def close(self) -> None:
        """Close it: in an orderly way when nothing is under way, else at once."""
        if self._is_idle and self._is_sound:
            self._is_sound = False
            self._transport.close()
        else:
            self.abort()

    def abort(self) -> None:
        """Close it at once."""
        self._is_sound = False
        self._transport.abort()

    # The methods that the loop calls.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._file = transport.get_extra_info("socket").fileno()
        self._system = select.poll()
        self._system.register(self._file, select.POLLIN | select.POLLOUT)

    def data_received(self, data: bytes) -> None:
        if self._is_idle:
            # Nobody asked for this. Taken as the answer to the next question, it would shift all answers by one.
            self.abort()
            return
        if self.answers and not self._has_begun:
            if self._is_on_the_way():
                # It was sent before the question arrived, so it is no answer to it.
                self._fail(Disconnected())
                return
            self._has_begun = True
        self._beside += len(data)
        try:
            self._parser.feed_data(data)
            if self._beside > MOST_BESIDE and not self._is_idle:
                self._fail(NotHttp())
        except (HttpParserError, HttpParserUpgrade) as error:
            ours = error.__context__  # raised by one of the methods that the parser calls
            if isinstance(ours, WireError):
                self._fail(ours)
            else:
                self._fail(NotHttp(), error)

    def eof_received(self) -> None:
        if not self._is_idle and self._ends_with_connection and self._is_farewell():
            self._complete(may_be_kept=False)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._is_idle:
            self._is_sound = False
        else:
            self._fail(CutOff() if self._status else Disconnected(), exc)

    # The methods that the parser calls.

    def on_message_begin(self) -> None:
        if self._is_idle:
            raise NotHttp

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._status:
            return  # trailers are not read
        self._size += len(name) + len(value)
        if self._size > MOST_BESIDE:
            raise NotHttp
        key = name.decode("latin-1").lower()
        if key == "transfer-encoding" and key in self._headers:
            raise NotHttp  # of two such headers some programs read the first, some the last, some both
        self._headers[key] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        status, headers = self._parser.get_status_code(), self._headers
        if 100 <= status < 200:
            return
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if status < 100 or (coding is not None and coding.lower() != "chunked"):
            raise NotHttp
        if status == 408 and self.answers:
            # The other side gave up waiting for a question, just as ours was on its way.
            raise Disconnected
        self._status, self._size = status, 0
        has_body = not self._is_head and status not in BODILESS
        if has_body:
            # A proxy that speaks HTTP/1.0 knows no chunks, and may be wrong about which connections stay open.
            self._is_sound &= coding is None or self._parser.get_http_version() == "1.1"
        elif coding or length not in (None, "0"):
            # Such an answer has no body, but a server may send one; that would show only in the next answer.
            self._is_sound = False
        if self._expected is not None and status not in self._expected:
            self._settle(Response(status, headers, b""))
        elif has_body and length is not None and int(length) > self._largest:
            raise TooLarge(status)
        self._ends_with_connection = has_body and coding is None and length is None
        if self._parts is not None:
            self._settle(Response(status, headers, b""))
        if self._is_head:
            self._complete(may_be_kept=False)

    def on_body(self, part: bytes) -> None:
        self._beside = 0
        self._size += len(part)
        if self._size > self._largest:
            raise TooLarge(self._status)
        if self._parts is None:
            self._body += part
        else:
            self._parts.put(part)

    def on_message_complete(self) -> None:
        if self._status:
            self._complete(may_be_kept=self._parser.should_keep_alive())
        else:
            self._headers = {}

    def _is_on_the_way(self) -> bool:
        """Tell whether part of the question is not acknowledged yet, which an answer to it would have done."""
        return fcntl.ioctl(self._file, termios.TIOCOUTQ, bytes(4)) != bytes(4)

    def _is_farewell(self) -> bool:
        """Tell whether the other side itself ended the connection; with TLS anybody on the way can end TCP."""
        try:
            return self.tls is None or not self.tls.read(1)
        except ssl.SSLError:
            return False

    def _complete(self, *, may_be_kept: bool) -> None:
        self._is_idle = True
        self._is_sound &= may_be_kept
        self.answers += 1
        if self._parts is not None:
            self._parts.end()
        self._settle(Response(self._status, self._headers, bytes(self._body)))

    def _fail(self, error: WireError, cause: BaseException | None = None) -> None:
        if cause is not None:
            error.__cause__ = cause
        self.abort()
        if self._parts is not None:
            self._parts.end(error)
        if not self._is_idle:
            self._settle(error)

    def _settle(self, outcome: Response | WireError) -> None:
        waiting, self._waiting = self._waiting, None
        # A kept connection holds nothing of an answer, which is personal.
        self._headers, self._body = {}, bytearray()
        if waiting is not None and not waiting.done():
            waiting.set_result(outcome)
