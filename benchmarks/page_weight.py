"""How long and heavy each page is on a small phone: what people scroll, tab through and load.

    make bench B=page_weight                              every page, about five minutes
    PAGES="home:start themes" make bench B=page_weight    only addresses whose names begin so

The pages are those of the walks (`tests/walks`), and once more those without preparation for the people with most and
with nothing, of every theme and dataset. Home and the overview come for more people: whose card expired, about whom
bodies differ, whom nobody answers; and also on a desk (1280 by 900 px), and with all sources slow (each answers after
another time, 0.3 to 1.9 s) or down. Each is loaded at 360 by 640 px with folds closed and nothing cached: `height` of
the page, `h1` and `fact` (the top of the first heading and of the first fact, px from the top), `stops` (what the tab
key comes to), `bytes` and `requests` over the wire, and `shift`, its cumulative layout shift. The table of all of it
goes to stderr, the heaviest page of each figure to stdout, with how many pages are over the target.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from itertools import product
from typing import Any

import aiohttp
import django
from playwright.async_api import CDPSession, Page, async_playwright

from deploy.local.house import House, running_house

from .figures import Figure
from .scene import RAISED

WIDTH, FIRST_SCREEN = 360, 640  # px
DESK = {"width": 1280, "height": 900}
MOST_STOPS = 600
NO_SOURCES = {"toegangsbeheer", "mail"}  # of what has a switch in the town
HOME, OVERVIEW, IDENTITY = "/", "/uw-gegevens/", "/uw-gegevens/bron/rijksregister/persoon/"
# A fact is what a body says: a value, the title of an item, a cell.
LOOK = """
async () => {
    const top = one => Math.round(one.getBoundingClientRect().top + scrollY)
    const first = tops => tops.length ? Math.min(...tops) : null
    const seen = one => one.checkVisibility({visibilityProperty: true}) && one.getBoundingClientRect().height > 1
    const content = "main, [data-dataset], [slot]"
    const facts = [...document.querySelectorAll("dd, td, .title, .value")]
        .filter(one => seen(one) && one.closest(content) && !one.closest("header, nav, footer"))
    const shift = await new Promise(done => {
        new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
            .observe({type: "layout-shift", buffered: true})
        setTimeout(() => done(0), 30)
    })
    return {
        height: document.documentElement.scrollHeight,
        h1: first([...document.querySelectorAll("h1")].filter(seen).map(top)),
        fact: first(facts.map(top)),
        shift,
    }
}
"""
WATCH_FOCUS = """
() => {
    window.stops = new Set()
    document.addEventListener("focusin", event => window.stops.add(event.composedPath()[0]))
}
"""


@dataclass(frozen=True)
class Weight:
    """What one page is for one person; `h1` and `fact` are None where it has none."""

    page: str
    path: str
    person: str
    height: int
    h1: int | None
    fact: int | None
    stops: int
    bytes: int
    requests: int
    shift: float


def measure() -> tuple[Figure, ...]:
    """Load every page once, and compare the heaviest of each kind with its target."""
    given = {**RAISED, "SOURCES_BREAKER_CALLS": "100000"}
    with running_house(given) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        weights = asyncio.run(_every_page(house))
    _print(weights)
    return tuple(_figures(weights))


async def _every_page(house: House) -> list[Weight]:
    from tests.walks import chromium
    from tests.walks.reader import Reader
    from tests.walks.somebody import People

    weights = []
    async with async_playwright() as playwright, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
        browser = await chromium.start(playwright)
        context = await browser.new_context(viewport={"width": WIDTH, "height": FIRST_SCREEN}, is_mobile=True)
        page = await context.new_page()
        reader = Reader(context, page, People(house, http))
        wire = Wire(await context.new_cdp_session(page))
        await wire.listens()
        for address, example in _examples():
            path, answer = await reader.comes_to(address, example)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            weights.append(await _weigh(page, address.name, path, example.person, wire))
        asking = [path for path, name in ((HOME, "home:start"), (OVERVIEW, "themes:overview")) if _is_wanted(name)]
        weights += [weight async for weight in _asking_anew(asking, house, reader, wire)]
        await browser.close()
    return weights


async def _asking_anew(paths: Sequence[str], house: House, reader: Any, wire: "Wire") -> AsyncIterator[Weight]:
    """Load pages that ask every source, with the sources in each state."""
    from tests.walks.example import Person

    people = (Person.complete, Person.nowhere, Person.abroad, Person.with_new_number, Person.busy)
    for state in ("", "slow", "down"):
        sources = (await (await reader.page.request.get(f"{house.town}/faults")).json()).keys() - NO_SOURCES
        for number, source in enumerate(sorted(sources) if state else ()):
            switch = {"mode": "503" if state == "down" else "ok", "latency_ms": 300 + 100 * (number * 7 % 17)}
            await reader.page.request.put(f"{house.town}/faults/{source}", data=switch)
        for width, person, path in product(("", "desk"), people, paths):
            await reader.becomes(await reader.people.who(person))
            await reader.page.set_viewport_size(DESK if width else {"width": WIDTH, "height": FIRST_SCREEN})
            house.rows("delete from sources_answer")
            await reader.page.goto(house.portal + path)
            weight = await _weigh(reader.page, " ".join(filter(None, ("asked", state, width))), path, person, wire)
            # The target for the heading holds on a phone only.
            yield replace(weight, h1=None) if width else weight
    await reader.page.request.delete(f"{house.town}/faults")


class Wire:
    """What went over the wire since the page that is open was asked for."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self.requests = self.bytes = 0
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    async def listens(self) -> None:
        """Begin to count; nothing is taken from a cache."""
        await self._session.send("Network.enable")
        await self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _sent(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document" and "redirectResponse" not in event:
            self.requests = self.bytes = 0
        self.requests += 1

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


async def _weigh(page: Page, name: str, path: str, person: str, wire: Wire) -> Weight:
    looked = await page.evaluate(LOOK)
    size, requests = wire.bytes, wire.requests
    return Weight(
        page=name,
        path=path,
        person=person,
        height=looked["height"],
        h1=looked["h1"],
        fact=looked["fact"],
        stops=await _stops(page),
        bytes=size,
        requests=requests,
        shift=round(looked["shift"], 3),
    )


async def _stops(page: Page) -> int:
    """Press the tab key until it comes to nothing new."""
    await page.evaluate(WATCH_FOCUS)
    stops = 0
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        found = int(await page.evaluate("window.stops.size"))
        if found == stops:
            break
        stops = found
    return stops


def _examples() -> Iterator[tuple[Any, Any]]:
    """List the walks' examples that are pages for people, and those without preparation for each of the readers."""
    from portal.features.themes.types import Theme
    from portal.platform.access.types import Audience
    from portal.platform.sources import catalogue
    from tests.walks import table
    from tests.walks.example import Person, nothing

    readers = (Person.complete, Person.lodger, Person.nowhere)
    filled_in = {
        ("theme",): [{"theme": str(theme)} for theme in Theme],
        ("agency", "dataset"): [
            {"agency": one.agency.id, "dataset": one.id} for one in catalogue.installed().entries
        ],
    }
    for address in table.addresses():
        if address.audience not in (Audience.ANYONE, Audience.CITIZEN) or not _is_wanted(address.name):
            continue
        examples = [one for one in address.examples if one.is_page and not one.is_file]
        for one in [one for one in examples if one.form is None and one.prepare is nothing][:1]:
            values = filled_in.get(tuple(address.parts), [one.values])
            people = readers if one.person or address.name == "home:start" else readers[:1]
            examples += [replace(one, values=each, person=who) for each in values for who in people]
        yield from ((address, one) for one in _once(examples))


def _is_wanted(name: str) -> bool:
    """Tell whether an address was asked for by its name."""
    return name.startswith(tuple(os.environ.get("PAGES", "").split()) or "")


def _once(examples: Sequence[Any]) -> Iterator[Any]:
    """Leave out what comes twice: the same person at the same place after the same preparation."""
    seen = []
    for one in examples:
        if one not in seen:
            seen.append(one)
            yield one


def _figures(weights: Sequence[Weight]) -> Iterator[Figure]:
    """Make each figure of the pages it is about; where none of them was loaded, there is none."""
    wanted: list[tuple[str, str, Callable[[Weight], float | None], str, float]] = [
        ("home_px", HOME, lambda one: one.height, "px", 2500),
        ("home_stops", HOME, lambda one: None if _is_desk(one) else one.stops, "stops", 25),
        # On a desk the navigation stands open: seven stops more, behind the menu on a phone.
        ("home_desk_stops", HOME, lambda one: one.stops if _is_desk(one) else None, "stops", 32),
        ("home_first_fact_px", HOME, lambda one: one.fact, "px", FIRST_SCREEN),
        ("overview_px", OVERVIEW, lambda one: one.height, "px", 5000),
        ("identity_px", IDENTITY, lambda one: one.height, "px", 2600),
        ("identity_stops", IDENTITY, lambda one: one.stops, "stops", 40),
        ("highest_page_px", "", lambda one: one.height, "px", 5500),
        ("lowest_h1_px", "", lambda one: one.h1, "px", 120),
        ("most_stops", "", lambda one: one.stops, "stops", MOST_STOPS),
        ("heaviest_page_bytes", "", lambda one: one.bytes, "bytes", 500_000),
        ("most_shift", "", lambda one: one.shift, "CLS", 0.02),
        ("most_requests", "", lambda one: one.requests, "requests", 100),
    ]
    for name, path, of, unit, target in wanted:
        # The address of home is another page for whoever is not signed in.
        there = [one for one in weights if path in ("", one.path) and (path != HOME or one.person)]
        looked = [(value, one) for one in there if (value := of(one)) is not None]
        if looked:
            value, heaviest = max(looked, key=lambda pair: pair[0])
            over = sum(value > target for value, _ in looked)
            more = {"path": heaviest.path, "person": heaviest.person, "over": over, "of": len(looked)}
            yield Figure(f"page_weight_{name}", value, unit, target, more)


def _is_desk(one: Weight) -> bool:
    return one.page.endswith(" desk")


def _print(weights: Sequence[Weight]) -> None:
    names = [field.name for field in fields(Weight)]
    for line in [names, *map(astuple, sorted(weights, key=lambda one: -one.height))]:
        page, path, person, *numbers = ("-" if each is None else str(each) for each in line)
        sys.stderr.write(f"{person:11} {''.join(f'{number:>9}' for number in numbers)}  {page} {path}\n")
