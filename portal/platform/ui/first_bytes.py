"""Pages of which nothing is sent yet: what is done for pages that people already see lets them go first.

Only those that were asked for before it: whoever asks for ever more pages keeps nobody waiting.
"""

import asyncio
from collections import deque
from collections.abc import Hashable

PATIENCE = 0.3  # seconds that anybody waits for the pages of others, however many there are

# Both in the order of their moments (of the loop's clock): pages, and whoever waits for those that were before them.
_due: dict[Hashable, float] = {}
_waiting: deque[tuple[float, asyncio.Future[None]]] = deque()


def expect(page: Hashable) -> None:
    """Note that a page was asked for."""
    now = asyncio.get_running_loop().time()
    _forget(now)
    _due.pop(page, None)
    _due[page] = now


def sent(page: Hashable) -> bool:
    """Note that a page's first byte is on its way, or that nobody need wait for it; more than once does no harm.

    Tell whether anybody would have waited: a page that something else holds up is expected again when it goes on.
    """
    was_due = _due.pop(page, None) is not None
    if was_due:
        _wake()
    return was_due


async def let_go_first() -> None:
    """Wait until every page that was asked for by now has its first byte, for a moment at most."""
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
    """Forget those whose reader has left before anything was sent, the oldest first."""
    while _due and (oldest := next(iter(_due)), _due[oldest])[1] + PATIENCE < now:
        del _due[oldest]


def _wake() -> None:
    oldest = next(iter(_due.values()), float("inf"))
    while _waiting and _waiting[0][0] < oldest:
        _, turn = _waiting.popleft()
        if not turn.done():
            turn.set_result(None)
