"""Whose turn it is, and how long a turn lasts."""

import asyncio
import time

from portal.platform.sources import turns
from portal.platform.sources.turns import Turns


async def begun(several: Turns, count: int, seconds: float) -> tuple[list[asyncio.Task[None]], list[int]]:
    """Begin questions that take so long; returns them, and which have their turn once the loop has nothing to do."""
    have: list[int] = []

    async def ask(number: int) -> None:
        async with several.turn():
            have.append(number)
            await asyncio.sleep(seconds)

    tasks = [asyncio.create_task(ask(number)) for number in range(count)]
    await asyncio.sleep(0.005)
    return tasks, have


async def test_turns_are_given_in_order_as_questions_end() -> None:
    tasks, have = await begun(Turns(2), 6, 0.01)
    assert have == [0, 1]
    await asyncio.gather(*tasks)
    assert have == [0, 1, 2, 3, 4, 5]


async def test_question_that_its_source_holds_up_keeps_nobody_waiting() -> None:
    tasks, have = await begun(Turns(2), 6, 10)
    for expected in ([0, 1], [0, 1, 2, 3], [0, 1, 2, 3, 4, 5]):
        assert have == expected
        await asyncio.sleep(turns.TICKS * turns.TICK_SECONDS + 0.015)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_loop_that_is_busy_begins_fewer() -> None:
    tasks, have = await begun(Turns(1), 2, 10)
    for _ in range(2):
        # Long enough for all ticks of an idle loop, but one of this.
        time.sleep(turns.TICKS * turns.TICK_SECONDS)  # noqa: ASYNC251 - it is to hold the loop
        await asyncio.sleep(0)
    assert have == [0]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    several = Turns(1)
    tasks, have = await begun(several, 4, 0.02)
    tasks[0].cancel()
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert have == [0, 2, 3]
    async with asyncio.timeout(0.05), several.turn():
        pass
