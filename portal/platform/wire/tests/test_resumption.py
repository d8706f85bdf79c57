"""TLS sessions are resumed by new connections to the same origin, and never to another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from portal.platform.wire import resumption
from portal.platform.wire.client import HttpClient
from portal.platform.wire.connector import Connector
from portal.platform.wire.errors import ConnectingTookTooLong
from tests.clock import Clock
from tests.waiting import PATIENCE

from .server import Server, listen, run_server
from .test_client import tls
from .test_connector import ask

pytestmark = pytest.mark.security


async def ask_anew(server: Server, context: resumption.ResumingContext) -> None:
    """Ask over a connection that is not kept."""
    client = HttpClient(Connector(at_once=1, setting_up=1, connect_seconds=PATIENCE / 2, is_kept=False), 1000)
    try:
        await ask(client, server, context)
    finally:
        client.close()


def offers_session(hello: bytes) -> bool:
    """Tell whether the first record of a TLS 1.3 connection has the extension `pre_shared_key` (RFC 8446, 4.2.11)."""
    at = 5 + 4 + 2 + 32
    at += 1 + hello[at]
    at += 2 + int.from_bytes(hello[at : at + 2])
    at += 1 + hello[at] + 2
    kinds = []
    while at < len(hello):
        kinds.append(int.from_bytes(hello[at : at + 2]))
        at += 4 + int.from_bytes(hello[at + 2 : at + 4])
    return 41 in kinds


@contextlib.asynccontextmanager
async def refusing(server: Server, how: str) -> AsyncIterator[list[bytes]]:
    """Stand before a server as what takes no handshake that offers a session; gives those that were refused."""
    behind, refused = server.origin.rpartition(":")[2], []

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            writer.write(data)
        writer.close()

    async def stand_between(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readexactly(5)
        hello = head + await reader.readexactly(int.from_bytes(head[3:]))
        if offers_session(hello):
            refused.append(hello)
            if how == "alert":
                writer.write(b"\x15\x03\x03\x00\x02\x02\x50")
            else:
                await reader.read()
        else:
            there_reader, there = await asyncio.open_connection("127.0.0.1", behind)
            there.write(hello)
            try:
                await asyncio.gather(carry(reader, there), carry(there_reader, writer), return_exceptions=True)
            finally:
                there.transport.abort()
        writer.close()

    async with listen(stand_between) as port:
        server.origin = f"https://127.0.0.1:{port}"
        yield refused


async def test_new_connection_takes_the_session_up():
    context = tls()
    async with run_server() as server:
        for _ in range(3):
            await ask_anew(server, context)
    assert server.resumed == [False, True, True]


async def test_session_stays_with_its_context():
    async with run_server() as server:
        for context in (tls(), tls()):
            await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_session_stays_with_its_host_name():
    context = tls()
    async with run_server() as server:
        await ask_anew(server, context)
        server.origin = server.origin.replace("127.0.0.1", "localhost")
        await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_certificate_is_verified_anew_after_a_while(monkeypatch):
    context = tls()
    async with run_server() as server:
        await ask_anew(server, context)
        monkeypatch.setattr(resumption, "KEPT_SECONDS", 0)
        await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_taking_a_session_up_does_not_prolong_it(monkeypatch):
    context, clock = tls(), [0.0]
    monkeypatch.setattr(resumption.time, "monotonic", lambda: clock[0])
    async with run_server() as server:
        for clock[0] in (0.0, 500.0, 700.0, 1200.0):
            await ask_anew(server, context)
    assert server.resumed == [False, True, False, True]


@pytest.mark.parametrize("how", ["alert", "hang"])
async def test_session_that_spoils_the_handshake_is_offered_no_more(how: str, clock: Clock):
    context = tls()
    async with run_server() as server, refusing(server, how) as refused:
        await ask_anew(server, context)
        if how == "hang":
            # The next learns it at the price of the time for connecting.
            with pytest.raises(ConnectingTookTooLong):
                await ask_anew(server, context)
        for _ in range(3):
            await ask_anew(server, context)
    assert (len(refused), server.resumed) == (1, [False] * 4)


def test_context_verifies_as_the_usual_one():
    ours, usual = resumption.client_context(), resumption.ssl.create_default_context()
    names = ("verify_mode", "check_hostname", "verify_flags", "options", "minimum_version")
    assert [getattr(ours, name) for name in names] == [getattr(usual, name) for name in names]
