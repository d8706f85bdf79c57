"""The portal in two processes behind one port: what is promised holds over both, and one may fall."""

import asyncio
import os
import re
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from deploy.local.house import House, running_house
from portal.features.profile.tests.examples import ADDRESS, EVERY
from tests.walks.example import Person
from tests.walks.somebody import People, Somebody

pytestmark = pytest.mark.security

KEY = "the-operators-key"
BURST, PACE = 30, 8
PATIENCE = 60.0  # seconds for a process to come back


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    pace = {"PAGES_BURST": str(BURST), "PAGES_PER_CITIZEN_SECOND": str(PACE), "VISITORS_BURST": "100000"}
    with running_house({"WORKERS": "2", "OPERATOR_KEY": KEY, "SANDBOX_WEATHER": "", **pace}) as house:
        yield house


@pytest_asyncio.fixture(scope="module")
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    """Give somebody whose every question has a connection of its own: which process takes it is chance."""
    connector = aiohttp.TCPConnector(force_close=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield http


@pytest_asyncio.fixture(scope="module")
async def lies(house: House, http: aiohttp.ClientSession) -> Somebody:
    return await People(house, http).another(Person.complete)


async def _operator(house: House, http: aiohttp.ClientSession, path: str, accept: str) -> tuple[int, bytes]:
    headers = {"Authorization": f"Bearer {KEY}", "Accept": accept}
    async with http.get(f"{house.portal}/beheer/{path}/", headers=headers) as came:
        return came.status, await came.read()


async def _processes(house: House, http: aiohttp.ClientSession) -> tuple[int, dict[int, dict[str, Any]]]:
    status, content = await _operator(house, http, "processen", "application/json")
    return status, {process["number"]: process for process in msgspec.json.decode(content)["processes"]}


async def _once_both_are_heard(house: House, http: aiohttp.ClientSession) -> dict[int, dict[str, Any]]:
    until = time.monotonic() + PATIENCE
    while True:
        status, found = await _processes(house, http)
        if status == 200 and found.keys() == {1, 2}:
            return found
        assert time.monotonic() < until, (status, found)
        await asyncio.sleep(0.2)


def _count_served(house: House, what: str) -> Counter[str]:
    """Count the requests that each process answered."""
    return Counter(re.findall(rf"portal\.request\[(\d)\] {what}", house.log.read_text("utf-8")))


async def test_both_serve_and_the_operator_sees_both(house: House, http: aiohttp.ClientSession, lies: Somebody):
    found = await _once_both_are_heard(house, http)
    pages = [lies.gets("/uw-gegevens/") for _ in range(6)]
    for page in await asyncio.gather(*pages):
        assert (page.status, page.text.count('data-outcome="ready"') > 3) == (200, True)
    assert _count_served(house, "GET").keys() == {"1", "2"}
    _, page = await _operator(house, http, "bronnen", "text/html")
    for number, process in found.items():
        assert f"[{number}]</th><td>{process['pid']}</td>" in page.decode()


async def test_form_that_comes_to_both_at_once_is_acted_on_once(house: House, lies: Somebody):
    before = house.rows("select count(*) from profile_address")[0][0]
    taken: Counter[str] = Counter()
    for tries in range(1, 6):
        form = {**ADDRESS, "label": f"Huis {tries}", **await lies.marks()}
        answers = await asyncio.gather(*[lies.asks("POST", f"{EVERY}adressen/nieuw/", data=form) for _ in range(6)])
        assert {(answer.status, answer.location) for answer in answers} == {(303, answers[0].location)}
        assert house.rows("select count(*) from profile_address")[0][0] == before + tries
        taken = _count_served(house, "POST")
        if taken.keys() == {"1", "2"}:
            break
    assert taken.keys() == {"1", "2"}


async def test_citizen_has_one_pace_in_both(house: House, lies: Somebody):
    """If each process had its own pace, all of these pages would begin at once."""
    before, began = _count_served(house, "GET"), time.monotonic()
    for _ in range(3):
        pages = await asyncio.gather(*[lies.gets("/cookies/") for _ in range(18)])
        assert {page.status for page in pages} == {200}
    assert time.monotonic() - began > (3 * 18 - BURST) / PACE - 1 / PACE
    assert (_count_served(house, "GET") - before).keys() == {"1", "2"}


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _lives(pid: int) -> bool:
    with suppress(FileNotFoundError):
        return ") Z " not in Path(f"/proc/{pid}/stat").read_text()
    return False


async def test_one_that_is_killed_comes_back_and_the_portal_goes_on(
    house: House, http: aiohttp.ClientSession, lies: Somebody
):
    before = await _once_both_are_heard(house, http)
    victim = before[1]["pid"]
    (fork_server,) = _children(victim)
    os.kill(victim, signal.SIGKILL)
    until = time.monotonic() + PATIENCE
    while (await _processes(house, http))[1].get(1, {}).get("pid") in (victim, None):
        assert (await lies.gets("/cookies/")).status == 200
        assert time.monotonic() < until
        await asyncio.sleep(0.1)
    after = await _once_both_are_heard(house, http)
    assert (after[2]["pid"], after[1]["pid"] != victim) == (before[2]["pid"], True)
    assert not _lives(fork_server)
    assert f"process 1 (pid {victim}) fell (signal 9); it is started again" in house.log.read_text("utf-8")
    assert (await lies.gets("/uw-gegevens/")).status == 200
