"""Wait for what another task, thread or process brings about, however long this machine takes for it."""

import asyncio
from collections.abc import Awaitable, Callable
from inspect import isawaitable

PATIENCE = 60.0  # real or of the test's clock; it ends tests that hang, and no other
LOOK = 0.01


async def until(is_so: Callable[[], object | Awaitable[object]]) -> None:
    """Wait until `is_so()`, or the awaitable that it gives, is true; fail after PATIENCE seconds."""
    end = asyncio.get_running_loop().time() + PATIENCE
    while True:
        found = is_so()
        if await found if isawaitable(found) else found:
            return
        assert asyncio.get_running_loop().time() < end, "it did not come about"
        await asyncio.sleep(LOOK)


async def turns(count: int = 10) -> None:
    """Let the loop run `count` times: every task that waits for nothing outside the loop goes on meanwhile."""
    for _ in range(count):
        await asyncio.sleep(0)
