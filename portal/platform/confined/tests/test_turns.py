"""One of a person at a time, people in the order in which they came, and nobody for ever."""

import asyncio

import pytest

from portal.platform.confined.errors import NoTurn
from portal.platform.confined.turns import PersonTurns


class Work:
    """Takes turns and notes whose work began; each goes on until it is let go."""

    def __init__(self, turns):
        self.turns = turns
        self.began = []
        self.gates = {}
        self.tasks = []

    async def _one(self, who, name):
        async with self.turns.take(who):
            self.began.append(name)
            gate = self.gates[name] = asyncio.Event()
            await gate.wait()

    async def wants(self, who, *names):
        for name in names:
            self.tasks.append(asyncio.create_task(self._one(who, name)))
            await asyncio.sleep(0)

    async def ends(self, name):
        self.gates[name].set()
        for _ in range(10):
            await asyncio.sleep(0)


async def test_nobody_waits_behind_the_pile_of_another():
    work = Work(PersonTurns(1, waiting=16, patience=5))
    await work.wants("An", *(f"An {n}" for n in range(16)))
    await work.wants("Bo", "Bo 0")
    await work.ends("An 0")
    await work.ends("Bo 0")
    assert work.began[:3] == ["An 0", "Bo 0", "An 1"]
    for task in work.tasks:
        task.cancel()
    await asyncio.gather(*work.tasks, return_exceptions=True)
    assert work.turns._own == {}


async def test_one_of_a_person_runs_at_a_time_and_others_beside_it():
    work = Work(PersonTurns(2, waiting=1, patience=5))
    await work.wants("An", "An 0", "An 1")
    await work.wants("Bo", "Bo 0")
    assert work.began == ["An 0", "Bo 0"]
    with pytest.raises(NoTurn):
        async with work.turns.take("An"):
            pass
    for name in ("An 0", "Bo 0", "An 1"):
        await work.ends(name)
    await asyncio.gather(*work.tasks)


async def test_nobody_waits_for_ever_and_who_left_holds_nothing():
    turns = PersonTurns(1, waiting=1, patience=0.02)
    async with turns.take("An"):
        for who in ("An", "Bo"):
            with pytest.raises(NoTurn):
                async with turns.take(who):
                    pass
        leaving = asyncio.create_task(turns.take("Bo").__aenter__())
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
    async with turns.take("Bo"):
        pass
    assert turns._own == {}


async def test_trouble_of_the_work_is_its_own():
    turns = PersonTurns(1, waiting=1, patience=5)
    with pytest.raises(TimeoutError):
        async with turns.take("An"):
            raise TimeoutError
    assert turns._own == {}
