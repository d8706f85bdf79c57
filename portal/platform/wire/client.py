"""A client that asks once more where a connection that it had kept died before the answer began.

Whoever keeps a connection does not know that the other side gave it up (a proxy's idle time, a restart, a load
balancer that forgets) until they ask over it. So a question that may be asked twice is, over a new connection: once,
and within the caller's deadline. On a connection that was new nothing is ever asked twice.
"""

import contextlib
import logging
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from urllib.parse import urlsplit

import aiohttp

from .connector import Connector, Way, going
from .resumption import ResumingContext

log = logging.getLogger("portal.connections")

Body = bytes | Callable[[], bytes] | None


class AskedTwiceError(Exception):
    """The question had left us once before, over a kept connection; its cause is what became of the second."""


class ClosedMeanwhile(aiohttp.ClientConnectionError):
    """The other side was tired of waiting for a question over a kept connection, just as ours was on its way."""


class Client:
    """An HTTP client with connections of its own; no cookies, redirects, proxies or compression."""

    def __init__(self, connector: Connector) -> None:
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            # Deadlines are the callers' own; connecting has the connector's.
            timeout=aiohttp.ClientTimeout(total=None),
            # Who compresses all the same sends nothing readable: a small body must not become a large one here.
            auto_decompress=False,
        )
        # aiohttp's own repeats are other ones: of some methods only, on new connections too, over kept ones again.
        self._session._retry_connection = False

    @contextlib.asynccontextmanager
    async def ask(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: Body = None,
        *,
        tls: ResumingContext | None = None,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask, and give the answer once its header is complete.

        body: what makes it, where it may not be sent twice as it is. tls: the context, of that origin only.
        Raises what aiohttp does; AskedTwiceError from it, where the question had been sent before.
        """
        way = Way()
        try:
            response = await self._send(method, address, headers, body, tls, way)
            if way.is_kept and response.status == 408:
                response.close()
                raise ClosedMeanwhile(response.status)
        except aiohttp.ClientConnectionError as error:
            if not way.is_kept or isinstance(error, TimeoutError):
                raise
            log.info("a kept connection to %s had died (%s): asking once more", _host(address), type(error).__name__)
            try:
                way = Way(must_be_fresh=True)
                response = await self._send(method, address, headers, body, tls, way)
            except (aiohttp.ClientError, OSError) as second:
                raise AskedTwiceError from second
        async with response:
            if tls is not None and way.tls is not None:
                tls.keep(way.tls)
            yield response

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def _send(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str],
        body: Body,
        tls: ssl.SSLContext | None,
        way: Way,
    ) -> aiohttp.ClientResponse:
        with going(way):
            return await self._session.request(
                method,
                address,
                headers={**headers, "Accept-Encoding": "identity"},
                data=body() if callable(body) else body,
                ssl=tls or True,
                allow_redirects=False,
            )


def _host(address: str) -> str:
    # No more of it: what follows may say what is asked.
    return urlsplit(address).netloc
