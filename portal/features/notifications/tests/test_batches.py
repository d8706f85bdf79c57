"""What arrives while a batch is under way makes up the next, and what fails fails alone."""

import asyncio

import pytest

from portal.features.notifications.batches import Batches
from portal.platform.database.pool import DatabaseBusy
from tests.waiting import turns


class Town:
    """Runs batches of words once it is let; "bad" makes its batch fail, "busy" says that the database is."""

    def __init__(self):
        self.gate = asyncio.Event()
        self.batches = []
        self.of = Batches(self.run, len, most=10)

    async def run(self, words):
        self.batches.append(words)
        await self.gate.wait()
        if "busy" in words:
            raise DatabaseBusy("pool")
        if "bad" in words:
            raise ValueError("bad")
        return [word.upper() for word in words]

    async def take_all(self, *words):
        """Take the first, and the others while it is under way; give each result or error."""
        first = asyncio.create_task(self.of.take(words[0]))
        await turns()
        others = [asyncio.create_task(self.of.take(word)) for word in words[1:]]
        await turns()
        self.gate.set()
        return await asyncio.gather(first, *others, return_exceptions=True)


async def test_what_arrives_meanwhile_is_the_next_batch_as_far_as_it_fits():
    town = Town()
    assert await town.take_all("one", "two", "three", "four", "a word that is long", "six") == [
        *("ONE", "TWO", "THREE", "FOUR", "A WORD THAT IS LONG", "SIX")
    ]
    assert town.batches == [["one"], ["two", "three"], ["four"], ["a word that is long"], ["six"]]


async def test_what_fails_fails_alone():
    town = Town()
    one, two, bad, four = await town.take_all("one", "two", "bad", "four")
    assert (one, two, four, repr(bad)) == ("ONE", "TWO", "FOUR", "ValueError('bad')")
    assert town.batches == [["one"], ["two", "bad", "four"], ["two"], ["bad"], ["four"]]


async def test_a_busy_database_is_not_asked_again_for_each():
    town = Town()
    _, two, busy = await town.take_all("one", "two", "busy")
    assert isinstance(two, DatabaseBusy)
    assert isinstance(busy, DatabaseBusy)
    assert town.batches == [["one"], ["two", "busy"]]


async def test_who_gave_up_waiting_keeps_nobody_up():
    town = Town()
    gone = asyncio.create_task(town.of.take("gone"))
    await turns()
    gone.cancel()
    assert await town.take_all("one", "two") == ["ONE", "TWO"]
    with pytest.raises(asyncio.CancelledError):
        await gone
