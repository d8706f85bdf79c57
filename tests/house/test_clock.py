"""The clock of tests passes where everybody waits, and for nobody who is slow."""

import asyncio
import socket
import time
from threading import Event, Thread

import pytest

from tests.clock import Clock, Pace

HOUR = 3600.0


async def test_everybody_who_waits_is_at_once_as_late_as_the_first_of_them(clock: Clock):
    began, ended = time.monotonic(), []

    async def waits(seconds: float) -> None:
        await asyncio.sleep(seconds)
        ended.append((seconds, round(time.monotonic() - began, 3)))

    await asyncio.gather(waits(2 * HOUR), waits(HOUR))
    assert ended == [(HOUR, HOUR), (2 * HOUR, 2 * HOUR)]


async def test_work_takes_no_time(clock: Clock):
    began = clock.now()
    async with asyncio.timeout(0.001):
        asyncio.get_running_loop().call_soon(time.sleep, 0.01)
        await asyncio.sleep(0)
    assert clock.now() == began


async def test_thread_of_the_loop_is_waited_for(clock: Clock):
    async with asyncio.timeout(HOUR):
        assert await asyncio.to_thread(lambda: time.sleep(0.02) or "done") == "done"


@pytest.mark.parametrize("pace", [Pace.STANDS, Pace.JUMPS])
async def test_somebody_else_is_waited_for_where_they_are_said_to_be_at_work(clock: Clock, pace: Pace):
    clock.pace = lambda: pace
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    began, may_answer = clock.now(), Event()
    answering = Thread(target=lambda: may_answer.wait() and theirs.send(b"answer"))
    answering.start()
    try:
        if pace is Pace.JUMPS:
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(HOUR):
                    await asyncio.get_running_loop().sock_recv(ours, 10)
            assert clock.now() == pytest.approx(began + HOUR)
        else:
            asyncio.get_running_loop().call_soon(may_answer.set)
            async with asyncio.timeout(HOUR):
                assert await asyncio.get_running_loop().sock_recv(ours, 10) == b"answer"
            assert clock.now() == began
    finally:
        may_answer.set()
        answering.join()
        ours.close()
        theirs.close()
