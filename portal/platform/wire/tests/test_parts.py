"""Bodies in parts: whole or cut off, never held in memory, and read from the socket no faster than they are taken."""

import asyncio
import tracemalloc
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
import uvloop
from django.conf import settings

from portal.platform.wire import body_parts
from portal.platform.wire.calls import CallFailure, HttpLine, StreamedAnswer
from portal.platform.wire.connector import Connector
from portal.platform.wire.resumption import ResumingContext, client_context

from .server import CERTIFICATES, Serve, listen, town_tls

pytestmark = pytest.mark.security

MEGABYTE = 1024 * 1024


class Sender:
    """Send an answer of so many bytes, in pieces; `sent` counts them, `is_left` is set when the reader has gone."""

    def __init__(self, size: int, *, said: int | None = None, head: str = "", stops: int = 0) -> None:
        self.size, self.stops, self.sent = size, stops, 0
        self.is_left = asyncio.Event()
        length = f"Content-Length: {size if said is None else said}\r\n"
        self.head = f"HTTP/1.1 200 OK\r\n{head or length}\r\n".encode()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(self.head)
        try:
            while self.sent < self.size and not (self.stops and self.sent >= self.stops):
                piece = min(64 * 1024, self.size - self.sent)
                writer.write(b"x" * piece)
                self.sent += piece
                await writer.drain()
        except ConnectionError:
            self.is_left.set()
            raise
        if self.stops:
            return
        if await reader.read(1) == b"":
            self.is_left.set()


def new_line() -> HttpLine:
    return HttpLine(
        connector=lambda: Connector(at_once=4, setting_up=4, connect_seconds=2, is_kept=False),
        largest=300 * MEGABYTE,
        is_text=False,
    )


@pytest_asyncio.fixture
async def line() -> AsyncIterator[HttpLine]:
    line = new_line()
    yield line
    await line.close()


def tls() -> ResumingContext:
    made = client_context(str(CERTIFICATES / "ca.pem"))
    made.load_cert_chain(settings.MAGDA_CLIENT_CERTIFICATE_FILE, settings.MAGDA_CLIENT_KEY_FILE)
    return made


async def opened(line: HttpLine, serve: Serve, port: int) -> StreamedAnswer:
    found = await line.open(f"https://127.0.0.1:{port}/x", {}, tls=tls(), expected=(200,))
    assert isinstance(found, StreamedAnswer)
    return found


async def taken(arriving: StreamedAnswer) -> tuple[int, CallFailure | None]:
    size = 0
    while part := await arriving.part():
        if isinstance(part, CallFailure):
            return size, part
        size += len(part)
    return size, None


@pytest.mark.parametrize("size", [0, 1, 70_000, 5 * MEGABYTE])
async def test_a_body_comes_whole(line, size):
    sender = Sender(size)
    async with listen(sender, town_tls()) as port:
        arriving = await opened(line, sender, port)
        assert (arriving.status, arriving.size) == (200, size)
        assert await taken(arriving) == (size, None)
        arriving.close()
        arriving.close()


async def test_a_body_that_ends_with_its_connection_or_its_chunks_has_no_size(line):
    async def chunked(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
        await writer.drain()
        await asyncio.sleep(0.02)
        writer.write(b"2\r\nde\r\n0\r\n\r\n")
        await writer.drain()

    async with listen(chunked, town_tls()) as port:
        arriving = await opened(line, chunked, port)
        assert arriving.size is None
        assert [await arriving.part(), await arriving.part(), await arriving.part()] == [b"abc", b"de", b""]
        arriving.close()


async def test_a_body_that_stops_is_cut_off_and_not_short(line):
    sender = Sender(5 * MEGABYTE, stops=MEGABYTE)
    async with listen(sender, town_tls()) as port:
        arriving = await opened(line, sender, port)
        size, lost = await taken(arriving)
        assert lost is not None
        assert (lost.why, lost.is_unsent) == ("connection", False)
        assert size <= MEGABYTE
        # What was cut off stays so.
        assert isinstance(await arriving.part(), CallFailure)
        arriving.close()


async def test_a_body_too_large_is_not_begun_or_is_cut_off(line):
    line.largest = MEGABYTE
    sender = Sender(2 * MEGABYTE)
    async with listen(sender, town_tls()) as port:
        found = await line.open(f"https://127.0.0.1:{port}/x", {}, tls=tls(), expected=(200,))
        assert isinstance(found, CallFailure)
        assert found.why == "too large"
    sender = Sender(2 * MEGABYTE, head="Connection: close\r\n")
    async with listen(sender, town_tls()) as port:
        size, lost = await taken(await opened(line, sender, port))
        assert lost is not None
        assert (lost.why, size <= MEGABYTE) == ("too large", True)


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_what_nobody_takes_is_not_read_and_comes_when_it_is_taken(loop):
    async def tried() -> None:
        line = new_line()
        sender = Sender(50 * MEGABYTE)
        async with listen(sender, town_tls()) as port:
            arriving = await opened(line, sender, port)
            first = await arriving.part()
            before = -1
            while before < sender.sent:
                before = sender.sent
                await asyncio.sleep(0.2)
            # What fits in the buffers of both sides.
            assert sender.sent < 20 * MEGABYTE
            size, lost = await taken(arriving)
            assert (len(first) + size, lost) == (50 * MEGABYTE, None)
            arriving.close()
            await asyncio.wait_for(sender.is_left.wait(), 5)
        sender = Sender(50 * MEGABYTE)
        async with listen(sender, town_tls()) as port:
            arriving = await opened(line, sender, port)
            await asyncio.sleep(0.2)
            arriving.close()
            await asyncio.wait_for(sender.is_left.wait(), 5)
        await line.close()

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(tried())


async def test_a_large_body_takes_little_memory(line):
    sender = Sender(60 * MEGABYTE)
    async with listen(sender, town_tls()) as port:
        arriving = await opened(line, sender, port)
        tracemalloc.start()
        size, lost = await taken(arriving)
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        arriving.close()
    assert (size, lost) == (60 * MEGABYTE, None)
    assert most < 8 * body_parts.MOST_WAITING


async def test_whoever_gives_up_while_a_part_is_awaited_frees_the_connection(line):
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
        await writer.drain()
        await reader.read()

    async with listen(silent, town_tls()) as port:
        for _ in range(9):  # more than there may be at once
            arriving = await opened(line, silent, port)
            assert await arriving.part() == b"abc"
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(arriving.part(), 0.01)
            arriving.close()


async def test_a_status_that_was_not_expected_has_no_parts_to_wait_for(line):
    async def gone(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        await writer.drain()
        await reader.read()

    async with listen(gone, town_tls()) as port:
        arriving = await opened(line, gone, port)
        assert arriving.status == 404
        arriving.close()
