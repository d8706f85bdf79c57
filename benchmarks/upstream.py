"""A source that records when it answered: MAGDA over mutual TLS, played by the benchmark's own process.

The model town cannot tell when its answer left; here one clock times answer and tile.
"""

import asyncio
import re
import socket
import ssl
import struct
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from deploy.local.certificates import Certificates
from deploy.local.environment import MAGDA_PATH

from .bodies import Source

_ASKED = re.compile(rb"<Naam>([^<]*)</Naam><Versie>([^<]*)</Versie>.*<Vraag><Referte>([^<]*)</Referte>", re.DOTALL)
_REFERTE = re.compile(rb"(<Antwoord>\s*<Referte>)[^<]*")
_ENVELOPE = (
    b'<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>%s'
    b"</soapenv:Body></soapenv:Envelope>"
)
_DECLARATION = re.compile(rb"^<\?xml[^>]*\?>\s*")


@dataclass
class Upstream:
    """Where it listens; how long each source takes (AGENCY.DATASET -> seconds); when each answered last.

    resets_at_reuse: whether every second connection that serves again is reset instead; resets: how many were.
    """

    url: str = ""
    latency_s: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    resets_at_reuse: bool = False
    resets: int = 0
    _reuses: int = 0
    _served: set[object] = field(default_factory=set)

    def settings(self, certificates: Certificates) -> dict[str, str]:
        """Say to a house where MAGDA is.

        The certificates are ours: a house makes its own only once it starts, and needs the address by then.
        """
        return {
            "MAGDA_URL": self.url,
            "MAGDA_CA_FILE": str(certificates.ca),
            "MAGDA_CLIENT_CERTIFICATE_FILE": str(certificates.portal),
            "MAGDA_CLIENT_KEY_FILE": str(certificates.portal_key),
        }

    def is_given_up(self, connection: asyncio.BaseTransport) -> bool:
        """Tell whether a connection on which a question came is reset instead of answered, and reset it."""
        peer = connection.get_extra_info("peername")
        if peer not in self._served:
            self._served.add(peer)
            return False
        self._reuses += 1
        if not self.resets_at_reuse or self._reuses % 2:
            return False
        self.resets += 1
        self._served.discard(peer)  # another connection may get its port next
        linger = struct.pack("ii", 1, 0)  # closing a socket with SO_LINGER 0 sends a reset instead of an orderly end
        connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return True


@asynccontextmanager
async def listening(sources: Sequence[Source], certificates: Certificates) -> AsyncIterator[Upstream]:
    """Answer for all sources on a free port until the block ends."""
    upstream = Upstream()
    by_service = {
        source.service: (source.name, _ENVELOPE % _DECLARATION.sub(b"", source.answer.read_bytes()))
        for source in sources
    }

    async def ask(request: web.Request) -> web.StreamResponse:
        asked = _ASKED.search(await request.read())
        if request.transport is not None and upstream.is_given_up(request.transport):
            request.transport.abort()
            return web.Response()
        if asked is None:
            raise web.HTTPBadRequest
        name, answer = by_service[asked[1].decode(), asked[2].decode()]
        answer = _REFERTE.sub(rb"\g<1>" + asked[3], answer)
        await asyncio.sleep(upstream.latency_s.get(name, 0))
        response = web.StreamResponse(headers={"Content-Type": "text/xml;charset=UTF-8"})
        response.content_length = len(answer)
        await response.prepare(request)
        await response.write(answer)
        await response.write_eof()
        upstream.answered[name] = time.perf_counter()
        return response

    app = web.Application()
    app.router.add_post(MAGDA_PATH, ask)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        await web.SockSite(runner, listener, ssl_context=_tls(certificates)).start()
        upstream.url = f"https://127.0.0.1:{listener.getsockname()[1]}{MAGDA_PATH}"
        try:
            yield upstream
        finally:
            await runner.cleanup()


def _tls(certificates: Certificates) -> ssl.SSLContext:
    """Ask for the portal's certificate, as the town does."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates.ca))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificates.folder / "town.pem", certificates.folder / "town.key")
    return context
