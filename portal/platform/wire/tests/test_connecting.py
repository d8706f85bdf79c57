"""Setting a connection up: names with several addresses, certificates, deadlines, and callers that give up."""

import asyncio
import contextlib
import errno
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator

import pytest
import uvloop

from portal.platform.wire import connecting
from portal.platform.wire.connecting import NEXT_ADDRESS_SECONDS, Names, Origin, set_up
from portal.platform.wire.errors import CertificateRefused, ConnectingTookTooLong, NotConnected
from tests.clock import Clock
from tests.waiting import PATIENCE

from .server import CERTIFICATES, listen, town_tls
from .test_client import tls


async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


def named(monkeypatch, *addresses: tuple[str, int]) -> list[tuple[str, int]]:
    """Let any name have these addresses, in this order; gives what is looked up."""
    wanted = []

    async def looked_up(host: str, port: int) -> list:
        wanted.append((host, port))
        await asyncio.sleep(0.01)
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address, _ in addresses]
        ends = [(*end, 0, 0) if ":" in end[0] else end for end in addresses]
        return [
            (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", end)
            for family, end in zip(families, ends, strict=True)
        ]

    monkeypatch.setattr(connecting, "_look_up", looked_up)
    return wanted


@contextlib.contextmanager
def mute() -> Iterator[int]:
    """Listen where nothing answers the first packet of a connection: the queue of those to be accepted is full."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(3):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                waiting.connect(("127.0.0.1", port))
        yield port


@contextlib.asynccontextmanager
async def connected(origin: Origin, names: Names | None = None, seconds: float = PATIENCE) -> AsyncIterator[tuple]:
    connection = await set_up(origin, names or Names(), seconds)
    try:
        yield connection._transport.get_extra_info("peername")
    finally:
        connection.abort()


async def test_name_of_which_one_address_is_dead_still_connects(monkeypatch):
    async with listen(serve) as port:
        for dead in ("::1", "127.0.0.2", "2001:db8::1"):
            named(monkeypatch, (dead, port), ("127.0.0.1", port))
            async with connected(Origin("two.example", port, None)) as peer:
                assert peer == ("127.0.0.1", port)


async def test_address_that_says_nothing_holds_up_the_next_one_a_moment_only(monkeypatch, clock: Clock):
    with mute() as silent:
        async with listen(serve) as port:
            named(monkeypatch, ("127.0.0.1", silent), ("127.0.0.1", port))
            began = clock.now()
            async with connected(Origin("two.example", port, None)) as peer:
                assert peer == ("127.0.0.1", port)
            # The look-up takes a moment as well, hence the tenth.
            assert clock.now() - began < 1.1 * NEXT_ADDRESS_SECONDS


async def test_where_tls_fails_at_one_address_another_may_do(monkeypatch):
    stranger = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    stranger.load_cert_chain(CERTIFICATES / "stranger.pem", CERTIFICATES / "stranger.key")
    async with listen(serve, stranger) as one, listen(serve, town_tls()) as other:
        named(monkeypatch, ("127.0.0.1", one), ("127.0.0.1", other))
        async with connected(Origin("localhost.", other, tls())) as peer:
            assert peer == ("127.0.0.1", other)


@pytest.mark.security
async def test_who_is_somebody_else_is_not_connected_with(monkeypatch):
    async with listen(serve, town_tls()) as port:
        named(monkeypatch, ("127.0.0.1", port))
        with pytest.raises(CertificateRefused):
            await set_up(Origin("elsewhere.example", port, tls()), Names(), PATIENCE)


async def test_address_that_is_known_twice_still_says_why(monkeypatch):
    async with listen(serve, town_tls()) as port:
        named(monkeypatch, ("127.0.0.1", port), ("127.0.0.1", port))
        with pytest.raises(CertificateRefused):
            await set_up(Origin("elsewhere.example", port, tls()), Names(), PATIENCE)


@pytest.mark.parametrize("host", ["no-such-name.invalid", "a" * 70 + ".example", "..", "a..b"])
async def test_what_is_no_name_is_not_connected_with(host):
    with pytest.raises(NotConnected):
        await set_up(Origin(host, 443, None), Names(), PATIENCE)


async def test_name_is_looked_up_once_for_all_who_want_it(monkeypatch):
    async with listen(serve) as port:
        wanted = named(monkeypatch, ("127.0.0.1", port))
        origin, names = Origin("one.example", port, None), Names()
        first = asyncio.create_task(set_up(origin, names, PATIENCE))
        others = [asyncio.create_task(set_up(origin, names, PATIENCE)) for _ in range(3)]
        await asyncio.sleep(0)
        first.cancel()
        for made in await asyncio.gather(*others):
            made.abort()
        async with connected(origin, names):
            assert wanted == [("one.example", port)]


async def test_name_that_was_not_found_is_looked_up_again(monkeypatch, clock: Clock):
    wanted = []

    async def looked_up(host: str, port: int) -> list:
        wanted.append(host)
        raise socket.gaierror(socket.EAI_AGAIN, "try again")

    monkeypatch.setattr(connecting, "_look_up", looked_up)
    names = Names()
    for _ in range(2):
        with pytest.raises(NotConnected) as caught:
            await set_up(Origin("one.example", 443, None), names, PATIENCE)
        assert isinstance(caught.value.__cause__, socket.gaierror)
        await asyncio.sleep(0.01)
    assert wanted == ["one.example"] * 2


async def test_look_up_that_hangs_is_given_up(monkeypatch, clock: Clock):
    async def looked_up(host: str, port: int) -> list:
        await asyncio.sleep(5)
        return []

    monkeypatch.setattr(connecting, "_look_up", looked_up)
    with pytest.raises(ConnectingTookTooLong):
        await set_up(Origin("one.example", 443, None), Names(), 0.05)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_names_that_nobody_answers_for_hold_up_no_other(loop, monkeypatch):
    looked_up, has_ended = socket.getaddrinfo, threading.Event()

    def look_up(host: str, port: int, **more) -> list:
        if host.startswith("mute") and not more["flags"] & socket.AI_NUMERICHOST:
            has_ended.wait()
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        return looked_up(host, port, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)

    async def peer() -> tuple:
        async with listen(serve) as port:
            names = Names()
            mute = [asyncio.create_task(names.addresses(f"mute{number}.invalid", port)) for number in range(20)]
            await asyncio.sleep(0)
            try:
                async with connected(Origin("localhost", port, None), names) as peer:
                    return peer
            finally:
                has_ended.set()
                await asyncio.gather(*mute, return_exceptions=True)

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(peer())[0] == "127.0.0.1"


async def test_why_nobody_is_there_is_known():
    with pytest.raises(NotConnected) as caught:
        await set_up(Origin("127.0.0.1", 1, None), Names(), PATIENCE)
    assert caught.value.__cause__.errno == errno.ECONNREFUSED
