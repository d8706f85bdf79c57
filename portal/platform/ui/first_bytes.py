"""Pages of which nothing has been sent yet go before further work on pages that people already see.

A page registers its request (`expect`) and its first byte (`register`); one that is under way waits for the others
(`let_go_first`). Only pages requested earlier go first, so that a flood of new requests delays nobody.
"""

import asyncio
from collections import deque
from collections.abc import Hashable

PATIENCE = 0.3  # seconds that a page waits for others at most, however many there are

# Pages without a first byte, and pages that wait for those: both with a moment of the loop's clock, the oldest first.
_due: dict[Hashable, float] = {}
_waiting: deque[tuple[float, asyncio.Future[None]]] = deque()


def expect(page: Hashable) -> None:
    """Register a page that was requested."""
    now = asyncio.get_running_loop().time()
    _forget(now)
    _due.pop(page, None)
    _due[page] = now


def register(page: Hashable) -> bool:
    """Register that a page's first byte was sent, or that nobody need wait for it; repeating this does no harm.

    Give whether the page was still expected. A page that will be held up by something else is registered before that,
    and expected again when it goes on.
    """
    was_due = _due.pop(page, None) is not None
    if was_due:
        _wake()
    return was_due


async def let_go_first() -> None:
    """Wait until every page requested by now has sent its first byte, at most PATIENCE."""
    loop = asyncio.get_running_loop()
    now = loop.time()
    _forget(now)
    if not _due:
        return
    turn = loop.create_future()
    waiter = (now, turn)
    _waiting.append(waiter)
    try:
        async with asyncio.timeout(PATIENCE):
            await turn
    except TimeoutError:
        pass
    finally:
        if waiter in _waiting:
            _waiting.remove(waiter)


def _forget(now: float) -> None:
    """Drop pages whose reader left before anything was sent, the oldest first."""
    while _due and (oldest := next(iter(_due)), _due[oldest])[1] + PATIENCE < now:
        del _due[oldest]


def _wake() -> None:
    """Wake the pages that wait for no page any more."""
    oldest = next(iter(_due.values()), float("inf"))
    while _waiting and _waiting[0][0] < oldest:
        _, turn = _waiting.popleft()
        if not turn.done():
            turn.set_result(None)
