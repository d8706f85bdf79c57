"""How many connections there are, which caller waits for one, and that its waiting does not count as slowness."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest

from portal.platform.wire.client import HttpClient
from portal.platform.wire.connector import Connector, measure_waiting
from portal.platform.wire.errors import ConnectingTookTooLong
from tests.clock import Clock
from tests.waiting import turns

from .server import Server, run_server
from .test_client import tls


@contextlib.asynccontextmanager
async def client_with(**bounds: float) -> AsyncIterator[HttpClient]:
    client = HttpClient(Connector(**bounds), 1000)
    try:
        yield client
    finally:
        client.close()


# All of it is in this loop, on the clock of which the order of events does not depend on the machine.
pytestmark = pytest.mark.usefixtures("clock")


async def ask(client: HttpClient, server: Server, context) -> bytes:
    return (await client.ask("POST", server.origin, {}, b"question", tls=context)).body


async def test_connections_in_use_are_bounded_and_who_waits_is_not_connecting():
    context = tls()
    async with (
        client_with(at_once=2, setting_up=2, connect_seconds=0.2) as client,
        run_server(Server(first="slow", next="slow")) as server,
    ):
        with measure_waiting() as waiting:
            answers = await asyncio.gather(*(ask(client, server, context) for _ in range(12)))
    assert answers == [b"ok"] * 12
    assert (server.most_open, len(server.resumed), waiting.has_connection) == (2, 2, True)
    # Six turns of 50 ms: the last waited five of them.
    assert waiting.seconds > 0.2


async def test_connections_set_up_at_once_are_bounded_and_kept_ones_are_taken_first():
    context = tls()
    async with client_with(at_once=50, setting_up=1, connect_seconds=1.0) as client, run_server() as server:
        await asyncio.gather(*(ask(client, server, context) for _ in range(50)))
    # As each is set up alone, questions go over those that came free meanwhile.
    assert len(server.asked) == 50
    assert len(server.resumed) < 50


async def test_who_gives_up_leaves_the_place_to_the_next():
    context = tls()
    async with (
        client_with(at_once=1, setting_up=1, connect_seconds=1.0) as client,
        run_server(Server(first="slow", next="slow")) as server,
    ):
        tasks = [asyncio.create_task(ask(client, server, context)) for _ in range(4)]
        await asyncio.sleep(0.02)
        tasks[1].cancel()
        tasks[0].cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(end) for end in ended] == [asyncio.CancelledError, asyncio.CancelledError, bytes, bytes]


async def test_who_comes_after_all_who_waited_gave_up_is_served():
    context = tls()
    async with (
        client_with(at_once=1, setting_up=1, connect_seconds=1.0) as client,
        run_server(Server(first="slow", next="slow")) as server,
    ):
        tasks = [asyncio.create_task(ask(client, server, context)) for _ in range(3)]
        await asyncio.sleep(0.02)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        async with asyncio.timeout(1):
            assert await ask(client, server, context) == b"ok"


async def test_deadline_that_passes_while_waiting_is_told_from_a_late_answer():
    context = tls()
    async with (
        client_with(at_once=1, setting_up=1, connect_seconds=1.0) as client,
        run_server(Server(first="slow", slow_seconds=0.9)) as server,
    ):

        async def waits(seconds: float) -> bool:
            with measure_waiting() as waiting, pytest.raises(TimeoutError):
                async with asyncio.timeout(seconds):
                    await ask(client, server, context)
            return waiting.was_mostly_waiting

        # The last gets its place when the first gives up, too late to be answered.
        assert await asyncio.gather(waits(0.6), waits(0.1), waits(0.63)) == [False, True, True]


async def test_loop_that_is_held_meanwhile_does_not_count_as_connecting(clock: Clock):
    context = tls()
    async with client_with(at_once=1, setting_up=1, connect_seconds=0.2) as client, run_server() as server:
        asked = asyncio.create_task(ask(client, server, context))
        await turns(3)
        assert server.resumed == []  # it is under way
        clock.hold(0.4)
        assert await asked == b"ok"


async def test_who_takes_no_connection_is_given_up():
    async with client_with(at_once=1, setting_up=1, connect_seconds=0.1) as client:
        with socket.create_server(("127.0.0.1", 0)) as deaf, pytest.raises(ConnectingTookTooLong):
            await ask(client, Server(origin=f"https://127.0.0.1:{deaf.getsockname()[1]}"), tls())
