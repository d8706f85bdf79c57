"""Turns to have a program run: one at a time for each person, and people in the order in which they came."""

import asyncio
from collections.abc import AsyncIterator, Hashable
from contextlib import AsyncExitStack, asynccontextmanager

from .errors import NoTurn


class _OwnTurns:
    """One person's turn, and how many of their requests want it."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.wanted = 0


class PersonTurns:
    """Turns for a number of people at once. A person's requests wait for each other first, so nobody waits for many
    requests of one other person.
    """

    def __init__(self, at_once: int, *, waiting: int, patience: float) -> None:
        """at_once: turns in all. waiting: requests of a person that may wait. patience: seconds that each waits."""
        self._places = asyncio.Semaphore(at_once)
        self._waiting = waiting
        self._patience = patience
        self._own: dict[Hashable, _OwnTurns] = {}

    @asynccontextmanager
    async def take(self, who: Hashable) -> AsyncIterator[None]:
        """Hold a turn of a person for as long as the block lasts. Raise NoTurn."""
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
