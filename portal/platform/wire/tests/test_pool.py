"""A caller that gives up at any moment leaves no connection in use, and none with the answer to another question."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import uvloop

from portal.platform.wire import connector
from portal.platform.wire.client import HttpClient
from portal.platform.wire.connector import Connector, OriginPool
from portal.platform.wire.errors import CutOff, Disconnected, NotConnected, WireError
from tests.clock import Clock
from tests.waiting import PATIENCE

from .server import ANSWER, let_packets_vanish, listen, town_tls
from .test_client import tls

pytestmark = pytest.mark.security

BIG = b"x" * 8_000_000


class Echo:
    """A server that answers each question with what was asked, after a moment, and counts its connections."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.connections = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.partition(b"Content-Length: ")[2].partition(b"\r\n")[0])
            body = await reader.readexactly(length)
            # In two pieces, so that one can give up between them.
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % length + body[:3])
            await asyncio.sleep(self.seconds)
            writer.write(body[3:])
            await writer.drain()


@contextlib.asynccontextmanager
async def asking(port: int, is_tls: bool = True, **bounds: int) -> AsyncIterator:
    """Give a way to ask there, and the pool of the client."""
    client = HttpClient(Connector(connect_seconds=PATIENCE, **({"at_once": 2, "setting_up": 1} | bounds)), 1000)
    context = tls() if is_tls else None
    address = f"http{'s' * is_tls}://127.0.0.1:{port}"

    async def ask(body: bytes = b"question", **more) -> bytes:
        return (await client.ask("POST", address, {}, body, tls=context, **more)).body

    try:
        yield ask, client
    finally:
        client.close()
        await asyncio.sleep(0)


async def let_loop_read() -> None:
    """Let both ends send what they have and read what arrived, in turns of the loop between timers."""
    for _ in range(5):
        await asyncio.sleep(0.02)


def pool_of(client: HttpClient) -> OriginPool:
    (pool,) = client._connector._pools.values()
    return pool


@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
async def test_giving_up_at_any_moment_leaves_no_connection_taken_and_no_answer_of_another(is_tls):
    echo = Echo()
    async with listen(echo.serve, town_tls() if is_tls else None) as port, asking(port, is_tls) as (ask, client):
        for moment in range(0, 240, 3 if is_tls else 1):
            asked = [asyncio.create_task(ask(b"left %d %d" % (moment, number))) for number in range(4)]
            for _ in range(moment):
                await asyncio.sleep(0)
            for task in asked[moment % 2 :: 2]:
                task.cancel()
            ended = await asyncio.gather(*asked, return_exceptions=True)
            for number, end in enumerate(ended):
                assert isinstance(end, asyncio.CancelledError) or end == b"left %d %d" % (moment, number)
            async with asyncio.timeout(PATIENCE):
                assert await ask(b"whole %d" % moment) == b"whole %d" % moment
            pool = pool_of(client)
            assert (pool.in_use, pool.setting_up, len(pool.waiting)) == (0, 0, 0)
            assert len(pool.kept) <= 2
            assert client._connector._in_use == set()


async def test_connection_of_whom_gave_up_is_closed(clock: Clock):
    echo = Echo(seconds=5.0)
    async with listen(echo.serve) as port, asking(port, False) as (ask, client):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await ask()
        assert len(pool_of(client).kept) == 0
        echo.seconds = 0.0
        assert await ask(b"another") == b"another"
        assert echo.connections == 2


async def test_closing_ends_what_is_under_way_and_lets_nobody_wait(clock: Clock):
    echo = Echo(seconds=5.0)
    async with listen(echo.serve) as port, asking(port, False) as (ask, client):
        asked = [asyncio.create_task(ask()) for _ in range(6)]
        await asyncio.sleep(0.1)
        client.close()
        async with asyncio.timeout(1):
            ended = await asyncio.gather(*asked, return_exceptions=True)
        assert [isinstance(end, WireError) for end in ended] == [True] * 6
        with pytest.raises(NotConnected):
            await ask()
        assert (pool_of(client).in_use, len(pool_of(client).kept)) == (0, 0)


async def test_kept_connection_that_is_old_is_not_asked(monkeypatch):
    echo = Echo()
    async with listen(echo.serve) as port, asking(port, False) as (ask, client):
        await ask()
        await ask()
        assert echo.connections == 1
        (kept,) = pool_of(client).kept
        monkeypatch.setattr(connector, "KEPT_SECONDS", 0.0)
        await ask()
        assert (echo.connections, kept._transport.is_closing()) == (2, True)


async def test_kept_connection_that_nobody_asks_is_closed_after_a_while(monkeypatch, clock: Clock):
    monkeypatch.setattr(connector, "KEPT_SECONDS", 0.1)
    async with listen(Echo().serve) as port, asking(port, False) as (ask, client):
        await ask()
        (kept,) = pool_of(client).kept
        await asyncio.sleep(0.5)
        assert (len(pool_of(client).kept), kept._transport.is_closing()) == (0, True)


@pytest.mark.parametrize("unasked", [ANSWER, b"HTTP/1.1 408 Request Timeout\r\n\r\n", b""], ids=repr)
async def test_what_came_while_the_loop_was_held_is_no_answer(unasked, clock: Clock):
    """The next question comes before the loop has read it; b"" stands for an end."""
    loop = asyncio.get_running_loop()
    asked, again = [], loop.create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"question")
        asked.append(writer)
        writer.write(ANSWER.replace(b"ok", b"%02d" % len(asked)))
        await asyncio.sleep(0.05)
        if len(asked) == 1:
            # Sent in one turn of the loop, and read at the earliest in the next.
            if unasked:
                writer.write(unasked)
            else:
                writer.write_eof()
            again.set_result(asyncio.create_task(ask()))
        await reader.read()

    async with listen(serve) as port, asking(port, False) as (ask, _):
        assert await ask() == b"01"
        async with asyncio.timeout(PATIENCE):
            assert await (await again) == b"02"


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("half", [3, 40], ids=["of a header", "of a record"])
def test_answer_to_nobody_of_which_half_a_record_came_is_no_answer(loop, half):
    """What TLS has taken in of it neither the socket nor the loop shows any more."""
    answered = 0

    has_answered, half_came, has_asked = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        while await reader.readuntil(b"question"):
            answered += 1
            writer.write(ANSWER.replace(b"ok", b"%02d" % answered))
            if answered == 1:
                await has_answered.wait()
                writer.write(ANSWER)

    async def asked_twice() -> list[bytes]:
        went = 0

        async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            """Pass all on, but hold the end of the answer to nobody back."""
            nonlocal went
            went += 1
            number = went
            behind, before = await asyncio.open_connection("127.0.0.1", port)

            async def pass_on() -> None:
                while data := await reader.read(65536):
                    before.write(data)

            passing = asyncio.create_task(pass_on())
            try:
                while data := await behind.read(65536):
                    is_unasked = number == 1 and has_answered.is_set()
                    writer.write(data[:half] if is_unasked else data)
                    if is_unasked:
                        half_came.set()
                        await has_asked.wait()
                        writer.write(data[half:])
            finally:
                passing.cancel()
                before.transport.abort()

        async with listen(serve, town_tls()) as port, listen(proxy) as outer, asking(outer) as (ask, _):
            first = await ask()
            has_answered.set()
            await half_came.wait()
            await let_loop_read()
            again = asyncio.create_task(ask())
            await let_loop_read()
            has_asked.set()
            return [first, await again]

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(asked_twice()) == [b"01", b"02"]


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
def test_what_was_sent_before_the_question_was_there_is_no_answer(loop, is_tls):
    """An answer to nobody and the next question meet on the way."""
    answered = 0
    has_answered, vanishes, has_asked = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal answered
        await reader.readuntil(b"question")
        answered += 1
        writer.write(ANSWER.replace(b"ok", b"%02d" % answered))
        if answered == 1:
            await has_answered.wait()
            let_packets_vanish(writer.get_extra_info("socket"))
            vanishes.set()
            await has_asked.wait()
            writer.write(ANSWER)
        await asyncio.Event().wait()

    async def asked_twice() -> list[bytes]:
        async with listen(serve, town_tls() if is_tls else None) as port, asking(port, is_tls) as (ask, _):
            first = await ask()
            has_answered.set()
            await vanishes.wait()
            again = asyncio.create_task(ask())
            await let_loop_read()
            has_asked.set()
            return [first, await again]

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(asked_twice()) == [b"01", b"02"]


async def test_answer_before_the_whole_question_was_sent_is_taken():
    """Nobody reads the rest of it: 413, 401."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        await asyncio.sleep(0.3)

    async with listen(serve) as port, asking(port, False) as (ask, client):
        assert await ask(BIG) == b"no"
        assert len(pool_of(client).kept) == 0


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
def test_connection_on_which_the_rest_of_a_question_still_waits_is_not_asked(loop, is_tls):
    """The other side answered without it, means to keep the connection, and would take the rest for the next one."""
    questions = 0

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal questions
        await reader.readuntil(b"\r\n\r\n")
        questions += 1
        writer.write(ANSWER)
        if questions == 1:
            await asyncio.sleep(0.1)
            assert await reader.read(100) == b"x" * 100
            writer.write(ANSWER.replace(b"ok", b"no"))
        await asyncio.sleep(1)

    async def asked_twice() -> list[bytes]:
        async with listen(serve, town_tls() if is_tls else None) as port, asking(port, is_tls) as (ask, _):
            return [await ask(BIG), await ask()]

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(asked_twice()) == [b"ok", b"ok"]
    assert questions == 2


async def test_question_given_up_while_it_is_sent_is_followed_by_none_on_its_connection():
    """Its rest would be the beginning of the next one."""
    heads, has_begun = [], asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        if not has_begun.is_set():
            has_begun.set()
            await asyncio.sleep(0.3)
        await reader.readuntil(b"question")
        writer.write(ANSWER)
        await reader.read()

    async with listen(serve) as port, asking(port, False) as (ask, client):
        asked = asyncio.create_task(ask(BIG))
        await has_begun.wait()
        asked.cancel()
        assert await ask() == b"ok"
        assert [b"8000000" in head for head in heads] == [True, False]
        assert (pool_of(client).in_use, len(pool_of(client).kept)) == (0, 1)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"question")
    writer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.01)


async def test_status_that_nobody_expects_is_there_at_once():
    async with listen(drip) as port, asking(port, False) as (ask, client):
        async with asyncio.timeout(PATIENCE):
            assert await ask(expected=[200]) == b""
        assert len(pool_of(client).kept) == 0


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
@pytest.mark.parametrize("is_farewell", [False, True])
def test_end_of_tcp_is_no_end_of_an_answer_over_tls(loop, is_farewell):
    """Anybody on the way can end TCP; only the other side can say farewell."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"question")
        writer.write(b"HTTP/1.1 200 OK\r\n\r\nhalf or whole")
        await asyncio.sleep(0.05)
        if is_farewell:
            writer.close()

    async def outcome() -> bytes | type:
        async with listen(serve, town_tls()) as port, asking(port) as (ask, _):
            try:
                return await ask()
            except WireError as error:
                return type(error)

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(outcome()) == (b"half or whole" if is_farewell else CutOff)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_connection_closed_right_after_its_answer_is_not_asked(loop):
    """A 204 or another answer that says nothing of it, and then an end: many servers do that."""
    asked = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"question"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: keep-alive\r\n\r\n")
        writer.close()

    async def outcomes() -> list[bytes]:
        async with listen(serve, town_tls()) as port, asking(port) as (ask, _):
            return [await ask() for _ in range(5)]

    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(outcomes()) == [b""] * 5
    assert len(asked) == 5


async def test_half_of_a_connection_that_is_closed_ends_it():
    """The other side sends no more, and reads on."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"question")
        writer.write_eof()
        await reader.read()

    async with listen(serve) as port, asking(port, False) as (ask, _):
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(Disconnected):
                await ask()
