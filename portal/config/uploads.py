"""Limit the size and the slowness of request bodies, while they come in; `asgi` puts this before Django.

Django itself checks only the size of a form's fields, once the whole body is in memory or on disk.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import ExitStack, nullcontext
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.urls import reverse
from django.utils.http import parse_header_parameters

from portal.platform.access.middleware import reads_problems
from portal.platform.feature import installed
from portal.platform.kit.networks import Network, around

from . import machine_refusals, refusals, shared_counts
from .quotas import ByteQuota, RequestQuota
from .shared_counts import CountKind

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Bytes of a refused body that are read and discarded: a browser shows the answer only after it has sent everything.
MOST_DISCARDED = 64 * 1024 * 1024

# The name of an ASGI extension in the scope of a request whose body had arrived before the application was called.
WHOLE = "burgerprofiel.whole"

under_way = RequestQuota(shared_counts.counts(CountKind.UPLOADS))
# The bytes of large bodies, held until they are answered.
memory = ByteQuota(shared_counts.counts(CountKind.BYTES))


class _TooLargeError(Exception):
    """The body is larger than its page takes."""


class _NoRoomError(Exception):
    """The memory for large bodies is used up by other requests."""


class _TooManyPercentsError(Exception):
    """A form has more percent signs than an honest one can have; decoding them would cost much."""


class _TooSlowError(Exception):
    """The body comes too slowly: its sender is gone, or holds the connection on purpose."""


@cache
def _large_bodies() -> Mapping[str, int]:
    """Map the paths of pages that take large bodies to the most bytes that each takes."""
    return {reverse(route): most for feature in installed.features() for route, most in feature.bodies.items()}


class _RequestBody:
    """The body of a request as it comes in: counted, and timed unless it has arrived (`is_whole`).

    at_end: called when the body has come to its end.
    """

    def __init__(self, receive: Receive, at_end: Callable[[], None], *, is_whole: bool) -> None:
        self.received = 0
        self.percents = 0
        self.has_ended = False
        self.is_whole = is_whole
        self._receive = receive
        self._at_end = at_end
        self._began = time.monotonic()

    async def next(self) -> dict[str, Any]:
        """Receive the next message; raise _TooSlowError.

        After the body there is no time limit: the next message says that the client disconnected.
        """
        if self.has_ended:
            return await self._receive()
        try:
            async with nullcontext() if self.is_whole else asyncio.timeout(self._seconds_left()):
                message = await self._receive()
        except TimeoutError:
            raise _TooSlowError from None
        self.received += len(message.get("body", b""))
        self.percents += message.get("body", b"").count(b"%")
        self.has_ended = message["type"] != "http.request" or not message.get("more_body", False)
        if self.has_ended:
            self._at_end()
        return message

    def _seconds_left(self) -> float:
        """Give how many seconds the next piece may take, by the time that the bytes so far have earned."""
        earned = self.received / settings.REQUEST_BODY_BYTES_PER_SECOND
        whole: float = min(settings.REQUEST_BODY_GRACE_SECONDS + earned, settings.REQUEST_BODY_SECONDS)
        return self._began + whole - time.monotonic()


async def within_limits(pages: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request whose body is small and fast enough, and refuse others.

    A page that takes files says itself that a file is too large: it is opened again with `te-groot`. Machines, and
    programs where a view takes them too, get a problem (`machine_refusals`).
    """
    networks = around(scope["client"][0]) if _has_body(scope) and scope.get("client") else ()
    is_whole = WHOLE in scope.get("extensions", ())
    with ExitStack() as held:
        if not is_whole and not held.enter_context(under_way.take(networks, settings.UPLOADS_PER_NETWORK)):
            await _refuse(scope, send, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        # A body that has arrived whole no longer counts as an upload, however long its page takes.
        await _serve(pages, scope, _RequestBody(receive, held.close, is_whole=is_whole), send, networks)


async def _serve(
    pages: Application, scope: Scope, body: _RequestBody, send: Send, networks: Sequence[Network]
) -> None:
    is_large = scope["path"] in _large_bodies()
    most = _large_bodies().get(scope["path"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    declared, has_room = _declared_length(scope), True
    # A small body that is here already is held as those of all other pages are, uncounted.
    is_counted = is_large and not (body.is_whole and declared <= settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    hold: Callable[[int], bool] | None
    is_form = _is_form(scope)

    async def receive_counted() -> dict[str, Any]:
        message = await body.next()
        if body.received > most:
            raise _TooLargeError
        if hold is not None and not hold(len(message.get("body", b""))):
            raise _NoRoomError
        if is_form and body.percents > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // len("%20"):
            raise _TooManyPercentsError
        return message

    try:
        if declared <= most:
            try:
                with memory.share(networks, settings.UPLOAD_BYTES_AT_ONCE) if is_counted else nullcontext() as hold:
                    return await pages(scope, receive_counted, send)
            except _TooLargeError:
                pass
            except _NoRoomError:
                has_room = False
            except (BadRequest, _TooManyPercentsError):
                # Django raises this for headers that it cannot read (an endless Content-Type), before there is a
                # request.
                return await _refuse(scope, send, HTTPStatus.BAD_REQUEST)
        # A client that sent `Expect: 100-continue` has not sent the body yet.
        while not body.has_ended and body.received <= MOST_DISCARDED and not (declared > most and _asks_first(scope)):
            await body.next()
    except _TooSlowError:
        await _refuse(scope, send, HTTPStatus.REQUEST_TIMEOUT)
        return
    if not has_room:
        await _refuse(scope, send, HTTPStatus.SERVICE_UNAVAILABLE)
    elif is_large and not _reads_problems(scope):
        await _send_back(send, f"{scope['path']}?te-groot=1")
    else:
        await _refuse(scope, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for known, value in scope["headers"] if known == name), b"")


def _is_form(scope: Scope) -> bool:
    """Tell whether Django would read the body as the fields of a form; it refuses a Content-Type that is too long."""
    types = [value.decode("latin-1") for name, value in scope["headers"] if name == b"content-type"]
    try:
        return parse_header_parameters(",".join(types))[0] == "application/x-www-form-urlencoded"
    except ValueError:
        return False


def _reads_problems(scope: Scope) -> bool:
    return reads_problems(scope["method"], scope["path"], {name.decode("latin-1") for name, _ in scope["headers"]})


def _has_body(scope: Scope) -> bool:
    return bool(_declared_length(scope) or _header(scope, b"transfer-encoding"))


def _asks_first(scope: Scope) -> bool:
    return _header(scope, b"expect").lower() == b"100-continue"


def _declared_length(scope: Scope) -> int:
    """Read Content-Length; 0 for none and for one that is no number, whose body is counted as it comes."""
    written = _header(scope, b"content-length")
    return int(written) if written.isdigit() and len(written) < 20 else 0


async def _refuse(scope: Scope, send: Send, status: HTTPStatus) -> None:
    headers, body = refusals.page(status)
    if _reads_problems(scope):
        refusal = machine_refusals.make_problem(status, {"Connection": "close"})
        body = refusal.content
        headers = [(name.lower().encode(), value.encode()) for name, value in refusal.items()]
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_back(send: Send, address: str) -> None:
    headers = [(b"connection", b"close"), (b"location", address.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER.value, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
