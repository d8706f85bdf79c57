"""The server that a process runs: what it tells whom when it stops."""

import asyncio
from typing import Any

import pytest
import uvicorn

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
