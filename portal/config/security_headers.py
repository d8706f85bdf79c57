"""The security headers of every answer, whether of a view, a static file, a limit, or the server itself."""

import logging
import traceback
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any

from . import refusals

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# The policy of answers that are no pages: they load nothing and submit nothing. Pages have another (`security`).
NO_PAGE_POLICY = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
# Browsers ignore HSTS without TLS (RFC 6797, 8.1), so that local development needs no exception.
EVERY_ANSWER: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Content-Security-Policy": NO_PAGE_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Every page shows who is signed in, so no cache may keep one. Static files set a value of their own.
    "Cache-Control": "no-store",
}
log = logging.getLogger("portal.request")

_AS_BYTES = [(name.lower().encode(), value.encode()) for name, value in EVERY_ANSWER.items()]


def with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add to an answer's headers (ASGI: pairs of bytes) each security header that it does not have yet."""
    present = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in _AS_BYTES if name not in present)]


def on_every_answer(application: Application) -> Application:
    """Wrap an ASGI application, so that each of its answers has the security headers.

    An error outside of Django's own handling is answered here (500), or ends the answer that has begun. uvicorn would
    answer without the headers, and log the error's message, which may hold personal data.
    """

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        has_begun = False

        async def send_with_headers(message: dict[str, Any]) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                message = {**message, "headers": with_security_headers(list(message.get("headers", ())))}
            await send(message)

        try:
            await application(scope, receive, send_with_headers)
        except Exception as error:
            log.error("failed outside of a page: %s at %s", type(error).__name__, frames_of(error))
            if not has_begun:
                headers, body = refusals.page(HTTPStatus.INTERNAL_SERVER_ERROR)
                status = HTTPStatus.INTERNAL_SERVER_ERROR.value
                await send_with_headers({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": body})

    return respond


def frames_of(error: BaseException | None) -> str:
    """Give the places of an error's last six frames, the innermost first, without its message; "" for none."""
    trace = traceback.extract_tb(error.__traceback__ if error else None)[-6:]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(trace))
