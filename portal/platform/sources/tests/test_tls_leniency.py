"""A certificate authority that Python refuses, as some governments have: accepted only where an operator says so."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio
from aiohttp import web
from django.test import override_settings

from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.transports import magda_question, mutual_tls, rest_token
from portal.platform.wire import calls

from .papers import issue, write
from .town import ENTRY

REFUSED = Down("connection", "CertificateRefused", is_unsent=True)
REACHED = Down("unavailable", "HTTP 503")


@pytest_asyncio.fixture
async def old_fashioned(tmp_path: Path) -> AsyncIterator[None]:
    """Run a server of which the authority's certificate does not say what it may be used for."""
    authority = issue("an old authority", is_authority=True, has_usage=False)
    (tmp_path / "ca.pem").write_bytes(authority.pem)

    async def unavailable(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=503)

    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(*write(tmp_path, "server", issue("server", authority)))
    runner = web.ServerRunner(web.Server(unavailable))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls).start()
    origin = f"https://127.0.0.1:{runner.addresses[0][1]}"
    mutual_tls._tls.cache_clear()
    with override_settings(MAGDA_CA_FILE=str(tmp_path / "ca.pem"), MAGDA_URL=origin, REST_TOKEN_URL=origin):
        yield
        await calls.close()
    mutual_tls._tls.cache_clear()
    await runner.cleanup()


@pytest.mark.usefixtures("old_fashioned")
@pytest.mark.parametrize(
    ("lenient", "magda", "rest"),
    [
        ((), REFUSED, REFUSED),
        (("MAGDA_CA_LENIENT",), REACHED, REFUSED),
        (("REST_CA_LENIENT",), REFUSED, REACHED),
        (("MAGDA_CA_LENIENT", "REST_CA_LENIENT"), REACHED, REACHED),
    ],
)
async def test_each_transport_has_a_switch_of_its_own_and_it_is_off(lenient, magda, rest):
    with override_settings(**dict.fromkeys(lenient, True)):
        assert await magda_question.put(ENTRY.dataset.service, "<Inhoud/>", {}, []) == magda
        token = await rest_token.for_scope(f"dv_{uuid4().hex}", 0.0)
    assert isinstance(token, Down)
    assert (token.reason, token.detail) == (rest.reason, f"token: {rest.detail}")
