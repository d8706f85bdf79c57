"""The time to run a program in a confined child process: one that only checks whether its walls stand (`TRIAL`).

The value is the fastest of many, since other load can only make a run slower.
"""

import asyncio
import time

from portal.platform.confined.programs import TRIAL, Confinement

from .figures import Figure, median, round_off

TIMES = 200
SECONDS = 20.0  # after which a child has failed; far more than one takes


def measure() -> Figure:
    """Measure a child from the call to its answer, once the fork server has started.

    start_ms: from nothing to the first answer, so with the start of the fork server.
    """
    began = time.perf_counter()
    # These programs are not run: the fork server imports them, so each child has their libraries in memory.
    confinement = Confinement(["portal.features.profile.photo_program", "portal.platform.paper.typeset_program"])
    try:
        with asyncio.Runner() as runner:
            runner.run(confinement.start())
            started = time.perf_counter() - began
            samples = runner.run(_samples(confinement))
    finally:
        confinement.stop()
    more: dict[str, object] = {"median_ms": round_off(median(samples)), "start_ms": round_off(1000 * started)}
    return Figure("confined_child_ms", min(samples), "ms", 5.0, more)


async def _samples(confinement: Confinement) -> list[float]:
    samples = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await confinement.run(TRIAL, b"", seconds=SECONDS)
        samples.append(1000 * (time.perf_counter() - began))
    return samples
