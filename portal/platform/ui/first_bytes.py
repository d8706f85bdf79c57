"""Pages of which nothing is sent yet: what is done for pages that people already see lets them go first."""

import asyncio
from collections.abc import Hashable

PATIENCE = 0.3  # seconds that anybody waits for the pages of others, however many come

_due: dict[Hashable, float] = {}
_waiting: list[asyncio.Future[None]] = []


def expect(page: Hashable) -> None:
    """Note that a page was asked for."""
    now = asyncio.get_running_loop().time()
    _forget(now)
    _due[page] = now


def sent(page: Hashable) -> bool:
    """Note that a page's first byte is on its way, or that nobody need wait for it; more than once does no harm.

    Tell whether anybody would have waited: a page that something else holds up is expected again when it goes on.
    """
    was_due = _due.pop(page, None) is not None
    if was_due and not _due:
        _wake()
    return was_due


async def let_go_first() -> None:
    """Wait until no page that was asked for is without its first byte, for a moment at most."""
    loop = asyncio.get_running_loop()
    _forget(loop.time())
    if not _due:
        return
    turn = loop.create_future()
    _waiting.append(turn)
    try:
        async with asyncio.timeout(PATIENCE):
            await turn
    except TimeoutError:
        pass
    finally:
        if turn in _waiting:
            _waiting.remove(turn)


def _forget(now: float) -> None:
    """Forget those whose reader has left before anything was sent, the oldest first."""
    while _due and (oldest := next(iter(_due)), _due[oldest])[1] + PATIENCE < now:
        del _due[oldest]


def _wake() -> None:
    while _waiting:
        turn = _waiting.pop()
        if not turn.done():
            turn.set_result(None)
