"""What is asked twice is done once, in whatever processes."""

import asyncio
import os
from datetime import timedelta

import pytest

from portal.platform.access import once
from portal.platform.keys.boxes import Box
from tests.waiting import PATIENCE

pytestmark = pytest.mark.security


class Work:
    """Something that must be done once, and takes a while."""

    def __init__(self, answer: bytes | None = b"done") -> None:
        self.mark, self.box = os.urandom(32), Box(os.urandom(32))
        self.answer = answer
        self.times = 0

    async def act(self) -> bytes | None:
        self.times += 1
        await asyncio.sleep(0.1)
        return self.answer

    async def done(self):
        return await once.once(self.mark, self.box, self.act)

    async def done_in_another_process(self):
        """Send the request as if another process did: without what this process knows of those under way."""
        until = asyncio.get_running_loop().time() + PATIENCE
        return await once._wait_or_claim(self.mark, self.box, self.act, None, until)


async def test_work_is_done_by_the_first_of_all_processes_and_answered_to_all(database):
    work = Work()
    here = [work.done() for _ in range(3)]
    given = await asyncio.gather(*here, *(work.done_in_another_process() for _ in range(2)))
    assert [one.answer for one in given] == [b"done"] * 5
    assert ([one.is_first for one in given].count(True), {one.is_late for one in given}) == (1, {False})
    later = await work.done()
    assert (later.answer, later.is_first, later.is_late, work.times) == (b"done", False, True, 1)


async def test_work_that_came_to_nothing_is_done_again_by_who_waits(database):
    work = Work(answer=None)
    assert await asyncio.gather(work.done(), work.done(), work.done_in_another_process()) == [None] * 3
    assert work.times == 3


@pytest.mark.parametrize("moment", [0, 0.001, 0.01, 0.05])
async def test_work_goes_on_when_who_asked_leaves_at_any_moment(database, moment):
    work = Work()
    first = asyncio.create_task(work.done())
    await asyncio.sleep(moment)
    first.cancel()
    await once.wait_for_ends(5)
    assert not once._under_way
    given = await work.done()
    assert (given.answer, work.times) == (b"done", 1)


async def test_answer_opens_for_nobody_else(database):
    work = Work()
    await work.done()
    work.box = Box(os.urandom(32))
    assert (await work.done(), work.times) == (None, 1)


async def test_returns_that_nobody_repeats_are_taken_away(database, as_worker, past_walls):
    work = Work()
    await work.done()
    past_walls.execute("update access_once set started_at = '2026-01-01' where mark = %s", [work.mark])
    (begun,) = past_walls.execute("select started_at from access_once where mark = %s", [work.mark]).fetchone()
    async with as_worker():
        assert [await once.expire(begun), await once.expire(begun + timedelta(seconds=1))] == [0, 1]
    assert past_walls.execute("select count(*) from access_once where mark = %s", [work.mark]).fetchone() == (0,)
