"""How much a request may carry: refused as it comes in, before anything of it is kept or read.

Django looks at the size of a form's fields, and not before the whole of a request lies in memory or on disk.
"""

from collections.abc import Awaitable, Callable, Mapping
from functools import cache
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.urls import reverse

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

TOO_LARGE = "Wat u stuurde, is te groot. Ga terug en probeer het met minder."
# A browser shows an answer only once it has sent all: so much is taken in and thrown away, to answer kindly.
PATIENCE = 64 * 1024 * 1024


class _TooLargeError(Exception):
    """More came in than may."""


@cache
def _larger() -> Mapping[str, int]:
    """Name the pages that take more than a form."""
    return {reverse("profile:photo"): settings.PHOTO_MAX_SIZE}


async def within_limits(pages: Application, scope: Scope, receive: Receive, send: Send) -> None:
    """Serve a request when it is small enough; say so when it is not. A page that takes files says it by itself."""
    most = _larger().get(scope["path"], settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
    received = 0
    ended = False

    async def counted() -> dict[str, Any]:
        nonlocal received, ended
        message = await receive()
        received += len(message.get("body", b""))
        ended = message["type"] != "http.request" or not message.get("more_body", False)
        if received > most:
            raise _TooLargeError
        return message

    if _declared(scope) <= most:
        try:
            return await pages(scope, counted, send)
        except _TooLargeError:
            pass
    while not ended and received <= PATIENCE:
        try:
            await counted()
        except _TooLargeError:
            continue
    await _refuse(scope, send)


def _declared(scope: Scope) -> int:
    """Read the length a request says it has; a length that is no number is left to the server, and counted."""
    found = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(found) if found.isdigit() else 0


async def _refuse(scope: Scope, send: Send) -> None:
    headers = [(b"connection", b"close")]
    body = b""
    if scope["path"] in _larger():
        status = HTTPStatus.SEE_OTHER
        headers.append((b"location", f"{scope['path']}?te-groot=1".encode()))
    else:
        status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        headers.append((b"content-type", b"text/plain; charset=utf-8"))
        body = TOO_LARGE.encode()
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
