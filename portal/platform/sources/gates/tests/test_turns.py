"""Turns: in which order they are given, and how long one lasts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from portal.platform.sources.gates import turns
from portal.platform.sources.gates.turns import CallTurns
from tests.clock import Clock

# All of it is in this loop, on the clock of which no tick is late because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


class Questions:
    """Questions that end when they are told to, and the numbers of those that had their turn."""

    def __init__(self, several: CallTurns, count: int) -> None:
        self.have: list[int] = []
        self.ends = [asyncio.Event() for _ in range(count)]
        self.all_have = asyncio.Event()
        self.tasks = [asyncio.create_task(self._ask(several, number)) for number in range(count)]

    async def _ask(self, several: CallTurns, number: int) -> None:
        async with several.turn():
            self.have.append(number)
            if len(self.have) == len(self.ends):
                self.all_have.set()
            await self.ends[number].wait()


@asynccontextmanager
async def under_way(several: CallTurns, count: int) -> AsyncIterator[Questions]:
    """Ask so many at once, and take them back in the end."""
    questions = Questions(several, count)
    await asyncio.sleep(0)
    yield questions
    for task in questions.tasks:
        task.cancel()
    await asyncio.gather(*questions.tasks, return_exceptions=True)


async def test_turns_are_given_in_order_as_questions_end() -> None:
    async with under_way(CallTurns(2), 4) as questions:
        assert questions.have == [0, 1]
        questions.ends[1].set()
        await questions.tasks[1]
        await asyncio.sleep(0)
        assert questions.have == [0, 1, 2]


async def test_questions_that_their_sources_hold_up_keep_nobody_waiting() -> None:
    async with under_way(CallTurns(2), 6) as questions, asyncio.timeout(5):
        await questions.all_have.wait()
        assert questions.have == [0, 1, 2, 3, 4, 5]


async def test_loop_that_is_busy_begins_fewer(clock: Clock) -> None:
    async with under_way(CallTurns(1), 2) as questions:
        for _ in range(2):
            # Long enough for all ticks of an idle loop, but one of this.
            clock.hold(turns.TICKS * turns.TICK_SECONDS)
            for _ in range(turns.TICKS):
                await asyncio.sleep(0)
        assert questions.have == [0]


async def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    several = CallTurns(1)
    async with under_way(several, 4) as questions:
        for task in questions.tasks[:2]:
            task.cancel()
        await asyncio.gather(*questions.tasks[:2], return_exceptions=True)
        await asyncio.sleep(0)
        assert questions.have == [0, 2]
    async with asyncio.timeout(1), several.turn():
        pass
