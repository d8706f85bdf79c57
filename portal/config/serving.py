"""One process that serves pages: alone, or one of several that a parent started (`serve`)."""

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
MOST = 2000  # connections in all, should the limits per network not suffice
BEAT_SECONDS = 1


class Server(uvicorn.Server):
    """uvicorn's, which tells pages that wait for news when it stops: they end at once, not with its patience."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End what waits for nothing but the end, then all else."""
        wakes.end()
        await super().shutdown(sockets)


def make_server(*, grace: int, beat: Callable[[], Awaitable[None]] | None = None, **where: Any) -> Server:
    """Make the server, to be run by the caller. where: its `host` and `port`, unless it gets a socket.

    grace: seconds that open answers get when it stops. beat: called each second.
    """
    config = uvicorn.Config(
        APPLICATION,
        loop="uvloop",
        http=PROTOCOL,
        ws="none",
        limit_concurrency=MOST,
        access_log=False,
        server_header=False,
        log_level="warning",
        timeout_graceful_shutdown=grace,
        callback_notify=beat,
        timeout_notify=BEAT_SECONDS,
        **where,
    )
    # It sets Django up, which the protocol needs when it is imported.
    config.load_app()
    return Server(config)


def one_of_several(parent: int, listener: int, counts: int, beats: int, grace: int) -> None:
    """Serve what comes in on the parent's socket, until told to stop.

    parent: its process id. listener, counts, beats: descriptors from the parent: its socket, the shared counts, and a
    pipe that gets a byte each second, by which the parent knows that this process serves. grace: as of `make_server`.
    """
    walls.end_with_parent(parent, signal.SIGKILL)
    shared_counts.join(counts, int(os.environ["WORKER"]) - 1)

    async def beat() -> None:
        # The pipe is full when the parent has not read it for long: it will find beats enough.
        with suppress(BlockingIOError):
            os.write(beats, b".")

    os.set_blocking(beats, False)
    make_server(grace=grace, beat=beat).run(sockets=[socket.socket(fileno=listener)])


if __name__ == "__main__":
    one_of_several(**json.loads(sys.argv[1]))
