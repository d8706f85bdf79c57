"""Run one process that serves pages: alone, or as one of several that a parent started (`serve`)."""

import json
import os
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import uvicorn

from portal.platform.confined import walls
from portal.platform.live.waking import wakes

from . import shared_counts

APPLICATION = "portal.config.asgi:application"
PROTOCOL = "portal.config.server_protocol:Protocol"
MOST_CONNECTIONS = 2000  # of one process, in case the limits per network let more through
TICKS_OF_A_BEAT = 10  # of uvicorn, which waits a tenth of a second between two


class Server(uvicorn.Server):
    """uvicorn's server; when it stops, it first ends the pages that wait for news, which would use up the grace.

    beat: called each second, by counting ticks. uvicorn's own call goes by the wall clock, and stays out while that
    catches up after it was put back.
    """

    def __init__(self, config: uvicorn.Config, beat: Callable[[], Awaitable[None]] | None = None) -> None:
        super().__init__(config)
        self._beat = beat

    async def on_tick(self, counter: int) -> bool:
        """Give a beat where it is due, then tick as uvicorn does: say whether to stop."""
        if self._beat and counter % TICKS_OF_A_BEAT == 0:
            await self._beat()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End the pages that wait for news, then shut down as uvicorn does."""
        wakes.end()
        await super().shutdown(sockets)


def make_server(*, grace: int, beat: Callable[[], Awaitable[None]] | None = None, **where: Any) -> Server:
    """Make the server, which the caller runs.

    grace: seconds in which open answers may end when it stops. beat: called each second. where: `host` and `port`,
    unless it is run on a socket.
    """
    config = uvicorn.Config(
        APPLICATION,
        loop="uvloop",
        http=PROTOCOL,
        ws="none",
        limit_concurrency=MOST_CONNECTIONS,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=grace,
        **where,
    )
    # Loading the application sets Django up, which the protocol needs when uvicorn imports it.
    config.load_app()
    return Server(config, beat)


def serve_for(parent: int, listener: int, counts: int, beats: int, grace: int) -> None:
    """Serve the requests that come in on the parent's socket, until a signal stops it.

    parent: its process id. listener, counts, beats: descriptors from the parent: its socket, the shared counts, and a
    pipe that gets a byte each second, by which the parent knows that this process serves. grace: see `make_server`.
    """
    walls.end_with_parent(parent, signal.SIGKILL)
    shared_counts.join(counts, int(os.environ["WORKER"]) - 1)

    async def beat() -> None:
        # The pipe is full when the parent has not read for long; it has beats enough to read then.
        with suppress(BlockingIOError):
            os.write(beats, b".")

    os.set_blocking(beats, False)
    make_server(grace=grace, beat=beat).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    serve_for(**json.loads(sys.argv[1]))
