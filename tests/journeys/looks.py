"""A page as people see it: on a screen and a phone, light and dark, large and on paper; what is wrong with each."""

from pathlib import Path

from .nu import messages

AXE = (Path(__file__).resolve().parents[2] / "node_modules/axe-core/axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
HEAVIEST = 500_000  # bytes, of a page with all that it loads
NOT_PRINTED = [".nav", ".crumbs", "form.filter", ".button", ".back", ".bottom", "summary", "header button"]


async def axe(page) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    found = await page.evaluate(
        "rules => axe.run(document, {runOnly: rules}).then(r => r.violations"
        ".map(v => v.id + ': ' + v.nodes.map(n => n.target.join(' ')).join(', ')))",
        RULES,
    )
    return [f"{page.url} {violation}" for violation in found]


async def overflows(page) -> list[str]:
    wide = await page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [f"{page.url} is wider than the screen"] if wide else []


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
    """Look at the page that is open on a screen and on a phone, light and dark; returns everything that is wrong."""
    wrong: list[str] = []
    for width, scheme in ((1280, "light"), (360, "dark")):
        await page.set_viewport_size({"width": width, "height": 900})
        await page.emulate_media(color_scheme=scheme)
        wrong += await axe(page)
        wrong += await overflows(page)
    return wrong


async def on_paper(page) -> list[str]:
    """Print it: what is for clicking is not there."""
    await page.emulate_media(media="print")
    there = await page.evaluate(
        "gone => gone.filter(one => [...document.querySelectorAll(one)].some(each => each.checkVisibility()))",
        NOT_PRINTED,
    )
    await page.emulate_media(media="screen")
    return [f"{page.url} prints {one}" for one in there]


async def enlarged(page) -> list[str]:
    """Zoom to 400 % of a 1280 px screen, a 320 px one (WCAG 1.4.10), with what bodies say as one long word.

    The page is not to be used afterwards.
    """
    await page.set_viewport_size({"width": 320, "height": 640})
    wrong = await overflows(page)
    await page.evaluate(
        "for (const one of document.querySelectorAll('dd, td, .said, .who')) one.textContent = 'W'.repeat(40)"
    )
    return wrong + [f"{each} with a long word" for each in await overflows(page)]


async def in_the_browser(page) -> list[str]:
    """Look at what the page left in the browser and how heavy it is with all that it loads; help is one step away."""
    found = await page.evaluate(
        """() => ({
            kept: localStorage.length + sessionStorage.length + document.cookie.length,
            weight: [...performance.getEntriesByType('resource'), ...performance.getEntriesByType('navigation')]
                .reduce((sum, each) => sum + each.decodedBodySize, 0),
            help: [...document.querySelectorAll('header a.help')].map(a => a.getAttribute('href')),
            lang: document.documentElement.lang,
        })"""
    )
    said = {
        "keeps something in the browser": found["kept"] > 0,
        f"weighs {found['weight']} bytes": found["weight"] > HEAVIEST,
        f"has help at {found['help']}": found["help"] != ["/hulp/"],
        f"has the language {found['lang']}": found["lang"] != "nl",
    }
    return [f"{page.url} {what}" for what, is_so in said.items() if is_so]
