"""Whose turn it is to have a program run: one of a person at a time, and people in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

from .errors import NoTurn


class _OwnTurns:
    """What one person has: the turn itself, and how many want it."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.wanted = 0


class PersonTurns:
    """So many at once. Who has one waits for themselves first, so nobody waits behind somebody else's pile."""

    def __init__(self, at_once: int, *, waiting: int, patience: float) -> None:
        """Allow a person so many that wait beside the one that runs, each for so many seconds."""
        self._places = asyncio.Semaphore(at_once)
        self._waiting = waiting
        self._patience = patience
        self._own: dict[Hashable, _OwnTurns] = {}

    @asynccontextmanager
    async def take(self, who: Hashable) -> AsyncIterator[None]:
        """Hold a turn as long as the block lasts, however it ends. Raise NoTurn."""
        own = self._own.setdefault(who, _OwnTurns())
        if own.wanted > self._waiting:
            raise NoTurn
        own.wanted += 1
        try:
            async with AsyncExitStack() as held:
                try:
                    async with asyncio.timeout(self._patience):
                        await held.enter_async_context(own.turn)
                        await held.enter_async_context(self._places)
                except TimeoutError:
                    raise NoTurn from None
                yield
        finally:
            own.wanted -= 1
            if not own.wanted:
                del self._own[who]
