"""TLS handshakes that fail, each in its own way."""

import asyncio
import socket
import ssl

import aiohttp
import pytest

from sandbox.faults.handshakes import HANDSHAKES
from sandbox.tests.test_magda import PATH, ask


async def turn(http: aiohttp.ClientSession, mode: str) -> int:
    async with http.put("/tls", json={"mode": mode}) as answer:
        return answer.status


async def status(magda: aiohttp.ClientSession) -> int:
    async with magda.post(PATH, data=ask()) as response:
        return response.status


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("refused", "Cannot connect to host"),
        ("stranger", "self-signed certificate"),
        ("expired", "certificate has expired"),
        ("elsewhere", "IP address mismatch"),
        ("refuses-client", "Server disconnected"),
    ],
)
async def test_handshake_fails_until_it_is_put_back(http, magda, mode, reason):
    assert await status(magda) == 200
    assert await turn(http, mode) == 200
    with pytest.raises(aiohttp.ClientError, match=reason):
        await status(magda)
    async with http.delete("/tls") as answer:
        assert await answer.json() == {"mode": "ok"}
    assert await status(magda) == 200


@pytest.mark.parametrize("mode", ["stranger", "expired", "elsewhere"])
async def test_session_of_before_is_not_taken_up_by_another(http, settings, mode):
    context = ssl.create_default_context(cafile=settings.certificates / "ca.pem")
    context.load_cert_chain(settings.certificates / "client.pem", settings.certificates / "client.key")

    def shake(session: ssl.SSLSession | None = None) -> tuple[bool | None, ssl.SSLSession | None]:
        with (
            socket.create_connection(("127.0.0.1", settings.tls_port)) as plain,
            context.wrap_socket(plain, server_hostname="127.0.0.1", session=session) as connection,
        ):
            connection.sendall(b"GET / HTTP/1.1\r\nHost: town\r\n\r\n")
            connection.recv(1)  # In TLS 1.3 the ticket comes after the handshake.
            return connection.session_reused, connection.session

    _, session = await asyncio.to_thread(shake)
    assert (await asyncio.to_thread(shake, session))[0] is True
    await turn(http, mode)
    with pytest.raises(ssl.SSLCertVerificationError):
        await asyncio.to_thread(shake, session)


async def test_form_turns_it_too(http):
    async with http.post("/tls", data={"mode": "expired"}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/#tls")
    async with http.get("/tls") as answer:
        assert await answer.json() == {"mode": "expired"}
    async with http.get("/") as answer:
        assert "Nu: <strong>vervallen certificaat</strong>" in await answer.text()
    async with http.post("/tls", data={"mode": "magic"}) as answer:
        assert answer.status == 400


@pytest.mark.parametrize("body", ["", "[]", '{"mode": "magic"}'])
async def test_unknown_mode_is_refused_with_the_right_ones_named(http, body):
    async with http.put("/tls", data=body) as answer:
        assert answer.status == 400
        assert ", ".join(HANDSHAKES) in (await answer.json())["error"]


async def test_certificate_that_is_not_there_is_named(http, magda, settings):
    file = settings.certificates / "expired.pem"
    content = file.read_bytes()
    file.unlink()
    try:
        assert await turn(http, "expired") == 409
        assert await status(magda) == 200
    finally:
        file.write_bytes(content)
