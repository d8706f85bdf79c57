"""Turns for the questions of pages, so that of many pages at one moment some finish in time.

A process has one processor. If it began sixty pages of twenty questions at once, it would finish none before the
deadlines: each step of a question would wait for a step of all others. So a question waits for its turn before any
work is done for it; its deadline starts with the turn, and turns are short.

A slow source delays nobody else: a turn ends after a few ticks of the loop, whether or not its question has ended. On
an idle loop these take a tenth of a second; the busier the loop, the longer they take, and the fewer new questions
begin. The gate of a source limits how many questions it has under way (`gatekeeper`).
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

AT_ONCE = 32  # more than the questions of one page, so that none of them waits for another
TICKS = 5  # of a turn
TICK_SECONDS = 0.02  # on an idle loop


class Turn:
    """One turn. It ends at `end`, or by itself after TICKS ticks."""

    def __init__(self, turns: "CallTurns") -> None:
        self._turns, self._left = turns, TICKS
        self._loop = asyncio.get_running_loop()
        self._timer = self._loop.call_later(TICK_SECONDS, self._tick)

    def end(self) -> None:
        """Give the turn to the next in line; a second call does nothing."""
        self._timer.cancel()
        if self._left:
            self._left = 0
            self._turns.give_back()

    def _tick(self) -> None:
        if self._left == 1:
            self.end()
        else:
            self._left -= 1
            # From now on, and not from when this tick was due: time in which the loop was blocked does not count.
            self._timer = self._loop.call_later(TICK_SECONDS, self._tick)


class CallTurns:
    """A fixed number of turns at once, first come, first served."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._free = at_once
        self._waiting: deque[asyncio.Future[None]] = deque()

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn, and end it with the block if it has not ended before."""
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
        """Hand a turn that has ended to the next in line."""
        while self._waiting:
            first = self._waiting.popleft()
            if not first.done():
                first.set_result(None)
                return
        self._free += 1

    async def _wait(self) -> None:
        notice = asyncio.get_running_loop().create_future()
        self._waiting.append(notice)
        try:
            await notice
        except BaseException:
            if notice in self._waiting:
                self._waiting.remove(notice)
            elif not notice.cancelled():
                # The turn was given at the moment this waiter was cancelled: the next one gets it.
                self.give_back()
            raise


page_turns = CallTurns()
