"""Let all blocks of the home page look at once; none can delay the page or make it fail."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial
from typing import NamedTuple

from portal.platform.access.types import SignedInRequest
from portal.platform.feature import installed
from portal.platform.feature.home import Block, BlockFinding

log = logging.getLogger("portal.home")


class BlockEnd(NamedTuple):
    """The end of a block; has_failed: it raised an error, ran out of time, or was stopped."""

    has_failed: bool


def blocks() -> Sequence[Block]:
    """List what the features of this portal bring, in the order of the page."""
    return sorted((each for one in installed.features() for each in one.blocks), key=lambda block: block.order)


type OfBlock = tuple[Block, BlockFinding | BlockEnd]


async def found_by(several: Sequence[Block], request: SignedInRequest) -> AsyncGenerator[list[OfBlock]]:
    """Yield what blocks find as soon as they find it, those of one moment together; of each last that it ended.

    Leaving early stops each block and waits for it, so that answers that came meanwhile are kept.
    """
    arrived: asyncio.Queue[OfBlock] = asyncio.Queue()

    async def look(block: Block) -> None:
        async with asyncio.timeout(block.seconds), aclosing(block.find(request)) as finding:
            async for found in finding:
                arrived.put_nowait((block, found))

    def end(block: Block, task: asyncio.Task[None]) -> None:
        # In every case: the page waits for the end of each block.
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        if failure is not None and not has_left:
            # Log the type only: the message of an error can quote a value.
            log.error("block %s failed: %s %s", block.name, type(failure).__name__, request.correlation_id)
        arrived.put_nowait((block, BlockEnd(failure is not None)))

    has_left = False
    tasks = [asyncio.create_task(look(block)) for block in several]
    for block, task in zip(several, tasks, strict=True):
        task.add_done_callback(partial(end, block))
    waiting = len(tasks)
    try:
        while waiting:
            there = [await arrived.get()]
            while not arrived.empty():
                there.append(arrived.get_nowait())
            waiting -= sum(isinstance(found, BlockEnd) for _, found in there)
            yield there
    finally:
        has_left = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
