"""A small TLS server that ends connections in every way, and records which question came over which connection."""

import asyncio
import contextlib
import ctypes
import socket
import ssl
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from django.conf import settings

CERTIFICATES = Path(settings.MAGDA_CA_FILE).parent
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TIRED = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
CUT = {"half": ANSWER[:20], "half and reset": ANSWER[:20], "cut": ANSWER[:-1], "tired": TIRED}
SO_ATTACH_FILTER = 26

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Ending = Literal["answer", "slow", "reset", "close", "half", "half and reset", "cut", "silent", "tired"]


@dataclass
class Server:
    """A server by how it treats the first question of a connection and the next ones, and its records.

    first, next: how a question ends. With `silent` the server drops every packet once the first question is answered,
    so that not even the system acknowledges one. asked: the number of the connection, for each question. resumed:
    whether a TLS session was resumed, for each connection. slow_seconds: before a slow answer. most_open: connections
    at one moment. unasked: bytes sent after the first answer of a connection, which no question asked for;
    has_sent_unasked: set after that.
    """

    first: Ending = "answer"
    next: Ending = "answer"
    slow_seconds: float = 0.05
    unasked: bytes = b""
    has_sent_unasked: asyncio.Event = field(default_factory=asyncio.Event)
    origin: str = ""
    asked: list[int] = field(default_factory=list)
    resumed: list[bool] = field(default_factory=list)
    open: int = 0
    most_open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = len(self.resumed)
        self.resumed.append(bool(writer.get_extra_info("ssl_object").session_reused))
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        is_first = True
        try:
            while await self._answers(is_first, number, reader, writer):
                is_first = False
        finally:
            self.open -= 1

    async def _answers(
        self, is_first: bool, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
        await reader.readexactly(int(length or 0))
        self.asked.append(number)
        how = self.first if is_first else self.next
        if how in ("answer", "slow"):
            await asyncio.sleep(self.slow_seconds if how == "slow" else 0)
            writer.write(ANSWER)
            await writer.drain()
            if is_first and self.unasked:
                # It goes in a packet of its own, after the answer was read.
                await asyncio.sleep(0.02)
                writer.write(self.unasked)
                self.has_sent_unasked.set()
            if self.next == "silent":
                let_packets_vanish(writer.get_extra_info("socket"))
            return True
        writer.write(CUT.get(how, b""))
        await writer.drain()
        if "reset" in how:
            # With SO_LINGER of zero, closing sends a reset instead of an end.
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            writer.close()
        return False


def let_packets_vanish(connection: socket.socket) -> None:
    """Attach a filter that drops all that arrives, before it is acknowledged."""
    drop = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
    connection.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", 1, ctypes.addressof(drop)))


def town_tls() -> ssl.SSLContext:
    """Make a TLS context that demands the portal's certificate, as the town does."""
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=CERTIFICATES / "ca.pem")
    tls.verify_mode = ssl.CERT_REQUIRED
    tls.load_cert_chain(CERTIFICATES / "town.pem", CERTIFICATES / "town.key")
    return tls


@contextlib.asynccontextmanager
async def listen(serve: Serve, tls: ssl.SSLContext | None = None, port: int = 0) -> AsyncIterator[int]:
    """Serve each connection with a function, on a port (0: a free one); give the port."""
    serving: set[asyncio.Task[None]] = set()

    async def serve_and_close(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        serving.add(task)
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                await serve(reader, writer)
        finally:
            serving.discard(task)
            if not writer.is_closing():
                writer.transport.abort()

    server = await asyncio.start_server(serve_and_close, "127.0.0.1", port, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)
        await server.wait_closed()


@contextlib.asynccontextmanager
async def run_server(server: Server | None = None, port: int = 0) -> AsyncIterator[Server]:
    """Run a server over mutual TLS, on a port (0: a free one)."""
    server = server or Server()
    async with listen(server.serve, town_tls(), port) as port:
        server.origin = f"https://127.0.0.1:{port}"
        yield server
