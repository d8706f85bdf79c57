"""How long and heavy each page is on a small phone: what people scroll, tab through and load.

    make bench B=page_weight                              every page, about five minutes
    PAGES="home:start themes" make bench B=page_weight    only addresses whose names begin so

The pages are those of the walks (`tests/walks`); those without preparation also for the people with most and with
nothing, and for every theme and dataset. Home and overview are loaded for more people: whose card expired, about whom
bodies differ, whom nobody answers; also on a desk (1280 by 900 px), and with all sources slow (each with another
time, 0.3 to 1.9 s) or down. Each page is loaded at 360 by 640 px with folds closed and nothing cached. Measured are
`height`, `h1` and `fact` (the top of the first heading and of the first fact, in px from the top), `stops` (how many
elements the tab key reaches), `bytes` and `requests` over the wire, and `shift`, the cumulative layout shift. A table
of all goes to stderr, the heaviest page of each figure to stdout, with how many pages are over the target.
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
MOST_STOPS = 600  # presses of the tab key
NO_SOURCES = {"toegangsbeheer", "mail"}  # switches of the town that are no sources
HOME, OVERVIEW, IDENTITY = "/", "/uw-gegevens/", "/uw-gegevens/bron/rijksregister/persoon/"
# Measures the page in the browser. A fact is what a body says: a value, the title of an item, a cell.
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
class PageWeight:
    """The figures of a page for one person; h1, fact: None where the page has none."""

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
    settings = {**RAISED, "SOURCES_BREAKER_CALLS": "100000"}
    with running_house(settings) as house:
        os.environ.update(house.environment, DJANGO_SETTINGS_MODULE="portal.config.settings")
        django.setup()
        weights = asyncio.run(_every_page(house))
    _print(weights)
    return tuple(_figures(weights))


async def _every_page(house: House) -> list[PageWeight]:
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
        await wire.listen()
        for address, example in _examples():
            path, answer = await reader.comes_to(address, example)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                continue
            weights.append(await _weigh(page, address.name, path, example.person, wire))
        asking = [path for path, name in ((HOME, "home:start"), (OVERVIEW, "themes:overview")) if _is_wanted(name)]
        weights += [weight async for weight in _weigh_asking(asking, house, reader, wire)]
        await browser.close()
    return weights


async def _weigh_asking(paths: Sequence[str], house: House, reader: Any, wire: "Wire") -> AsyncIterator[PageWeight]:
    """Weigh pages that ask every source, with the sources in each state."""
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
    """Counts requests and bytes over the wire since the open page was requested."""

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self.requests = self.bytes = 0
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)

    async def listen(self) -> None:
        """Begin to count, and switch the browser's cache off."""
        await self._session.send("Network.enable")
        await self._session.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _sent(self, event: dict[str, Any]) -> None:
        if event.get("type") == "Document" and "redirectResponse" not in event:
            self.requests = self.bytes = 0
        self.requests += 1

    def _finished(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])


async def _weigh(page: Page, name: str, path: str, person: str, wire: Wire) -> PageWeight:
    measured = await page.evaluate(LOOK)
    size, requests = wire.bytes, wire.requests
    return PageWeight(
        page=name,
        path=path,
        person=person,
        height=measured["height"],
        h1=measured["h1"],
        fact=measured["fact"],
        stops=await _stops(page),
        bytes=size,
        requests=requests,
        shift=round(measured["shift"], 3),
    )


async def _stops(page: Page) -> int:
    """Press the tab key until it reaches no new element; return how many it reached."""
    await page.evaluate(WATCH_FOCUS)
    stops = 0
    for _ in range(MOST_STOPS):
        await page.keyboard.press("Tab")
        reached = int(await page.evaluate("window.stops.size"))
        if reached == stops:
            break
        stops = reached
    return stops


def _examples() -> Iterator[tuple[Any, Any]]:
    """List the examples of the walks that are pages for people; those without preparation for several readers."""
    from portal.features.themes.types import Theme
    from portal.platform.access.types import Audience
    from portal.platform.sources import catalogue
    from tests.walks import table
    from tests.walks.example import Person, nothing

    readers = (Person.complete, Person.lodger, Person.nowhere)
    arguments = {
        ("theme",): [{"theme": str(theme)} for theme in Theme],
        ("agency", "dataset"): [
            {"agency": entry.agency.id, "dataset": entry.id} for entry in catalogue.installed().entries
        ],
    }
    for address in table.addresses():
        if address.audience not in (Audience.ANYONE, Audience.CITIZEN) or not _is_wanted(address.name):
            continue
        examples = [example for example in address.examples if example.is_page and not example.is_file]
        for example in [example for example in examples if example.form is None and example.prepare is nothing][:1]:
            values = arguments.get(tuple(address.parts), [example.values])
            people = readers if example.person or address.name == "home:start" else readers[:1]
            examples += [replace(example, values=each, person=person) for each in values for person in people]
        yield from ((address, example) for example in _once(examples))


def _is_wanted(name: str) -> bool:
    """Tell whether an address was asked for by its name."""
    return name.startswith(tuple(os.environ.get("PAGES", "").split()) or "")


def _once(examples: Sequence[Any]) -> Iterator[Any]:
    """Leave out equal examples: the same person at the same page after the same preparation."""
    seen = []
    for example in examples:
        if example not in seen:
            seen.append(example)
            yield example


def _figures(weights: Sequence[PageWeight]) -> Iterator[Figure]:
    """Make each figure from the pages it is about; a figure of which no page was loaded is left out."""
    wanted: list[tuple[str, str, Callable[[PageWeight], float | None], str, float]] = [
        ("home_px", HOME, lambda weight: weight.height, "px", 2500),
        ("home_stops", HOME, lambda weight: None if _is_desk(weight) else weight.stops, "stops", 25),
        # On a desk the navigation is open: seven stops more, which a phone has behind its menu.
        ("home_desk_stops", HOME, lambda weight: weight.stops if _is_desk(weight) else None, "stops", 32),
        ("home_first_fact_px", HOME, lambda weight: weight.fact, "px", FIRST_SCREEN),
        ("overview_px", OVERVIEW, lambda weight: weight.height, "px", 5000),
        ("identity_px", IDENTITY, lambda weight: weight.height, "px", 2600),
        ("identity_stops", IDENTITY, lambda weight: weight.stops, "stops", 40),
        ("highest_page_px", "", lambda weight: weight.height, "px", 5500),
        ("lowest_h1_px", "", lambda weight: weight.h1, "px", 120),
        ("most_stops", "", lambda weight: weight.stops, "stops", MOST_STOPS),
        ("heaviest_page_bytes", "", lambda weight: weight.bytes, "bytes", 500_000),
        ("most_shift", "", lambda weight: weight.shift, "CLS", 0.02),
        ("most_requests", "", lambda weight: weight.requests, "requests", 100),
    ]
    for name, path, value_of, unit, target in wanted:
        # Signed out, the address of home leads to another page.
        on_path = [weight for weight in weights if path in ("", weight.path) and (path != HOME or weight.person)]
        measured = [(value, weight) for weight in on_path if (value := value_of(weight)) is not None]
        if measured:
            value, heaviest = max(measured, key=lambda pair: pair[0])
            over = sum(value > target for value, _ in measured)
            more = {"path": heaviest.path, "person": heaviest.person, "over": over, "of": len(measured)}
            yield Figure(f"page_weight_{name}", value, unit, target, more)


def _is_desk(weight: PageWeight) -> bool:
    return weight.page.endswith(" desk")


def _print(weights: Sequence[PageWeight]) -> None:
    names = [field.name for field in fields(PageWeight)]
    for line in [names, *map(astuple, sorted(weights, key=lambda weight: -weight.height))]:
        page, path, person, *numbers = ("-" if each is None else str(each) for each in line)
        sys.stderr.write(f"{person:11} {''.join(f'{number:>9}' for number in numbers)}  {page} {path}\n")
