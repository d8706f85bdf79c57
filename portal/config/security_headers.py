"""The headers that hold for every answer, whoever gives it: a page, a static file, a limit, or the server itself."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# What is no page of ours loads nothing and sends nothing. A page brings a policy of its own (`security`).
NO_PAGE = "default-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
# A browser does not heed HSTS that comes without TLS (RFC 6797, 8.1), so a model town needs no exception.
EVERY_ANSWER: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "Content-Security-Policy": NO_PAGE,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # Every page shows who is signed in, so nobody may keep one. Static files say otherwise of themselves.
    "Cache-Control": "no-store",
}
_AS_BYTES = [(name.lower().encode(), value.encode()) for name, value in EVERY_ANSWER.items()]


def with_security_headers(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Add to an answer's headers (ASGI: pairs of bytes) each security header that it does not have yet."""
    present = {name.lower() for name, _ in headers}
    return [*headers, *((name, value) for name, value in _AS_BYTES if name not in present)]


def on_every_answer(application: Application) -> Application:
    """Wrap an ASGI application, so that no answer of it or of what it wraps goes without the security headers."""

    async def respond(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": with_security_headers(list(message.get("headers", ())))}
            await send(message)

        await application(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return respond
