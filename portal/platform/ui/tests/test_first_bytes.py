"""Pages of which nothing was sent yet go first, and no page waits for them long."""

import asyncio

import pytest

from portal.platform.ui import first_bytes
from tests.clock import Clock

# All of it is in this loop, on the clock of which nothing ends because the machine is slow.
pytestmark = pytest.mark.usefixtures("clock")


async def test_nobody_waits_when_all_is_sent() -> None:
    first_bytes.expect("page")
    first_bytes.register("page")
    first_bytes.register("page")
    async with asyncio.timeout(0.2):
        await first_bytes.let_go_first()


async def test_who_can_wait_goes_on_once_all_frames_are_sent() -> None:
    for page in ("one", "other"):
        first_bytes.expect(page)
    later = asyncio.create_task(first_bytes.let_go_first())
    first_bytes.register("one")
    await asyncio.sleep(0.01)
    assert not later.done()
    first_bytes.register("other")
    async with asyncio.timeout(0.2):
        await later


async def test_page_that_is_never_sent_holds_nobody_up_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_bytes, "PATIENCE", 0.03)
    first_bytes.expect("left")
    async with asyncio.timeout(1):
        await first_bytes.let_go_first()
    # Nor anybody again.
    async with asyncio.timeout(0.2):
        await first_bytes.let_go_first()
    assert (first_bytes._due, list(first_bytes._waiting)) == ({}, [])


async def test_pages_that_were_asked_for_later_hold_nobody_up(clock: Clock) -> None:
    first_bytes.expect(0)
    later = asyncio.create_task(first_bytes.let_go_first())
    await asyncio.sleep(0)
    clock.hold(0.001)
    # A flood: the next one is there before the one before it is answered.
    first_bytes.expect(1)
    first_bytes.register(0)
    async with asyncio.timeout(0.2):
        await later
    assert first_bytes.register(1)


async def test_who_leaves_while_waiting_leaves_nothing_behind() -> None:
    first_bytes.expect("page")
    later = asyncio.create_task(first_bytes.let_go_first())
    await asyncio.sleep(0)
    later.cancel()
    await asyncio.gather(later, return_exceptions=True)
    assert list(first_bytes._waiting) == []
    first_bytes.register("page")
