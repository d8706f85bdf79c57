"""What is counted by several processes of one machine: limits hold over all of them, and the dead hold nothing."""

import asyncio
import subprocess
import sys

import pytest

from portal.config.budgets import Budgets, Limits, TooMuchError
from portal.config.quotas import ByteQuota, RequestQuota
from portal.config.shared_counts import CountKind, CountMemory, Counts, CountTable
from tests.clock import Clock

pytestmark = pytest.mark.security

AN = [("192.0.2.1", 1)]
IN_ANOTHER_PROCESS = """
import sys
from portal.config import shared_counts
from portal.config.quotas import RequestQuota
shared_counts.join(int(sys.argv[1]), 1)
returns = RequestQuota(shared_counts.counts(shared_counts.CountKind.RETURNS))
with returns.take([("192.0.2.1", 1)], 3) as is_counted:
    print(is_counted, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def parent() -> CountMemory:
    return CountMemory(2)


def as_seen_by(parent: CountMemory, own: int, kind: CountKind) -> Counts:
    """Give the counts that one of the processes would have."""
    return Counts(kind, CountTable.attach(parent.descriptor, own))


def test_network_has_so_many_requests_in_all_processes_together(parent: CountMemory):
    here = RequestQuota(as_seen_by(parent, 0, CountKind.RETURNS))
    another = subprocess.Popen(
        [sys.executable, "-c", IN_ANOTHER_PROCESS, str(parent.descriptor)],
        pass_fds=[parent.descriptor],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert another.stdout is not None
        assert another.stdout.readline() == b"True\n"
        with here.take(AN, 3) as second, here.take(AN, 3) as third, here.take(AN, 3) as fourth:
            assert (second, third, fourth) == (True, True, False)
            with here.take([("192.0.2.2", 1)], 3) as of_another:
                assert of_another
            # The process dies while it holds a place.
            another.kill()
            another.wait()
            with here.take(AN, 3) as not_yet:
                assert not not_yet
            parent.empty(1)
            with here.take(AN, 3) as again:
                assert again
    finally:
        another.kill()
        another.communicate()


def test_room_in_memory_is_of_all_processes_together(parent: CountMemory):
    here, there = (ByteQuota(as_seen_by(parent, own, CountKind.BYTES)) for own in (0, 1))
    with here.share(AN, 40) as grow_here, there.share([("192.0.2.2", 1)], 40) as grow_there:
        assert (grow_here(20), grow_here(1), grow_there(20), grow_there(1)) == (True, False, True, False)
    with there.share([("192.0.2.3", 2)], 40) as grow:
        assert grow(40)


async def test_citizen_has_one_budget_in_all_processes(parent: CountMemory, clock: Clock):
    now = [100.0]
    here, there = (Budgets(as_seen_by(parent, own, CountKind.PAGES), lambda: now[0]) for own in (0, 1))
    own = Limits(at_once=2, burst=4, per_second=50, waiting=1)
    leave = [await here.enter("an", own), await there.enter("an", own)]
    third = asyncio.create_task(there.enter("an", own))
    await asyncio.sleep(0.03)
    assert not third.done()
    with pytest.raises(TooMuchError):
        await there.enter("an", own)
    # A place that comes free in the other process is found.
    leave[0]()
    leave.append(await third)
    (await here.enter("bo", own))()
    for each in leave:
        each()
    # The pace is shared too: the fourth page of the burst began in the other process, so no fifth begins here.
    (await here.enter("an", own))()
    fifth = asyncio.create_task(here.enter("an", own))
    await asyncio.sleep(0.03)
    assert not fifth.done()
    now[0] += 1
    (await fifth)()


def test_what_nobody_shares_is_found_by_nobody_else():
    alone, another = (Counts(CountKind.PAGES, CountTable.alone()) for _ in range(2))
    alone.add(alone.slot("an"), 1)
    assert (alone.total_held(alone.slot("an")), another.total_held(another.slot("an"))) == (1, 0)
