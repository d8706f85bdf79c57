"""One running house and one browser for all journeys; a visit of its own for each."""

import asyncio
import json
import os
import shutil
import urllib.request
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from deploy.local.house import House, running
from tests.walks.example import Person
from tests.walks.somebody import People

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
# As root Chromium has no sandbox; without the rest it talks to hosts of its maker.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The town's weather is another each day, and can be had again: SANDBOX_WEATHER=2026-11-28; empty, there is none.
WEATHER = os.environ.get("SANDBOX_WEATHER", datetime.now(UTC).date().isoformat())


OPERATOR_KEY = "the-operators-key-of-the-journeys"
PACES = ("PAGES_BURST", "PAGES_PER_CITIZEN_SECOND", "VISITORS_BURST")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell with each failure under which weather it came."""
    report = yield
    if report.failed:
        report.sections.append(("Weather", f"SANDBOX_WEATHER={WEATHER}"))
    return report


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """The portal and the town, fed by the project's own samples only.

    The breakers stay closed: one journey's faults would keep the next from asking. Its people go faster than any.
    """
    # One person signs in far more often here than anybody who is told of their oldest session.
    given = {"SOURCES_BREAKER_CALLS": "100000", "SANDBOX_WEATHER": WEATHER, "SESSIONS_PER_CITIZEN": "100000"}
    given["OPERATOR_KEY"] = OPERATOR_KEY
    with running(given | {name: os.environ[name] for name in PACES}) as house:
        yield house


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        await browser.close()


class Visitor:
    """A person in front of a browser, in the words of a journey."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house

    async def opens(self, path: str) -> int:
        """Open a page of the portal; returns the HTTP status."""
        answer = await self.page.goto(self.house.portal + path)
        assert answer is not None
        return answer.status

    async def signs_in(self, person: str, means: str = "itsme", start: str = "/aanmelden/") -> None:
        """Sign in at the town's provider and come back, wherever that leads."""
        await self.page.goto(self.house.portal + start)
        await self.chooses(person, means)

    async def chooses(self, person: str, means: str) -> None:
        """Say at the town's provider who one is and by which means, and come back to the portal."""
        await self.page.fill("[name=other_person]", person)
        await self.page.check(f"[name=means][value={means}]")
        await self.page.locator("form:has([name=other_person]) button").last.click()
        await self.page.wait_for_url(self.house.portal + "/**")

    async def sees_every_source(self) -> None:
        """Look at the overview until every source answered: on a busy machine one may be late once."""
        for _ in range(5):
            await self.opens("/uw-gegevens/")
            if not await self.page.locator('[data-outcome="late"]').count():
                break
        await self.page.get_by_text("bronnen hebben geantwoord.").wait_for()

    async def sees(self, text: str) -> None:
        """Expect a text somewhere on the page."""
        await self.page.get_by_text(text).first.wait_for(state="visible")

    async def slots(self) -> list[str]:
        """List the places of the tiles, in the order the page has them."""
        places: list[str] = await self.page.evaluate(
            "[...document.getElementById('page').shadowRoot.querySelectorAll('.grid slot')].map(slot => slot.name)"
        )
        return places

    def tile(self, name: str):
        """Find the tile of AGENCY.DATASET."""
        return self.page.locator(f'[data-dataset="{name}"]')

    async def outcome(self, name: str) -> str | None:
        """Read how a dataset's tile ended."""
        return await self.tile(name).get_attribute("data-outcome")


async def _visit(browser: Browser, house: House, **options) -> tuple[BrowserContext, Visitor]:
    context = await browser.new_context(**options)
    context.set_default_timeout(15_000)
    return context, Visitor(await context.new_page(), house)


@pytest_asyncio.fixture
async def visitor(browser: Browser, house: House) -> AsyncIterator[Visitor]:
    """Someone with a desktop and JavaScript."""
    context, visitor = await _visit(browser, house)
    yield visitor
    await context.close()


@pytest_asyncio.fixture
async def plain_visitor(browser: Browser, house: House) -> AsyncIterator[Visitor]:
    """Someone on a small phone whose browser runs no JavaScript."""
    context, visitor = await _visit(browser, house, java_script_enabled=False, viewport={"width": 360, "height": 740})
    yield visitor
    await context.close()


class Faults:
    """The town's switches."""

    def __init__(self, town: str) -> None:
        self.town = town

    async def set(self, source: str, mode: str, latency_ms: int = 0) -> None:
        """Turn one source's switch."""
        await self._put(f"/faults/{source}", {"mode": mode, "latency_ms": latency_ms})

    async def tamper(self, mode: str) -> None:
        """Make the provider's next ID tokens wrong in one way."""
        await self._put("/op/tampering", {"mode": mode})

    async def clear(self) -> None:
        """Put everything right again."""
        await asyncio.to_thread(self._send, "DELETE", "/faults", None)
        await self.tamper("none")
        await self._put("/weather", {"seed": WEATHER})

    async def only(self) -> None:
        """Let nothing go wrong but what a journey asks for."""
        await asyncio.to_thread(self._send, "DELETE", "/weather", None)

    async def _put(self, path: str, what: dict) -> None:
        await asyncio.to_thread(self._send, "PUT", path, what)

    def _send(self, method: str, path: str, what: dict | None) -> None:
        data = json.dumps(what).encode() if what is not None else None
        request = urllib.request.Request(
            self.town + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            assert answer.status < 300


@pytest_asyncio.fixture
async def faults(house: House) -> AsyncIterator[Faults]:
    """The town's switches, put right afterwards, and no weather until then."""
    faults = Faults(house.town)
    await faults.only()
    yield faults
    await faults.clear()


@pytest_asyncio.fixture(scope="module")
async def people(house: House) -> AsyncIterator[People]:
    """People without a browser, who have given us nothing yet."""
    house.rows("truncate profile_kept, profile_address, profile_proposal, profile_code_sent")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield People(house, http)


@pytest.fixture(scope="session")
def persona() -> Person:
    """Whom a journey signs in as; the samples of the bodies say more (`samples/personas.toml`)."""
    return Person()
