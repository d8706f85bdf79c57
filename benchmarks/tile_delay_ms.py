"""How long after its source answered a tile appears.

The benchmark plays all sources itself (`benchmarks.upstream`) and reads the page on the same clock: the delay of a
tile runs from the moment its source has written its whole answer to the moment the tile's last byte has arrived. What
reading costs this process is counted too, so the figure errs on the high side.

The figure is of an overview whose twenty sources answer 10 ms apart, in any order. `all_at_once` is the hard case:
twenty answers at one moment, of which the last waits until the others' tiles are made.
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
from .scene import Scene, gather, scene
from .upstream import Upstream, listening

TARGET = 20.0  # milliseconds
WARM_UP = 5
OVERVIEWS = 30
FIRST_S, APART_S = 0.1, 0.01
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
    with gather() as folder, tempfile.TemporaryDirectory(prefix="mbp-bench-") as made:
        certificates = ensure(Path(made) / "certificates", "http://localhost")
        async with listening(sources_of(folder), certificates) as upstream:
            house = scene(folder, upstream.settings(certificates))
            on = await asyncio.to_thread(house.__enter__)
            try:
                return await _both(on, upstream)
            finally:
                await asyncio.to_thread(house.__exit__, None, None, None)


async def _both(on: Scene, upstream: Upstream) -> tuple[list[float], list[float]]:
    """Collect the delays in ms of every tile: answers spread in time, and all at once."""
    cookie = await asyncio.to_thread(on.sign_in)
    chance = random.Random(0)
    spread: list[float] = []
    at_once: list[float] = []
    for n in range(WARM_UP + OVERVIEWS):
        turns = chance.sample(range(len(on.sources)), len(on.sources))
        upstream.latency_s = {
            source.name: FIRST_S + turn * APART_S for source, turn in zip(on.sources, turns, strict=True)
        }
        one = await _delays(on, upstream, cookie)
        upstream.latency_s = {source.name: FIRST_S for source in on.sources}
        other = await _delays(on, upstream, cookie)
        if n >= WARM_UP:
            spread += one
            at_once += other
    return spread, at_once


async def _delays(on: Scene, upstream: Upstream, cookie: str) -> list[float]:
    """Read one overview; return each tile's delay in ms."""
    on.forget()
    upstream.answered.clear()
    address = urlsplit(on.house.portal)
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
    check(int(page[9:12]), bytes(page), len(on.sources))
    if arrived.keys() != upstream.answered.keys():
        raise UnexpectedAnswerError(f"{len(arrived)} tiles of {len(upstream.answered)} answers")
    return [(arrived[name] - upstream.answered[name]) * 1000 for name in arrived]
