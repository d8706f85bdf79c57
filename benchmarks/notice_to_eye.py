"""How soon somebody who looks at their list of notices sees one that a body sends.

A body sends ninety notices by its own call, one at a time, each about another dossier. Chromium has the list open:
the time runs from before the call until the count on the bell has changed in the page. The same citizen has three
other streams open; `reached` says on how many of them the last notice came. Another citizen has five hundred silent
streams open; `stream_kb` is by how much each of those made the portal's memory grow.
"""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import django
from playwright.async_api import Page, async_playwright

from deploy.local.house import House, running_house

from .figures import Figure, median, p95, round_off
from .notices import LIST, NOTIFY, bundle, token
from .scene import RAISED
from .under_hang import memory_kb

TARGET_S = 1.0
PERSON, OTHER = "84651421235", "47692310692"
NOTICES, OWN, OTHERS = 90, 3, 500  # notices (the bell counts to 99), and streams of the citizen and of the other
LIVE = "/brievenbus/live/"
# Notes the moments at which the bell changed, by this machine's clock.
WATCH = """
() => {
    window.rang = []
    new MutationObserver(() => window.rang.push(performance.timeOrigin + performance.now()))
        .observe(document.querySelector("a.bell"), {childList: true, subtree: true})
}
"""
RANG = "count => document.querySelector('.bell .count [aria-hidden]')?.textContent === String(count)"


def measure() -> Figure:
    """Measure in a house that just started."""
    settings = {
        **RAISED,
        **dict.fromkeys(("STREAMS_PER_CITIZEN", "STREAMS_PER_NETWORK", "STREAMS_AT_ONCE"), "100000"),
    }
    with running_house(settings) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        return asyncio.run(_measure(house))


async def _measure(house: House) -> Figure:
    from tests.walks import chromium
    from tests.walks.reader import Reader
    from tests.walks.somebody import People

    unbounded = aiohttp.TCPConnector(limit=0)
    async with (
        async_playwright() as playwright,
        aiohttp.ClientSession(connector=unbounded, cookie_jar=aiohttp.DummyCookieJar()) as http,
    ):
        browser = await chromium.start(playwright)
        context = await browser.new_context()
        page = await context.new_page()
        people = People(house, http)
        reader = await people.who(PERSON)
        await Reader(context, page, people).becomes(reader)
        await page.goto(house.portal + LIST)
        portal = house.child("portal").process.pid
        other = await people.who(OTHER)
        async with _streams(reader, OWN) as own, _streams(other, OWN):
            before = memory_kb(portal)
            async with _streams(other, OTHERS):
                stream_kb = (memory_kb(portal) - before) / OTHERS
                seconds, answered = await _notices(reader, page)
                reached = sum([await _has_heard(each) for each in own])
        await browser.close()
    more: dict[str, object] = {
        "median": round_off(median(seconds)),
        "max": round_off(max(seconds)),
        "answered_p95": round_off(p95(answered)),
        "samples": len(seconds),
        "streams": OTHERS,
        "reached": reached,
        "stream_kb": round_off(stream_kb),
    }
    return Figure("notice_to_eye_p95_s", p95(seconds), "s", TARGET_S, more)


async def _notices(reader: Any, page: Page) -> tuple[list[float], list[float]]:
    """Send the notices one at a time; return the seconds until each was seen, and until each was answered."""
    access_token = await asyncio.to_thread(token, reader.house.environment, reader.house.portal)
    headers = {"Authorization": f"Bearer {access_token}", "Content-Type": "application/json"}
    seen, answered = list[float](), list[float]()
    # The page opens its stream a moment after it was loaded.
    await asyncio.sleep(3)
    await page.evaluate(WATCH)
    for count in range(1, NOTICES + 1):
        content = json.dumps(bundle(str(count), PERSON))
        began, started = time.time(), time.perf_counter()
        answer = await reader.asks("POST", NOTIFY, data=content, headers=headers)
        assert answer.status == 200, answer.text
        answered.append(time.perf_counter() - started)
        await page.wait_for_function(RANG, arg=count)
        seen.append(await page.evaluate("window.rang.at(-1)") / 1000 - began)
    return seen, answered


@asynccontextmanager
async def _streams(reader: Any, count: int) -> AsyncIterator[list[aiohttp.ClientResponse]]:
    """Open so many streams, and read the first event of each."""
    cookie = "; ".join(f"{name}={value}" for name, value in reader.cookies.items())
    headers = {"Cookie": cookie, "Accept": "text/event-stream"}
    opened = list[aiohttp.ClientResponse]()
    try:
        for _ in range(count):
            opened.append(await reader.http.get(reader.house.portal + LIVE, headers=headers))
            while not (await opened[-1].content.readline()).startswith(b"data: "):
                pass
        yield opened
    finally:
        for each in opened:
            each.close()


async def _has_heard(stream: aiohttp.ClientResponse) -> bool:
    """Read a stream until the event of the last notice; False where it ends before."""
    async with asyncio.timeout(10):
        while line := await stream.content.readline():
            if line.startswith(b"data: ") and json.loads(line[6:])["count"] == str(NOTICES):
                return True
    return False
