"""The server that a process runs: what it tells whom while it serves, and when it stops."""

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn

from portal.config import serving
from portal.config.serving import Server
from portal.platform.live import waking
from tests.waiting import until


async def test_pages_that_wait_for_news_hold_up_no_stop(monkeypatch: pytest.MonkeyPatch):
    over, begun = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(waking.wakes, "end", over.set)

    async def waits(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"first", "more_body": True})
        begun.set()
        await over.wait()
        await send({"type": "http.response.body", "body": b"last"})

    # It would be patient for a minute.
    config = uvicorn.Config(waits, port=0, lifespan="off", log_config=None, timeout_graceful_shutdown=60)
    server = Server(config)
    serving = asyncio.create_task(server._serve())
    await until(lambda: server.started)
    port = server.servers[0].sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: ours\r\n\r\n")
    await begun.wait()
    server.should_exit = True
    async with asyncio.timeout(30):
        assert b"last" in await reader.read()
        await serving
    writer.close()


@pytest.mark.parametrize("put_back_s", [0, 3600])
async def test_the_parent_hears_of_a_process_each_second_whatever_the_wall_clock_says(
    put_back_s: int, monkeypatch: pytest.MonkeyPatch
):
    beats: list[int] = []

    async def beat() -> None:
        beats.append(tick)

    monkeypatch.setattr(uvicorn.Config, "load_app", lambda _: None)
    server = serving.make_server(grace=1, beat=beat)
    server.config.load()
    for tick in range(40):  # a little less than ten a second
        now = 1_800_000_000 + tick / 9 - (put_back_s if tick >= 20 else 0)
        monkeypatch.setattr(uvicorn.server, "time", SimpleNamespace(time=lambda now=now: now))
        assert not await server.on_tick(tick)
    assert beats == [0, 10, 20, 30]
