"""How soon somebody who looks at their list of notices sees one that a body sends.

Ninety notices, one at a time, each of another dossier, by the body's own call. Chromium has the list open: measured
is from before the call until the count on the bell has changed in the page. The same citizen has three other streams,
of which `reached` says how many heard of the last notice. Of others five hundred are open, and silent: `stream_kb` is
by how much each of those made the portal grow.
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
NOTICES, OWN, OTHERS = 90, 3, 500  # the bell counts to 99
LIVE = "/brievenbus/live/"
# The moment at which the bell changed, of this machine's clock.
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
    given = {**RAISED, **dict.fromkeys(("STREAMS_PER_CITIZEN", "STREAMS_PER_NETWORK", "STREAMS_AT_ONCE"), "100000")}
    with running_house(given) as house:
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
        who = await people.who(PERSON)
        await Reader(context, page, people).becomes(who)
        await page.goto(house.portal + LIST)
        portal = house.child("portal").process.pid
        other = await people.who(OTHER)
        async with _streams(who, OWN) as own, _streams(other, OWN):
            before = memory_kb(portal)
            async with _streams(other, OTHERS):
                stream_kb = (memory_kb(portal) - before) / OTHERS
                seconds, answered = await _notices(who, page)
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


async def _notices(who: Any, page: Page) -> tuple[list[float], list[float]]:
    """Send them one at a time; gives the seconds until each was seen, and until each was answered."""
    given = await asyncio.to_thread(token, who.house.environment, who.house.portal)
    headers = {"Authorization": f"Bearer {given}", "Content-Type": "application/json"}
    seen, answered = list[float](), list[float]()
    # The page listens a moment after it was opened.
    await asyncio.sleep(3)
    await page.evaluate(WATCH)
    for count in range(1, NOTICES + 1):
        content = json.dumps(bundle(str(count), PERSON))
        began, started = time.time(), time.perf_counter()
        answer = await who.asks("POST", NOTIFY, data=content, headers=headers)
        assert answer.status == 200, answer.text
        answered.append(time.perf_counter() - started)
        await page.wait_for_function(RANG, arg=count)
        seen.append(await page.evaluate("window.rang.at(-1)") / 1000 - began)
    return seen, answered


@asynccontextmanager
async def _streams(who: Any, count: int) -> AsyncIterator[list[aiohttp.ClientResponse]]:
    """Open so many streams, each with its first event."""
    cookie = "; ".join(f"{name}={value}" for name, value in who.cookies.items())
    headers = {"Cookie": cookie, "Accept": "text/event-stream"}
    opened = list[aiohttp.ClientResponse]()
    try:
        for _ in range(count):
            opened.append(await who.http.get(who.house.portal + LIVE, headers=headers))
            while not (await opened[-1].content.readline()).startswith(b"data: "):
                pass
        yield opened
    finally:
        for each in opened:
            each.close()


async def _has_heard(stream: aiohttp.ClientResponse) -> bool:
    """Read on until the stream tells of the last notice."""
    async with asyncio.timeout(10):
        while line := await stream.content.readline():
            if line.startswith(b"data: ") and json.loads(line[6:])["count"] == str(NOTICES):
                return True
    return False
