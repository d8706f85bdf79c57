"""Turns for the questions of pages: of many pages at one moment, some are asked before the others.

A worker has one processor. Whoever begins sixty pages of twenty questions at the same moment ends none of them before
the deadlines: each step of each question waits for a step of all the others. So a question waits for its turn before
anything is done for it; its clock begins with the turn, and what a turn takes is short.

A source that is slow keeps nobody else waiting: a turn ends after a few ticks of the loop, whatever became of the
question. On an idle loop those are a tenth of a second; the more it has to do, the longer a tick takes, and the fewer
new questions are begun. How many questions a source may have under way is for its gate to say (`gates`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 32  # more than a page has, so one page never waits for itself
TICKS = 5
TICK_SECONDS = 0.02


class Turn:
    """One turn: it ends when it is ended, or after its ticks."""

    def __init__(self, turns: "Turns") -> None:
        self._turns, self._left = turns, TICKS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def end(self) -> None:
        """Give the turn to the next; more than once does no harm."""
        self._timer.cancel()
        if self._left:
            self._left = 0
            self._turns.give_back()

    def _tick(self) -> None:
        if self._left == 1:
            self.end()
        else:
            self._left -= 1
            # Counted from now: what the loop was held by meanwhile is no time for the question.
            self._timer = self._loop.call_later(TICK_SECONDS, self._tick)


class Turns:
    """So many at once, first come first served."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and have it inside as long as it lasts."""
        if self._free:
            self._free -= 1
        else:
            await self._wait()
        turn = Turn(self)
        try:
            yield
        finally:
            turn.end()

    def give_back(self) -> None:
        """Let the next have the turn of who had one."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                return
        self._free += 1

    async def _wait(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except BaseException:
            if turn in self._waiting:
                self._waiting.remove(turn)
            elif not turn.cancelled():
                # It was given and given up at the same moment.
                self.give_back()
            raise


of_pages = Turns()
