"""An HTTP client that repeats a question once, when a kept connection died before the answer began.

A client learns that the other side gave up a kept connection (the idle time of a proxy, a restart, a load balancer
that forgets) only by asking over it. So a question that may be asked twice is repeated over a new connection: once,
and within the caller's deadline. A question over a new connection is never repeated.
"""

import logging
import re
from collections.abc import Callable, Container, Mapping

from .body_parts import BodyParts
from .connecting import Origin
from .connection import Response
from .connector import Connector
from .errors import AskedTwice, Disconnected, NotConnected, UnfitQuestion
from .resumption import ResumingContext

log = logging.getLogger("portal.connections")

Body = bytes | Callable[[], bytes] | None

# An address without user or fragment, and without characters that would have to be encoded first.
_ADDRESS = re.compile(r"(https?)://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::([0-9]{1,5}))?([/?][!\"$-~]*)?")
_PORTS = {"http": 80, "https": 443}


class OpenAnswer:
    """An answer whose body is arriving: status and headers, then parts. Closing it gives its connection back."""

    def __init__(self, head: Response, parts: BodyParts, give_back: Callable[[], None]) -> None:
        self.status, self.headers = head.status, head.headers
        self._parts = parts
        self._give_back: Callable[[], None] | None = give_back

    async def part(self) -> bytes:
        """Give the bytes that arrived since the last call; b"" at the end. Raises WireError where it was cut off."""
        return await self._parts.take()

    def close(self) -> None:
        """Give the connection back, which closes it, however far the body came. A second call does nothing."""
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


class HttpClient:
    """An HTTP client with connections of its own; no cookies, redirects, proxies or compression.

    largest: bytes of an answer's body.
    """

    def __init__(self, connector: Connector, largest: int) -> None:
        self._connector = connector
        self._largest = largest

    async def ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: Body = None,
        *,
        expected: Container[int] | None = None,
        tls: ResumingContext | None = None,
    ) -> Response:
        """Ask, and give the answer.

        body: bytes, or a function that makes them anew when they may not be sent twice. expected: the statuses of
        which a body is read, all by default. tls: a context that serves this origin only. Raises WireError.
        """
        origin, start = _origin_of(method, address, tls)
        must_be_fresh = False
        while True:
            question = self._question(method, start, headers, body)
            try:
                connection = await self._connector.take(origin, must_be_fresh=must_be_fresh)
            except NotConnected as error:
                if must_be_fresh:
                    raise AskedTwice from error
                raise
            is_kept = connection.answers > 0
            try:
                answer = await connection.ask(
                    question, largest=self._largest, expected=expected, is_head=method == "HEAD"
                )
                if not is_kept and origin.tls is not None and connection.tls is not None:
                    origin.tls.keep(connection.tls)
                return answer
            except Disconnected as error:
                if not is_kept:
                    raise
                why = type(error.__cause__ or error).__name__
                log.info("a kept connection to %s had died (%s): asking once more", origin.host, why)
                must_be_fresh = True
            finally:
                self._connector.give_back(origin, connection)

    async def open(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        *,
        expected: Container[int],
        tls: ResumingContext | None = None,
    ) -> OpenAnswer:
        """Ask, and give the answer while its body arrives; it must be closed. Raises WireError.

        Only over connections that are not kept: nothing is asked twice.
        """
        origin, start = _origin_of(method, address, tls)
        question = self._question(method, start, headers, None)
        connection = await self._connector.take(origin)
        try:
            head, parts = await connection.begin(question, largest=self._largest, expected=expected)
            if origin.tls is not None and connection.tls is not None:
                origin.tls.keep(connection.tls)
        except BaseException:
            self._connector.give_back(origin, connection)
            raise
        return OpenAnswer(head, parts, lambda: self._connector.give_back(origin, connection))

    def close(self) -> None:
        """Close all connections."""
        self._connector.close()

    def _question(self, method: str, start: str, headers: Mapping[str, str], body: Body) -> bytes:
        """Write a whole HTTP request, from its first line to its body; raises UnfitQuestion."""
        lines = [start]
        for name, value in headers.items():
            if not (name.replace("-", "").isalnum() and name.isascii() and value.isascii() and value.isprintable()):
                raise UnfitQuestion
            lines.append(f"{name}: {value}\r\n")
        if "Accept" not in headers:
            lines.append("Accept: */*\r\n")
        if not self._connector.is_kept:
            lines.append("Connection: close\r\n")
        content = body() if callable(body) else body
        if content is not None or method not in ("GET", "HEAD"):
            lines.append(f"Content-Length: {len(content or b'')}\r\n")
        lines.append("\r\n")
        return "".join(lines).encode("ascii") + (content or b"")


def _origin_of(method: str, address: str, tls: ResumingContext | None) -> tuple[Origin, str]:
    """Split an address into its origin and the first lines of a request to it; raises UnfitQuestion."""
    match = _ADDRESS.fullmatch(address)
    if match is None or not (method.isascii() and method.isalpha()):
        raise UnfitQuestion
    scheme, host, given_port, target = match.groups("")
    port = int(given_port) if given_port else _PORTS[scheme]
    if port > 65535 or (scheme == "https" and tls is None):
        raise UnfitQuestion
    if target[:1] != "/":
        target = f"/{target}"
    host = host.lower()
    authority = host if port == _PORTS[scheme] else f"{host}:{port}"
    # No compression: a small body must never become a large one here. One that is compressed all the same is not
    # understood.
    start = (
        f"{method} {target} HTTP/1.1\r\nHost: {authority}\r\n"
        "User-Agent: mijn-burgerprofiel\r\nAccept-Encoding: identity\r\n"
    )
    return Origin(host.strip("[]"), port, tls if scheme == "https" else None), start
