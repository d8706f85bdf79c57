"""How many tiles overviews lack while every second question over a connection used before gets a reset.

This process plays twenty sources over mutual TLS (`upstream`); one person opens a hundred overviews, each of which
asks every source. A proxy that drops idle connections, or a source that restarts, has the same effect.
"""

import asyncio
import tempfile
from contextlib import closing
from pathlib import Path

import uvloop

from deploy.local.certificates import ensure

from .bodies import sources_of
from .browser import UnexpectedAnswerError, outcomes
from .figures import Figure
from .scene import Scene, gather, scene_from
from .upstream import Upstream, run_upstream

LOOKS = 100


def measure() -> Figure:
    """Count the tiles that are missing, of two thousand."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        lost, tiles, resets = runner.run(_measure())
    return Figure("reuse_reset_lost", lost, "tiles", 0.0, {"tiles": tiles, "resets": resets})


async def _measure() -> tuple[int, int, int]:
    with gather() as folder, tempfile.TemporaryDirectory(prefix="mbp-bench-") as path:
        certificates = ensure(Path(path) / "certificates", "http://localhost")
        async with run_upstream(sources_of(folder), certificates) as upstream:
            upstream.resets_at_reuse = True
            house = scene_from(folder, upstream.settings(certificates))
            scene = await asyncio.to_thread(house.__enter__)
            try:
                lost, tiles = await asyncio.to_thread(_look, scene)
            finally:
                await asyncio.to_thread(house.__exit__, None, None, None)
            _check(upstream)
            return lost, tiles, upstream.resets


def _look(scene: Scene) -> tuple[int, int]:
    """Open LOOKS overviews; return how many tiles were missing, and how many there should have been."""
    cookie = scene.sign_in()
    lost = 0
    with closing(scene.connect()) as connection:
        for _ in range(LOOKS):
            scene.forget()
            counts = outcomes(connection, cookie)
            lost += len(scene.sources) - counts["ready"] - counts["nothing"]
    return lost, LOOKS * len(scene.sources)


def _check(upstream: Upstream) -> None:
    if upstream.resets < LOOKS:
        raise UnexpectedAnswerError(f"only {upstream.resets} connections were reset")
