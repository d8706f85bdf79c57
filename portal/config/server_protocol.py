"""uvicorn's HTTP protocol, with a time limit on everything that it would wait for.

An application sees nothing of a request before its head is complete, so the limits of a head are enforced here: how
long it may take, how large it may be, and how many connections may be sending one. An ambiguous request is refused,
so that no proxy in front can read another request in it than we do. `settings` has the numbers. `serving` gives this
protocol to uvicorn.
"""

import asyncio
import socket
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import httptools
from django.conf import settings
from uvicorn.protocols.http.flow_control import service_unavailable
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from portal.platform.kit.networks import Network, around

from . import proxies, refusals
from .connections import ConnectionCounts
from .security_headers import with_security_headers
from .uploads import WHOLE

MOST_HEADERS = 100  # of one request
MOST_PIPELINED = 8  # pipelined requests that may wait on one connection; browsers do not pipeline
# A client that acknowledges nothing of what was sent is gone (a phone without a network). Without this
# (TCP_USER_TIMEOUT) the kernel resends for a quarter of an hour.
GONE_SECONDS = 60
LINGER_SECONDS = 2.0  # for a client to read why it was refused; what it sends in that time is discarded
# The framing of a chunked body (sizes, extensions) may take this many bytes, plus this many times the body: a chunk
# of one byte takes five more.
CHUNK_BYTES, CHUNK_TIMES = 64 * 1024, 8

_UPGRADE_METHODS = ("GET", "HEAD")

open_connections = ConnectionCounts()
half_sent = ConnectionCounts()  # connections that have not sent a whole head yet


class _RefusedError(Exception):
    """The request will not be served; `Protocol._status` has the status, as the parser passes no exception on."""


async def _busy(_scope: Any, _receive: Any, send: Any) -> None:
    """Answer 503 in place of uvicorn's own answer when `limit_concurrency` is reached."""
    headers, body = refusals.page(HTTPStatus.SERVICE_UNAVAILABLE)
    status = HTTPStatus.SERVICE_UNAVAILABLE.value
    await send({"type": "http.response.start", "status": status, "headers": with_security_headers(headers)})
    await send({"type": "http.response.body", "body": body})


class Protocol(HttpToolsProtocol):
    """One connection. Whenever we wait for its client, a timer runs."""

    _networks: Sequence[Network]
    _running: RequestResponseCycle | None = None  # the request that is being answered
    _head_timer: asyncio.TimerHandle | None = None  # runs while we wait for a head
    _abort_timer: asyncio.TimerHandle | None = None  # disconnects a client that reads nothing
    _status = HTTPStatus.BAD_REQUEST  # with which a request that the parser rejects is refused
    _is_discarding = False  # whether incoming bytes are discarded
    _is_in_head = False
    _is_first_piece = False  # whether the bytes at hand begin a head or a body, perhaps after other bytes
    _head_size = 0  # bytes of the headers that the parser has given
    _raw_size = 0  # bytes received of the head or the body, without its first piece
    _body_size = 0  # bytes of the body that the parser has given

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # narrower
        """Count the connection, or refuse it; from now its client has REQUEST_HEAD_SECONDS to send a head."""
        super().connection_made(transport)
        transport.get_extra_info("socket").setsockopt(
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, GONE_SECONDS * 1000
        )
        peer = self.client[0] if self.client else ""
        self._networks = () if not peer or proxies.is_ours(peer) else around(peer)
        if not open_connections.enter(self, self._networks, settings.CONNECTIONS_PER_NETWORK):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)
            return
        self._wait_for_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Release all that the connection held, and tell every request on it that the client is gone, not only the
        last.
        """
        self._stop_waiting_for_head()
        open_connections.leave(self, self._networks)
        if self._abort_timer is not None:
            self._abort_timer.cancel()
        self.pipeline.clear()
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    @property
    def is_waiting(self) -> bool:
        """Tell whether no request is being answered on the connection."""
        return self._running is None or self._running.response_complete

    def give_way(self) -> None:
        """Close at once, because other connections of its network need the place."""
        self._time_out(linger=0)
        open_connections.leave(self, self._networks)

    # Reading

    def data_received(self, data: bytes) -> None:
        """Feed the parser; the first request that is refused ends the connection."""
        if self._is_discarding:
            return
        self._unset_keepalive_if_required()
        self._is_first_piece = False
        self._raw_size += len(data)
        try:
            self.parser.feed_data(data)
            self._check_size()
        except httptools.HttpParserUpgrade:
            # Answer it like any other request: this server speaks no other protocol to upgrade to.
            self._is_discarding = True
        except (httptools.HttpParserError, _RefusedError):
            self._refuse(self._status)
            return
        if self._is_in_head or self.is_waiting:
            self._wait_for_head()

    def on_message_begin(self) -> None:
        """Begin to count a request."""
        super().on_message_begin()
        if len(self.pipeline) >= MOST_PIPELINED:
            raise _RefusedError
        self._is_in_head = self._is_first_piece = True
        self._head_size = self._raw_size = self._body_size = 0

    def on_url(self, url: bytes) -> None:
        """Add a part of the address; refuse one that is too long."""
        super().on_url(url)
        if len(self.url) > settings.REQUEST_ADDRESS_BYTES:
            raise self._refusal(HTTPStatus.REQUEST_URI_TOO_LONG)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header; refuse too many or too large ones. A trailer, behind a body, is counted and dropped."""
        self._head_size += len(name) + len(value) + 4
        if self._head_size > settings.REQUEST_HEAD_BYTES or len(self.headers) >= MOST_HEADERS:
            raise self._refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Begin to serve a request, unless its head is ambiguous."""
        self._check_head()
        super().on_headers_complete()
        self._is_in_head = False
        self._is_first_piece = True
        self._raw_size = 0
        self._stop_waiting_for_head()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False

    def on_body(self, body: bytes) -> None:
        """Count a piece of a body and pass it on."""
        self._body_size += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Mark a request that is whole before its page begins; nobody has to wait for its client then."""
        super().on_message_complete()
        self.scope.setdefault("extensions", {})[WHOLE] = {}

    def _check_size(self) -> None:
        """Refuse bytes that the parser gives nothing for: a header without an end, chunk sizes without chunks."""
        if self._is_first_piece:
            # The first piece may hold bytes of an earlier request, so it is not counted.
            self._raw_size = 0
        elif self._is_in_head and self._raw_size > settings.REQUEST_HEAD_BYTES:
            raise self._refusal(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        elif not self._is_in_head and self._raw_size > CHUNK_BYTES + self._body_size * CHUNK_TIMES:
            raise self._refusal(HTTPStatus.BAD_REQUEST)

    def _check_head(self) -> None:
        """Refuse a head that a proxy may have read in another way, or that asks for something unsupported."""
        version, method = self.parser.get_http_version(), self.parser.get_method().decode("ascii")
        if version not in ("1.0", "1.1"):
            raise self._refusal(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED)
        if method == "CONNECT":
            raise self._refusal(HTTPStatus.METHOD_NOT_ALLOWED)
        coding, length = self._values_of(b"transfer-encoding"), self._values_of(b"content-length")
        hosts = self._values_of(b"host")
        if coding and (version == "1.0" or coding != [b"chunked"]):
            raise self._refusal(HTTPStatus.NOT_IMPLEMENTED if version == "1.1" else HTTPStatus.BAD_REQUEST)
        # Two equal Host headers are refused as well; HTTP/1.0 may have none.
        if len(hosts) > 1 or (not hosts and version == "1.1"):
            raise self._refusal(HTTPStatus.BAD_REQUEST)
        if not self.url.startswith(b"/") and self.url.partition(b"://")[2].partition(b"/")[0] != b"".join(hosts):
            # By RFC 9112 (3.2.2) a host in the address overrides the Host header, but our code reads the header.
            raise self._refusal(HTTPStatus.BAD_REQUEST)
        if self.parser.should_upgrade() and (method not in _UPGRADE_METHODS or coding or length not in ([], [b"0"])):
            # The parser takes the bytes that follow for the other protocol, and not for a body.
            raise self._refusal(HTTPStatus.BAD_REQUEST)

    def _values_of(self, name: bytes) -> list[bytes]:
        """List the values of each header with a name, in small letters."""
        return [value.strip().lower() for known, value in self.headers if known == name]

    def _refusal(self, status: HTTPStatus) -> _RefusedError:
        self._status = status
        return _RefusedError(status)

    # Writing

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        self._running = cycle
        super()._start_asgi_task(cycle, _busy if app is service_unavailable else app)

    def on_response_complete(self) -> None:
        """Go on to the next request; close the connection when the body of this one was not read to its end."""
        is_unread = self._running is not None and self._running.more_body
        super().on_response_complete()
        if is_unread and not self.pipeline and not self._is_discarding:
            self._close_gently()
        elif self.transport.is_closing():
            self._abort_unless_read()

    def pause_writing(self) -> None:
        """Wait for a client that reads less than we send, but only while it reads something."""
        super().pause_writing()
        self._abort_unless_read()

    def resume_writing(self) -> None:
        """Go on when the client has read what was buffered."""
        super().resume_writing()
        if self._abort_timer is not None and not self._is_discarding and not self.transport.is_closing():
            self._abort_timer.cancel()
            self._abort_timer = None

    def timeout_keep_alive_handler(self) -> None:
        """End a connection that was idle for uvicorn's keep-alive time."""
        super().timeout_keep_alive_handler()
        self._abort_unless_read()

    # Timers

    def _wait_for_head(self) -> None:
        if self._head_timer is not None or self._is_discarding:
            return
        self._head_timer = self.loop.call_later(settings.REQUEST_HEAD_SECONDS, self._time_out)
        if not half_sent.enter(self, self._networks, settings.HALF_SENT_PER_NETWORK):
            self._refuse(HTTPStatus.SERVICE_UNAVAILABLE)

    def _stop_waiting_for_head(self) -> None:
        half_sent.leave(self, self._networks)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _time_out(self, linger: float = LINGER_SECONDS) -> None:
        if self._is_in_head and not self._is_discarding:
            self._refuse(HTTPStatus.REQUEST_TIMEOUT, linger)
        else:
            # No request was begun. A browser that connected in advance expects no answer.
            self._stop_waiting_for_head()
            self._close_gently(seconds=0)

    def _refuse(self, status: HTTPStatus, linger: float = LINGER_SECONDS) -> None:
        """Answer why the request is refused, if an answer can still be sent; then close."""
        self._stop_waiting_for_head()
        running = self._running
        if running is not None and not running.response_complete:
            if running is not self.cycle or self._is_in_head:
                # The refused request follows one that is being answered: finish that answer, then close.
                self._is_discarding = True
                running.keep_alive = False
                self.pipeline.clear()
                return
            running.disconnected = True
            running.message_event.set()
            if running.response_started:
                self._close_gently(seconds=0)
                return
        if not self.transport.is_closing():
            headers, body = refusals.page(status)
            lines = [name + b": " + value + b"\r\n" for name, value in with_security_headers(headers)]
            self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", body]))
        self._close_gently(linger)

    def _close_gently(self, seconds: float = LINGER_SECONDS) -> None:
        """Send what is buffered and close for writing; discard what still comes in, so that the client can read the
        answer.
        """
        self._is_discarding = True
        self._unset_keepalive_if_required()
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if seconds and self.transport.can_write_eof():
            self.transport.write_eof()
            self._abort_after(seconds)
        else:
            self.transport.close()
            self._abort_after(LINGER_SECONDS)

    def _abort_after(self, seconds: float) -> None:
        if self._abort_timer is None:
            self._abort_timer = self.loop.call_later(seconds, self.transport.abort)

    def _abort_unless_read(self) -> None:
        if self._abort_timer is None:
            unsent = self.transport.get_write_buffer_size()
            self._abort_timer = self.loop.call_later(settings.ANSWER_SECONDS, self._abort_if_unread, unsent)

    def _abort_if_unread(self, unsent: int) -> None:
        """Disconnect a client that read nothing since the last look; one that read something gets the same time
        again.
        """
        self._abort_timer = None
        if self.transport.get_write_buffer_size() < unsent:
            self._abort_unless_read()
        else:
            self.transport.abort()
