"""What people lose of their overview while every second connection that is used again is reset.

Twenty sources over mutual TLS, played by this process (`upstream`), and one person who looks a hundred times, asking
every source each time. A proxy that drops idle connections, or a source that restarts, has the same effect.
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
from .scene import Scene, gather, scene
from .upstream import Upstream, listening

LOOKS = 100


def measure() -> Figure:
    """Count the tiles of two thousand that are not there."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        lost, tiles, resets = runner.run(_measure())
    return Figure("reuse_reset_lost", lost, "tiles", 0.0, {"tiles": tiles, "resets": resets})


async def _measure() -> tuple[int, int, int]:
    with gather() as folder, tempfile.TemporaryDirectory(prefix="mbp-bench-") as made:
        certificates = ensure(Path(made) / "certificates", "http://localhost")
        async with listening(sources_of(folder), certificates) as upstream:
            upstream.resets_at_reuse = True
            house = scene(folder, upstream.settings(certificates))
            on = await asyncio.to_thread(house.__enter__)
            try:
                lost, tiles = await asyncio.to_thread(_look, on)
            finally:
                await asyncio.to_thread(house.__exit__, None, None, None)
            _check(upstream)
            return lost, tiles, upstream.resets


def _look(on: Scene) -> tuple[int, int]:
    """Look so many times; return how many tiles were lost, and how many there should have been."""
    cookie = on.sign_in()
    lost = 0
    with closing(on.connect()) as connection:
        for _ in range(LOOKS):
            on.forget()
            found = outcomes(connection, cookie)
            lost += len(on.sources) - found["ready"] - found["nothing"]
    return lost, LOOKS * len(on.sources)


def _check(upstream: Upstream) -> None:
    if upstream.resets < LOOKS:
        raise UnexpectedAnswerError(f"only {upstream.resets} connections were reset")
