"""TLS sessions are taken up by new connections, and never where they were not made."""

import pytest

from portal.platform.connections import resumption
from portal.platform.connections.client import Client
from portal.platform.connections.connector import Connector

from .server import Server, running
from .test_client import tls
from .test_connector import ask

pytestmark = pytest.mark.security


async def ask_anew(server: Server, context: resumption.ResumingContext) -> None:
    """Ask over a connection that is not kept."""
    client = Client(Connector(at_once=1, setting_up=1, connect_seconds=1.0, is_kept=False))
    await ask(client, server, context)
    await client.close()


async def test_new_connection_takes_the_session_up():
    context = tls()
    async with running() as server:
        for _ in range(3):
            await ask_anew(server, context)
    assert server.resumed == [False, True, True]


async def test_session_stays_with_its_context():
    async with running() as server:
        for context in (tls(), tls()):
            await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_session_stays_with_its_host_name():
    context = tls()
    async with running() as server:
        await ask_anew(server, context)
        server.origin = server.origin.replace("127.0.0.1", "localhost")
        await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_certificate_is_verified_anew_after_a_while(monkeypatch):
    context = tls()
    async with running() as server:
        await ask_anew(server, context)
        monkeypatch.setattr(resumption, "KEPT_SECONDS", 0)
        await ask_anew(server, context)
    assert server.resumed == [False, False]


async def test_taking_a_session_up_does_not_prolong_it(monkeypatch):
    context, clock = tls(), [0.0]
    monkeypatch.setattr(resumption.time, "monotonic", lambda: clock[0])
    async with running() as server:
        for clock[0] in (0.0, 500.0, 700.0, 1200.0):
            await ask_anew(server, context)
    assert server.resumed == [False, True, False, True]


def test_context_verifies_as_the_usual_one():
    ours, usual = resumption.client_context(), resumption.ssl.create_default_context()
    names = ("verify_mode", "check_hostname", "verify_flags", "options", "minimum_version")
    assert [getattr(ours, name) for name in names] == [getattr(usual, name) for name in names]
