"""How much a request may carry and how slowly: refused as it comes in, before anything of it is kept or read.

Django looks at the size of a form's fields, and not before the whole of a request lies in memory or on disk.
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

from portal.platform.access.middleware import is_for_machines
from portal.platform.feature import installed
from portal.platform.kit.networks import Network, around

from . import machine_refusals, refusals, shared_counts
from .quotas import ByteQuota, RequestQuota
from .shared_counts import CountKind

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# A browser shows an answer only after it has sent everything. This many bytes are read and discarded so that it can.
PATIENCE = 64 * 1024 * 1024

# An extension (ASGI) in the scope of a request of which the body had arrived before the application was called.
WHOLE = "burgerprofiel.whole"

under_way = RequestQuota(shared_counts.counts(CountKind.UPLOADS))
# What is kept of large bodies, until they are answered.
room = ByteQuota(shared_counts.counts(CountKind.BYTES))


class _TooLargeError(Exception):
    """More came in than may."""


class _NoRoomError(Exception):
    """Others' large bodies are in memory already, as much as may be."""


class _CrookedError(Exception):
    """A form has more percent signs than a form of its size can have: reading each costs much for nothing."""


class _TooSlowError(Exception):
    """The body comes so slowly that its sender is gone, or holds the connection on purpose."""


@cache
def _larger() -> Mapping[str, int]:
    """Name the pages that take more than a form."""
    return {reverse(route): most for feature in installed.features() for route, most in feature.bodies.items()}


class _RequestBody:
    """What comes in of one request, counted, and timed unless it has arrived (`is_whole`)."""

    def __init__(self, receive: Receive, at_end: Callable[[], None], *, is_whole: bool) -> None:
        self.received = 0
        self.percents = 0
        self.has_ended = False
        self._is_whole = is_whole
        self._receive = receive
        self._at_end = at_end
        self._began = time.monotonic()

    async def next(self) -> dict[str, Any]:
        """Receive the next message; raise _TooSlowError. A message after the body (the client disconnects) may take
        its time.
        """
        if self.has_ended:
            return await self._receive()
        try:
            async with nullcontext() if self._is_whole else asyncio.timeout(self._seconds_left()):
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
        """Give the seconds that the next piece may take: what the slowest rate allows for all bytes so far, less what
        passed.
        """
        earned = self.received / settings.REQUEST_BODY_BYTES_PER_SECOND
        whole: float = min(settings.REQUEST_BODY_GRACE_SECONDS + earned, settings.REQUEST_BODY_SECONDS)
        return self._began + whole - time.monotonic()


async def within_limits(pages: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request that is small and quick enough, and refuse another.

    A page that takes files reports by itself a file that is too large.
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
    is_large = scope["path"] in _larger()
    most = _larger().get(scope["path"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    declared, has_room = _declared_length(scope), True
    keeps: Callable[[int], bool] | None
    is_form = _header(scope, b"content-type").lower().startswith(b"application/x-www-form-urlencoded")

    async def counted() -> dict[str, Any]:
        message = await body.next()
        if body.received > most:
            raise _TooLargeError
        if keeps is not None and not keeps(len(message.get("body", b""))):
            raise _NoRoomError
        if is_form and body.percents > settings.DATA_UPLOAD_MAX_MEMORY_SIZE // len("%20"):
            raise _CrookedError
        return message

    try:
        if declared <= most:
            try:
                with room.share(networks, settings.UPLOAD_BYTES_AT_ONCE) if is_large else nullcontext() as keeps:
                    return await pages(scope, counted, send)
            except _TooLargeError:
                pass
            except _NoRoomError:
                has_room = False
            except (BadRequest, _CrookedError):
                # Django raises this for headers that it cannot read (an endless Content-Type), before there is a
                # request.
                return await _refuse(scope, send, HTTPStatus.BAD_REQUEST)
        # A client that sent `Expect: 100-continue` has not sent the body yet.
        while not body.has_ended and body.received <= PATIENCE and not (declared > most and _asks_first(scope)):
            await body.next()
    except _TooSlowError:
        await _refuse(scope, send, HTTPStatus.REQUEST_TIMEOUT)
        return
    if not has_room:
        await _refuse(scope, send, HTTPStatus.SERVICE_UNAVAILABLE)
    elif is_large and not is_for_machines(scope["path"]):
        await _send_back(send, f"{scope['path']}?te-groot=1")
    else:
        await _refuse(scope, send, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _header(scope: Scope, name: bytes) -> bytes:
    return next((value for known, value in scope["headers"] if known == name), b"")


def _has_body(scope: Scope) -> bool:
    return bool(_declared_length(scope) or _header(scope, b"transfer-encoding"))


def _asks_first(scope: Scope) -> bool:
    return _header(scope, b"expect").lower() == b"100-continue"


def _declared_length(scope: Scope) -> int:
    """Read the length a request says it has; a length that is no number is left to the server, and counted."""
    found = _header(scope, b"content-length")
    return int(found) if found.isdigit() and len(found) < 20 else 0


async def _refuse(scope: Scope, send: Send, status: HTTPStatus) -> None:
    headers, body = refusals.page(status)
    if is_for_machines(scope["path"]):
        said = machine_refusals.answer(status, {"Connection": "close"})
        body = said.content
        headers = [(name.lower().encode(), value.encode()) for name, value in said.items()]
        headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status.value, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _send_back(send: Send, address: str) -> None:
    headers = [(b"connection", b"close"), (b"location", address.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": HTTPStatus.SEE_OTHER.value, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
