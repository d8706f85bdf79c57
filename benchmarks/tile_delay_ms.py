"""How long after its source answered a tile appears.

The benchmark plays all sources itself (`benchmarks.upstream`) and reads the page on the same clock: the delay of a
tile runs from the moment its source has written its whole answer to the moment the tile's last byte has arrived. The
time that this process takes to read counts too, so that the figure is rather too high.

The figure is of an overview whose twenty sources answer 10 ms apart, in random order. `all_at_once` is of twenty
answers at one moment, the last of which waits until the tiles of the others are made.
"""

import asyncio
import random
import re
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from deploy.local.certificates import ensure

from .bodies import sources_of
from .browser import OVERVIEW, SESSION, UnexpectedAnswerError, check
from .figures import Figure, median, p95, round_off
from .scene import Scene, gather, scene_from
from .upstream import Upstream, run_upstream

TARGET = 20.0  # milliseconds
WARM_UP = 5
OVERVIEWS = 30
FIRST_S, APART_S = 0.1, 0.01  # when the first source answers, and between two sources
_TILE = re.compile(rb'data-dataset="([^"]+)"(?: data-outcome="nothing"></div>|.*?<p class="source.*?</p>)', re.DOTALL)


def measure() -> Figure:
    """Measure thirty overviews of either kind."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        spread, at_once = runner.run(_measure())
    return Figure(
        "tile_delay_ms",
        p95(spread),
        "ms",
        TARGET,
        {
            "of": "p95",
            "median": round_off(median(spread)),
            "max": round_off(max(spread)),
            "samples": len(spread),
            "all_at_once": {
                "median": round_off(median(at_once)),
                "p95": round_off(p95(at_once)),
                "max": round_off(max(at_once)),
            },
        },
    )


async def _measure() -> tuple[list[float], list[float]]:
    with gather() as folder, tempfile.TemporaryDirectory(prefix="mbp-bench-") as path:
        certificates = ensure(Path(path) / "certificates", "http://localhost")
        async with run_upstream(sources_of(folder), certificates) as upstream:
            house = scene_from(folder, upstream.settings(certificates))
            scene = await asyncio.to_thread(house.__enter__)
            try:
                return await _both(scene, upstream)
            finally:
                await asyncio.to_thread(house.__exit__, None, None, None)


async def _both(scene: Scene, upstream: Upstream) -> tuple[list[float], list[float]]:
    """Collect the delays in ms of every tile: answers spread in time, and all at once."""
    cookie = await asyncio.to_thread(scene.sign_in)
    chance = random.Random(0)
    spread: list[float] = []
    at_once: list[float] = []
    for n in range(WARM_UP + OVERVIEWS):
        turns = chance.sample(range(len(scene.sources)), len(scene.sources))
        upstream.latency_s = {
            source.name: FIRST_S + turn * APART_S for source, turn in zip(scene.sources, turns, strict=True)
        }
        spread_delays = await _delays(scene, upstream, cookie)
        upstream.latency_s = {source.name: FIRST_S for source in scene.sources}
        at_once_delays = await _delays(scene, upstream, cookie)
        if n >= WARM_UP:
            spread += spread_delays
            at_once += at_once_delays
    return spread, at_once


async def _delays(scene: Scene, upstream: Upstream, cookie: str) -> list[float]:
    """Read one overview; return each tile's delay in ms."""
    scene.forget()
    upstream.answered.clear()
    address = urlsplit(scene.house.portal)
    reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
    head = f"GET {OVERVIEW} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {SESSION}={cookie}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    page = bytearray()
    arrived: dict[str, float] = {}
    seen = 0
    while received := await reader.read(65536):
        now = time.perf_counter()
        page += received
        for tile in _TILE.finditer(page, seen):
            arrived[tile[1].decode()] = now
            seen = tile.end()
    writer.close()
    check(int(page[9:12]), bytes(page), len(scene.sources))
    if arrived.keys() != upstream.answered.keys():
        raise UnexpectedAnswerError(f"{len(arrived)} tiles of {len(upstream.answered)} answers")
    return [(arrived[name] - upstream.answered[name]) * 1000 for name in arrived]
