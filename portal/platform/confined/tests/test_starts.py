"""A fork server that starts: no job pays for it, none takes it for deaf; walls that do not hold stop the start."""

import asyncio
import errno
import os
import socket

import pytest

from portal.platform.confined import programs, walls
from portal.platform.confined.errors import NotConfined, NotRun
from portal.platform.confined.programs import Confinement
from portal.platform.confined.tests import slow_program
from portal.platform.confined.walls import BOTH, LANDLOCK, SECCOMP
from tests.waiting import PATIENCE, until

SLOW = slow_program.__name__
REACHING = "portal.platform.confined.tests.reaching_program"
LESS_THAN_A_START = slow_program.SECONDS - 0.5

pytestmark = pytest.mark.security


@pytest.fixture
def slow():
    """A fork server that takes no job for some seconds after each start."""
    made = Confinement([SLOW])
    yield made
    made.stop()


def answers_of(confinement: Confinement, count: int, seconds: float):
    jobs = (confinement.run(SLOW, str(n).encode(), seconds=seconds) for n in range(count))
    return asyncio.gather(*jobs, return_exceptions=True)


async def test_no_job_pays_for_the_start_of_a_fork_server(slow):
    """Not who comes while another's job has it started either."""
    assert await answers_of(slow, 3, LESS_THAN_A_START) == [b"0", b"1", b"2"]


async def test_no_job_pays_for_the_start_of_the_next_fork_server(slow):
    """Whose job the first one took with it when it died, or who found it dead, begins again with the next."""
    await slow.run(SLOW, b"", seconds=PATIENCE)
    jobs = asyncio.ensure_future(answers_of(slow, 3, LESS_THAN_A_START))
    await asyncio.sleep(0)
    slow._process.kill()
    assert await jobs == [b"0", b"1", b"2"]


async def test_fork_server_that_starts_is_not_taken_for_deaf(slow, monkeypatch):
    monkeypatch.setattr(programs, "DEAF_SECONDS", 0.1)
    first = asyncio.ensure_future(answers_of(slow, 1, PATIENCE))
    await until(lambda: slow.process)
    before = slow.process
    await asyncio.sleep(0.5)
    assert await answers_of(slow, 1, PATIENCE) == await first == [b"0"]
    assert slow.process == before


def test_fork_server_serves_another_loop_after_the_one_that_started_it():
    made = Confinement([])
    try:
        for _ in range(2):
            assert asyncio.run(made.run(programs.TRIAL, b"", seconds=PATIENCE)) == b""
    finally:
        made.stop()


async def test_who_leaves_does_not_end_the_start_that_others_wait_for(slow):
    first = asyncio.ensure_future(slow.run(SLOW, b"", seconds=PATIENCE))
    others = asyncio.ensure_future(answers_of(slow, 2, LESS_THAN_A_START))
    await until(lambda: slow.process)
    before = slow.process
    first.cancel()
    assert await others == [b"0", b"1"]
    assert slow.process == before


@pytest.mark.skipif(walls.missing() != [], reason="this kernel lacks a wall by itself")
@pytest.mark.parametrize(
    ("optional", "missing"), [(False, []), (False, BOTH), (True, []), (True, [LANDLOCK]), (True, [SECCOMP])]
)
async def test_walls_that_stand_and_do_not_hold_stop_the_start(monkeypatch, optional, missing):
    """Walls that may be missing must hold all the same where the kernel has them, the other one or both."""
    monkeypatch.setattr(programs, "TRIAL", REACHING)
    monkeypatch.setattr(walls, "missing", lambda: list(missing))
    made = Confinement([], optional=optional)
    try:
        with pytest.raises(NotConfined, match="a file"):
            await made.start()
    finally:
        made.stop()


@pytest.mark.skipif(walls.missing() != [], reason="this kernel lacks a wall by itself")
async def test_what_is_reached_where_all_that_would_stop_it_is_missing_is_forgiven(monkeypatch):
    monkeypatch.setattr(programs, "TRIAL", REACHING)
    monkeypatch.setattr(walls, "missing", lambda: list(BOTH))
    made = Confinement([], optional=True)
    try:
        await made.start()
    finally:
        made.stop()


@pytest.mark.parametrize("of", [(socket, "socketpair"), (os, "pipe")])
async def test_job_without_descriptors_is_not_run(monkeypatch, of):
    def refuse():
        raise OSError(errno.EMFILE, "Too many open files")

    made = Confinement([])
    await made.start()
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(*of, refuse)
    try:
        with pytest.raises(NotRun, match="Too many open files"):
            await made.run(programs.TRIAL, b"", seconds=PATIENCE)
        assert len(os.listdir("/proc/self/fd")) == before
    finally:
        monkeypatch.undo()
        made.stop()
