"""A relay in front of PostgreSQL that a test can hold, cut and mend: it need not stop the server of others."""

import asyncio
from asyncio import StreamReader, StreamWriter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Self

from tests.clock import Pace

SOCKET = ".s.PGSQL.5432"


class Between:
    """A relay: connections to it reach PostgreSQL, as long as the test neither holds nor cuts them."""

    def __init__(self, server: Path, ours: Path) -> None:
        """server, ours: the folders of the server's socket and of the one that is listened on."""
        self._server_at = server / SOCKET
        self._ours_at = ours / SOCKET
        self._server: asyncio.Server | None = None
        self._writers: set[StreamWriter] = set()
        self._held: set[StreamWriter] = set()
        self._holds_new = False
        self._goes = asyncio.Event()
        self._cut_at: Callable[[bytes], bool] | None = None
        self._hold_at: Callable[[bytes], bool] | None = None
        self._cutting: asyncio.Task[None] | None = None
        self.made = 0  # connections, so far
        self.seen: list[bytes] = []  # what went to the server
        self.trips = 0  # round trips: a connection sent something, in however many pieces, and waited for the answer
        self._asking: set[StreamWriter] = set()
        self.swallowed: list[bytes] = []  # what was asked on connections that were held

    async def __aenter__(self) -> Self:
        self._goes.set()
        await self.mend()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.let_go()
        await self.cut()

    def address(self, of: str) -> str:
        """Write the address of a database so that it leads through this relay."""
        return f"{of.partition('?')[0]}?host={self._ours_at.parent}"

    def pace(self) -> Pace:
        """Tell how time passes (`tests.clock`): nobody's patience ends because the server is slow to answer."""
        if self._holds_new or self._server is None:
            return Pace.JUMPS
        return Pace.STANDS if self._asking - self._held else Pace.PASSES

    def hold(self) -> None:
        """Accept all data and new connections, and pass nothing on: packets vanish, nothing is refused."""
        self._holds_new = True
        self.hold_those_there_are()

    def hold_when(self, is_it: Callable[[bytes], bool]) -> None:
        """Hold everything from the next message to the server on for which `is_it` is true."""
        self._hold_at = is_it

    def hold_those_there_are(self) -> None:
        """Pass nothing on for the connections that there are; new ones go through."""
        self._held |= self._writers
        self._goes.clear()

    def let_go(self) -> None:
        """Pass on what was held."""
        self._holds_new = False
        self._held.clear()
        self._goes.set()

    def cut_when(self, is_it: Callable[[bytes], bool], *, answered: bool = False) -> None:
        """Cut all connections at the next message to the server for which `is_it` is true.

        That is before the message is passed on, or (`answered`) once the server has answered it, but before the
        answer is passed on.
        """
        self._cut_at = is_it
        self._cut_after = answered

    async def cut(self) -> None:
        """End all connections, and refuse new ones: the server is gone."""
        if self._server is not None:
            self._server.close()
            self._ours_at.unlink(missing_ok=True)
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        # Both ends notice it meanwhile.
        await asyncio.sleep(0.01)

    async def open_pools(self, patience: float, most: int = 4) -> None:
        """Open the pools anew through the wire, with as many connections in the main one as there may be.

        patience: what they wait, in seconds; long where a test sees something succeed, short where not.
        """
        from portal.platform.database import pool  # after the settings

        pool._lenders.clear()
        for alias in (pool.MAIN, pool.KEYS):
            await pool.open_pool(alias, most=most, patience=patience)
        async with AsyncExitStack() as lent:
            for _ in range(most):
                await lent.enter_async_context(pool.connection())

    async def mend(self) -> None:
        """Take connections again."""
        self._server = await asyncio.start_unix_server(self._meet, self._ours_at)

    async def restart(self) -> None:
        """End all connections, and take new ones at once."""
        await self.cut()
        self.let_go()
        await self.mend()

    async def _meet(self, reader: StreamReader, writer: StreamWriter) -> None:
        self.made += 1
        from_server, to_server = await asyncio.open_unix_connection(self._server_at)
        ends = {writer, to_server}
        self._writers |= ends
        if self._holds_new:
            self._held |= ends
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pass_on(reader, to_server))
                both.create_task(self._pass_on(from_server, writer, asked=to_server))
        except* OSError:
            pass
        finally:
            self._writers -= ends
            self._asking.discard(to_server)
            for end in ends:
                end.transport.abort()

    async def _pass_on(
        self, reader: StreamReader, writer: StreamWriter, *, asked: StreamWriter | None = None
    ) -> None:
        """Pass on what comes: to the server, or, from it, to who `asked` it."""
        while data := await reader.read(65536):
            if asked is None:
                self.seen.append(data)
                self.trips += writer not in self._asking
                self._asking.add(writer)
                if self._hold_at is not None and self._hold_at(data):
                    self._hold_at = None
                    self.hold()
                if writer in self._held:
                    self.swallowed.append(data)
            else:
                self._asking.discard(asked)
            while writer in self._held:
                await self._goes.wait()
            if asked is None:
                await self._cut_if_it_is(data, writer)
            writer.write(data)
            await writer.drain()
        raise ConnectionResetError

    async def _cut_if_it_is(self, data: bytes, to_server: StreamWriter) -> None:
        if self._cut_at is None or not self._cut_at(data):
            return
        self._cut_at = None
        if self._cut_after:
            self._held |= self._writers
            self._goes.clear()
            to_server.write(data)
            while to_server in self._asking:  # noqa: ASYNC110 - told by what comes from the server
                await asyncio.sleep(0.01)
        # In a task of its own: this one belongs to a connection that is being cut.
        self._cutting = asyncio.create_task(self.restart())
        await asyncio.shield(self._cutting)
