"""A page as people see it: on a screen and a phone, light and dark, large and on paper; what is wrong with each."""

import re
from functools import cache
from pathlib import Path

from .kept import STORED, find_undeclared
from .nu import messages

ROOT = Path(__file__).resolve().parents[2]
AXE = (ROOT / "node_modules/axe-core/axe.min.js").read_text("utf-8")
LOOKS = (Path(__file__).parent / "looks.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST = 500_000  # bytes, of a page with all that it loads
LOWEST_HEADING = 120  # px from the top of a page on a phone
LAYOUT_SHIFT = 0.02  # at most: people do not notice it
PHONE, DESK = {"width": 360, "height": 640}, {"width": 1280, "height": 900}
SHIFT = """
new Promise(done => {
    new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
        .observe({type: "layout-shift", buffered: true})
    setTimeout(() => done(0), 50)
})
"""
# The rules that are checked again at another width and in other colours, whose result may differ.
COLOURS = ["color-contrast", "link-in-text-block"]
NOT_PRINTED = [
    ".nav",
    ".crumbs",
    "form.filter",
    ".button:not(.files *)",
    ".back",
    ".bottom",
    "summary:not(.empties *, .fold > *, .signal *)",
    "header button",
]
# What is read, though it stands at a control or looks like one.
PRINTED = [".files .button", ".reminders .when"]
THAT_ARE = """
([selectors, isSeen]) => selectors.filter(
    one => [...document.querySelectorAll(one)].some(each => each.checkVisibility() === isSeen))
"""


@cache
def words_of_ours() -> frozenset[str]:
    """Give the long words of our own texts and of the bodies' manifests: no other has to break."""
    files = [*ROOT.glob("portal/locale/en/**/*.po"), *ROOT.glob("agencies/*/agency.toml")]
    return frozenset(re.findall(r"\w{13,}", " ".join(file.read_text("utf-8") for file in files)))


async def axe(page, only: list[str] | None = None) -> list[str]:
    """Run axe-core's rules for WCAG and good practice, or some of them by name; returns the violations."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate(
        "only => axe.run(document, {runOnly: only, resultTypes: ['violations'], preload: false})"
        ".then(r => r.violations.map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
        {"type": "rule", "values": only} if only else {"type": "tag", "values": RULES},
    )
    return [f"{page.url} {violation}" for violation in found]


async def run_look(page, what: str) -> list[str]:
    """Run a function of `looks.js` on the page; returns what it finds wrong."""
    await page.evaluate(LOOKS)
    return [f"{page.url} {each}" for each in await page.evaluate(f"window.looks.{what}()") or ()]


async def find_overflow(page) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{page.url} is wider than the screen"] if wide else []


async def shift(page) -> float:
    """Read how far what was seen has moved since the page was opened, as browsers count it."""
    return float(await page.evaluate(SHIFT))


async def heading_is_low(page) -> list[str]:
    """Find a page that does not say at the top of a phone what it is: its one heading of the first rank."""
    found = await page.evaluate(
        "[...document.querySelectorAll('h1')].map(h1 => Math.round(h1.getBoundingClientRect().top + scrollY))"
    )
    return [] if len(found) == 1 and found[0] <= LOWEST_HEADING else [f"{page.url} has its heading at {found}"]


async def inspect(visitor, addresses) -> list[str]:
    """Open each page in each look; returns everything that is wrong."""
    wrong: list[str] = []
    sources: dict[str, str] = {}
    for address in addresses:
        answer = await visitor.page.goto(visitor.house.portal + address)
        sources[address] = await answer.text()
        wrong += await in_each_look(visitor.page)
    return wrong + await messages(sources)


async def in_each_look(page) -> list[str]:
    """Inspect the open page on a phone in the dark, and its colours on a screen; returns everything that is wrong."""
    await page.set_viewport_size({"width": 360, "height": 900})
    await page.emulate_media(color_scheme="dark")
    wrong = (
        await axe(page) + await find_overflow(page) + await heading_is_low(page) + await run_look(page, "tooSmall")
    )
    # Focus is shown to whoever uses the keyboard.
    await page.keyboard.press("Tab")
    wrong += await run_look(page, "unseen")
    await page.set_viewport_size({"width": 1280, "height": 900})
    await page.emulate_media(color_scheme="light")
    return wrong + await axe(page, COLOURS) + await find_overflow(page)


async def on_paper(page) -> list[str]:
    """Inspect the page as it is printed: returns the controls that are not left out, and the texts that are."""
    await page.emulate_media(media="print")
    there = await page.evaluate(THAT_ARE, [NOT_PRINTED, True])
    gone = await page.evaluate(THAT_ARE, [PRINTED, False])
    await page.emulate_media(media="screen")
    return [f"{page.url} prints {one}" for one in there] + [f"{page.url} does not print {one}" for one in gone]


async def look_enlarged(page) -> list[str]:
    """Zoom to 400 % of a 1280 px screen, a 320 px one (WCAG 1.4.10), with room between letters (1.4.12).

    And with what bodies say as one long word. The page is not to be used afterwards.
    """
    await page.set_viewport_size({"width": 320, "height": 640})
    wrong = await find_overflow(page)
    await run_look(page, "spaceOut")
    wrong += [f"{each} with room between letters" for each in await find_overflow(page)]
    # What bodies say, and what somebody is called, may break anywhere.
    torn = await page.evaluate("window.looks.torn()")
    wrong += [f"{page.url} tears {word!r}" for word in torn if word in words_of_ours()]
    await page.evaluate(
        "for (const one of document.querySelectorAll('dd, td, .said, .who')) one.textContent = 'W'.repeat(40)"
    )
    return wrong + [f"{each} with a long word" for each in await find_overflow(page)]


async def in_the_browser(page) -> list[str]:
    """Look at what the page left in the browser and how heavy it is with all that it loads; help is one step away."""
    stored = [*await page.evaluate(STORED), *find_undeclared(await page.context.cookies())]
    found = await page.evaluate(
        """() => ({
            readable: document.cookie,
            weight: [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
                .reduce((sum, each) => sum + each.decodedBodySize, 0),
            help: [...document.querySelectorAll('header a.help')].map(a => a.getAttribute('href')),
            lang: document.documentElement.lang,
        })"""
    )
    said = {
        f"keeps {stored} in the browser": bool(stored),
        f"has a cookie that scripts can read: {found['readable']}": bool(found["readable"]),
        f"weighs {found['weight']} bytes": found["weight"] > HEAVIEST,
        f"has help at {found['help']}": found["help"] != ["/hulp/"],
        f"has the language {found['lang']}": found["lang"] != "nl",
    }
    return [f"{page.url} {what}" for what, is_so in said.items() if is_so]
