"""The model town with all published answers, and a relay that records what the portal asks it."""

import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from django.conf import settings
from django.test import override_settings

from deploy.local.house import free_ports
from portal.platform.wire import calls
from tests.beside import ROOT
from tests.town import answers_connection, until

from .published import MAGDA

HOST = "127.0.0.1"


@pytest.fixture(scope="module")
def town() -> Iterator[str]:
    """Run the town; gives the origin of its MAGDA. It has the certificates that the portal's settings name."""
    port, tls_port, smtp_port = free_ports(3)
    environment = os.environ | {
        "SANDBOX_PORT": str(port),
        "SANDBOX_TLS_PORT": str(tls_port),
        "SANDBOX_SMTP_PORT": str(smtp_port),
        "MAGDA_SIMULATOR_PATH": str(MAGDA / "simulator"),
    }
    command = [sys.executable, "-m", "sandbox"]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL) as process:
        try:
            until(lambda: answers_connection(tls_port) or process.poll() is not None)
            assert process.poll() is None, "the town did not start"
            yield f"https://{HOST}:{tls_port}"
        finally:
            process.terminate()


@dataclass
class Relay:
    """The line between the portal and the town: passes everything on, byte for byte, and keeps it."""

    town: str
    session: aiohttp.ClientSession
    tls: ssl.SSLContext
    said: list[tuple[bytes, bytes]] = field(default_factory=list)

    async def pass_on(self, request: web.Request) -> web.Response:
        """Ask the town what the portal asks."""
        question = await request.read()
        headers = {name: request.headers[name] for name in ("Content-Type", "SOAPAction") if name in request.headers}
        async with self.session.post(self.town + request.path, data=question, headers=headers, ssl=self.tls) as came:
            answer = await came.read()
            self.said.append((question, answer))
            return web.Response(body=answer, status=came.status, headers={"Content-Type": came.content_type})


@pytest_asyncio.fixture
async def line(town: str) -> AsyncIterator[Relay]:
    """Point the portal at the line, and the line at the town."""
    folder = Path(os.environ["SANDBOX_CERTIFICATES"])
    here = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    here.load_cert_chain(folder / "town.pem", folder / "town.key")
    there = ssl.create_default_context(cafile=settings.MAGDA_CA_FILE)
    there.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    (port,) = free_ports(1)
    async with aiohttp.ClientSession() as session:
        line = Relay(town, session, there)
        app = web.Application()
        app.router.add_post("/{path:.*}", line.pass_on)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, port, ssl_context=here).start()
        with override_settings(MAGDA_URL=f"https://{HOST}:{port}/api/Magda-02.00/soap/WebService"):
            yield line
        await calls.close()
        await runner.cleanup()
