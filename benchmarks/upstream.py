"""MAGDA over mutual TLS, played by the benchmark's own process, so that it knows when each answer was written.

Of the model town nobody knows that; here one clock times answer and tile.
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
    """The sources, which listen at `url`.

    latency_s: the seconds that each takes, by AGENCY.DATASET; none for one that is not named. answered: when the last
    answer of each was written, by `perf_counter`. resets_at_reuse: whether every second question that comes over a
    connection used before gets a reset, and no answer; resets: how many did.
    """

    url: str = ""
    latency_s: dict[str, float] = field(default_factory=dict)
    answered: dict[str, float] = field(default_factory=dict)
    resets_at_reuse: bool = False
    resets: int = 0
    _reuses: int = 0  # questions over connections that brought one before
    _served: set[object] = field(default_factory=set)  # address and port of the portal's end of each such connection

    def settings(self, certificates: Certificates) -> dict[str, str]:
        """Give the settings with which a house uses these sources as MAGDA.

        The certificates are the benchmark's own: those of a house are made when it starts, and it starts with these
        settings.
        """
        return {
            "MAGDA_URL": self.url,
            "MAGDA_CA_FILE": str(certificates.ca),
            "MAGDA_CLIENT_CERTIFICATE_FILE": str(certificates.portal),
            "MAGDA_CLIENT_KEY_FILE": str(certificates.portal_key),
        }

    def mark_for_reset(self, connection: asyncio.BaseTransport) -> bool:
        """Tell whether a question that came over this connection gets a reset; if so, closing it sends one."""
        peer = connection.get_extra_info("peername")
        if peer not in self._served:
            self._served.add(peer)
            return False
        self._reuses += 1
        if not self.resets_at_reuse or self._reuses % 2:
            return False
        self.resets += 1
        self._served.discard(peer)  # Another connection may get its port next.
        linger = struct.pack("ii", 1, 0)  # Closing a socket with SO_LINGER 0 sends a reset.
        connection.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        return True


@asynccontextmanager
async def run_upstream(sources: Sequence[Source], certificates: Certificates) -> AsyncIterator[Upstream]:
    """Answer for all sources, on a free port, until the block ends."""
    upstream = Upstream()
    by_service = {
        source.service: (source.name, _ENVELOPE % _DECLARATION.sub(b"", source.answer.read_bytes()))
        for source in sources
    }

    async def answer_question(request: web.Request) -> web.StreamResponse:
        question = _ASKED.search(await request.read())
        if request.transport is not None and upstream.mark_for_reset(request.transport):
            request.transport.abort()
            return web.Response()
        if question is None:
            raise web.HTTPBadRequest
        name, answer = by_service[question[1].decode(), question[2].decode()]
        answer = _REFERTE.sub(rb"\g<1>" + question[3], answer)
        await asyncio.sleep(upstream.latency_s.get(name, 0))
        response = web.StreamResponse(headers={"Content-Type": "text/xml;charset=UTF-8"})
        response.content_length = len(answer)
        await response.prepare(request)
        await response.write(answer)
        await response.write_eof()
        upstream.answered[name] = time.perf_counter()
        return response

    app = web.Application()
    app.router.add_post(MAGDA_PATH, answer_question)
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
    """Make a TLS context that demands the portal's certificate, as the town does."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=str(certificates.ca))
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_cert_chain(certificates.folder / "town.pem", certificates.folder / "town.key")
    return context
