"""Run the finders of all blocks of the home page at once; none can delay the page or make it fail."""

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
    """What `find_all` yields last of a block. has_failed: it raised an error, ran out of time, or was cancelled."""

    has_failed: bool


def all_blocks() -> Sequence[Block]:
    """List the blocks of the features of this portal, in the order of the page."""
    return sorted(
        (block for feature in installed.features() for block in feature.blocks), key=lambda block: block.order
    )


type BlockItem = tuple[Block, BlockFinding | BlockEnd]


async def find_all(blocks: Sequence[Block], request: SignedInRequest) -> AsyncGenerator[list[BlockItem]]:
    """Yield what blocks find as soon as they find it, what arrives together in one list; last of each a BlockEnd.

    A consumer that stops early cancels each block and waits for it, so that answers that came meanwhile are kept.
    """
    arrived: asyncio.Queue[BlockItem] = asyncio.Queue()

    async def look(block: Block) -> None:
        async with asyncio.timeout(block.seconds), aclosing(block.find(request)) as finding:
            async for item in finding:
                arrived.put_nowait((block, item))

    def end(block: Block, task: asyncio.Task[None]) -> None:
        # A callback of the task, so that it runs in every case: the page waits for the end of each block.
        failure = asyncio.CancelledError() if task.cancelled() else task.exception()
        if failure is not None and not has_left:
            # Log the type only: the message of an error can quote a value.
            log.error("block %s failed: %s %s", block.name, type(failure).__name__, request.correlation_id)
        arrived.put_nowait((block, BlockEnd(failure is not None)))

    has_left = False
    tasks = [asyncio.create_task(look(block)) for block in blocks]
    for block, task in zip(blocks, tasks, strict=True):
        task.add_done_callback(partial(end, block))
    running = len(tasks)
    try:
        while running:
            items = [await arrived.get()]
            while not arrived.empty():
                items.append(arrived.get_nowait())
            running -= sum(isinstance(item, BlockEnd) for _, item in items)
            yield items
    finally:
        has_left = True
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
