"""One running house and one browser for all journeys; a visit of its own for each."""

import asyncio
import json
import os
import urllib.request
from collections.abc import AsyncIterator, Generator, Iterator
from datetime import UTC, datetime
from html import unescape
from urllib.parse import urljoin

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from deploy.local.house import House, running_house
from tests.walks import chromium
from tests.walks.example import Person
from tests.walks.somebody import HIDDEN, People

# The town's weather (faults by chance) differs by day. SANDBOX_WEATHER=2026-11-28 repeats that of a day, "" has none.
WEATHER = os.environ.get("SANDBOX_WEATHER", datetime.now(UTC).date().isoformat())


expect.set_options(timeout=60_000)
ON_THE_WAY = "/aanmelden/?naar=/uw-gegevens/"  # to the overview
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

    The breakers stay closed, since one journey's faults would keep the next from asking. Budgets are raised: journeys
    open pages faster than people do.
    """
    # One person signs in more often here than the limit of sessions allows.
    given = {"SOURCES_BREAKER_CALLS": "100000", "SANDBOX_WEATHER": WEATHER, "SESSIONS_PER_CITIZEN": "100000"}
    given["OPERATOR_KEY"] = OPERATOR_KEY
    with running_house(given | {name: os.environ[name] for name in PACES}) as house:
        yield house


@pytest_asyncio.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await chromium.start(playwright)
        yield browser
        await browser.close()


class Visitor:
    """A person at a browser; its methods are the steps of journeys."""

    def __init__(self, page: Page, house: House) -> None:
        self.page = page
        self.house = house

    async def opens(self, path: str) -> int:
        """Open a page of the portal; returns the HTTP status."""
        answer = await self.page.goto(self.house.portal + path)
        assert answer is not None
        return answer.status

    async def signs_in(self, person: str, means: str = "itsme", start: str = ON_THE_WAY) -> None:
        """Sign in by requests with the browser's cookies, without its pages; open the page that this leads to."""
        request = self.page.context.request
        asked = await request.get(self.house.portal + start)
        if asked.url.startswith(self.house.portal):  # the provider has a session of this person
            await self.page.goto(asked.url)
            return
        hidden = {name: unescape(value) for name, value in HIDDEN.findall(await asked.text())}
        chosen = {**hidden, "other_person": person, "means": means}
        login = urljoin(asked.url, "/op/v1/auth/login")
        back = (await request.post(login, form=chosen, max_redirects=0)).headers["location"]
        came = await request.get(back, max_redirects=0)
        await self.page.goto(urljoin(back, came.headers["location"]))

    async def signs_in_by_hand(self, person: str, means: str = "itsme", start: str = ON_THE_WAY) -> None:
        """Sign in at the town's provider by its page and come back, wherever that leads."""
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
        await self.page.get_by_text("diensten hebben geantwoord.").wait_for()

    async def sees(self, text: str) -> None:
        """Expect a text somewhere on the page."""
        await self.page.get_by_text(text).first.wait_for(state="visible")

    async def unfolds(self) -> None:
        """Open every fold of facts, as somebody who wants to read all would."""
        folds = await self.page.locator("details.fold").all()
        for fold in folds:
            await fold.locator("> summary").click()
            assert await fold.get_attribute("open") is not None

    async def slots(self) -> list[str]:
        """List the places of the tiles, in the order the page has them."""
        places: list[str] = await self.page.evaluate(
            "[...document.getElementById('page').shadowRoot.querySelectorAll('.grid slot')].map(slot => slot.name)"
        )
        return places

    async def slots_with_tiles(self) -> list[str]:
        """List those of them in which a tile stands: what is empty stands elsewhere."""
        with_tiles = await self.page.locator("[data-dataset]:not([hidden])").evaluate_all(
            "all => all.map(e => e.slot)"
        )
        return [slot for slot in await self.slots() if slot in with_tiles]

    def tile(self, name: str):
        """Find the tile of AGENCY.DATASET."""
        return self.page.locator(f'[data-dataset="{name}"]')

    def empty(self, name: str):
        """Find what the line about what is empty says of AGENCY.DATASET, once it is open."""
        return self.page.locator(f'[data-empty="{name}"]')

    async def outcome(self, name: str) -> str | None:
        """Read how a dataset's tile ended."""
        return await self.tile(name).get_attribute("data-outcome")


async def _visit(browser: Browser, house: House, **options) -> tuple[BrowserContext, Visitor]:
    context = await browser.new_context(**options)
    context.set_default_timeout(60_000)
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

    async def slow(self) -> None:
        """Let each source answer by itself, the first after 0.3 s and the last after 1.1 s."""
        for number, source in enumerate(self.questions()):
            await self.set(source, "ok", latency_ms=300 + 100 * (number * 7 % 9))

    def questions(self) -> dict[str, int]:
        """Count the questions that each source of the town got."""
        with urllib.request.urlopen(f"{self.town}/state", timeout=60) as answer:
            return {name: source["asked"] for name, source in json.load(answer)["sources"].items()}

    async def tamper(self, mode: str) -> None:
        """Make the provider's next ID tokens wrong in one way."""
        await self._put("/op/tampering", {"mode": mode})

    async def clear(self) -> None:
        """Put everything right again."""
        await asyncio.to_thread(self._send, "DELETE", "/faults", None)
        await asyncio.to_thread(self._send, "DELETE", "/dossiers/changes", None)
        await self.tamper("none")
        await self._put("/weather", {"seed": WEATHER})

    async def only(self) -> None:
        """Stop the weather, so that only the faults of the journey happen."""
        await asyncio.to_thread(self._send, "DELETE", "/weather", None)

    async def _put(self, path: str, what: dict) -> None:
        await asyncio.to_thread(self._send, "PUT", path, what)

    def _send(self, method: str, path: str, what: dict | None) -> None:
        data = json.dumps(what).encode() if what is not None else None
        request = urllib.request.Request(
            self.town + path, data=data, method=method, headers={"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status < 300


@pytest_asyncio.fixture
async def faults(house: House) -> AsyncIterator[Faults]:
    """The town's switches, put right afterwards, and no weather until then."""
    faults = Faults(house.town)
    await faults.only()
    yield faults
    await faults.clear()


def change(house: House, **said: object) -> None:
    """Have a body change a dossier in the town."""
    data, headers = json.dumps(said).encode(), {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{house.town}/dossiers/changes", data, headers, method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status in (200, 201, 204)


@pytest_asyncio.fixture(scope="module")
async def people(house: House) -> AsyncIterator[People]:
    """People without a browser, who have given us nothing yet."""
    tables = "profile_kept, profile_email, profile_address, profile_dismissal, profile_proposal, profile_code_sent"
    house.rows(f"truncate {tables}")
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        yield People(house, http)


@pytest.fixture(scope="session")
def persona() -> Person:
    """Whom a journey signs in as; the samples of the bodies say more (`samples/personas.toml`)."""
    return Person()


@pytest.fixture
def nothing_of_their_own(house):
    """Take away what other journeys gave us as these people: home and the identity show it."""
    profile = ("profile_kept", "profile_email", "profile_address", "profile_dismissal")
    chosen = ("notifications_preferences", "mailbox_link", "mailbox_arranged", "mailbox_folder")
    for table in (*profile, *chosen, "corrections_report", "notifications_notice", "notifications_thread"):
        house.rows(f"truncate {table} cascade")
