"""Every page, in light and dark, on a phone and a desk: axe finds nothing, the Nu checker finds nothing."""

from pathlib import Path

import pytest

from portal.platform.access.types import Reason

from .nu import messages

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

OPEN = [
    "/",
    "/hulp/",
    "/hulp/zoeken/?q=itsme",
    "/hulp/aanmelden/",
    "/hulp/vraag/",
    "/cookies/",
    "/toegankelijkheid/",
    "/bestaat-niet/",
    "/afgemeld/",
    "/afgemeld/?verlopen=1",
    "/afgemeld/?aanbieder=niet-bereikt",
    *(f"/aanmelden/niet-gelukt/{reason}/" for reason in Reason),
]
OWN = [
    "/uw-gegevens/",
    "/uw-gegevens/gezin/",
    "/uw-gegevens/onderwijs/",
    "/uw-gegevens/bron/rijksregister/persoon/",
    "/uw-gegevens/bron/rijksregister/gezin/",
    "/uw-gegevens/bron/ahovoks/bewijzen/",
    "/uw-gegevens/verschillen/",
    "/uw-gegevens/tijdlijn/",
    "/afmelden/",
    "/afgemeld/",
    "/hulp/",
    "/bestaat-niet/",
]


async def _axe(page) -> list[str]:
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text("utf-8"))
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
        wrong += await _axe(page)
        wrong += await overflows(page)
    return wrong


async def test_pages_for_everyone_are_accessible(visitor):
    assert await inspect(visitor, OPEN) == []


async def test_own_pages_are_accessible(visitor, persona):
    await visitor.signs_in(persona.complete)
    assert await inspect(visitor, OWN) == []


async def test_pages_about_other_lives_are_accessible(visitor, persona):
    for person in (persona.abroad, persona.renewed, persona.busy, persona.without_certificates):
        await visitor.page.context.clear_cookies()
        await visitor.signs_in(person)
        assert await inspect(visitor, ["/uw-gegevens/", "/uw-gegevens/gezin/"]) == []


@pytest.mark.parametrize("mode", ["hang", "503"])
async def test_pages_in_trouble_are_accessible(visitor, faults, persona, mode):
    await visitor.signs_in(persona.complete)
    for source in ("rijksregister-persoon", "rijksregister-gezin", "ahovoks-bewijzen"):
        await faults.set(source, mode)
    again = "?opnieuw=rijksregister.persoon&opnieuw=rijksregister.gezin&opnieuw=ahovoks.bewijzen"
    pages = [f"/uw-gegevens/{again}", f"/uw-gegevens/bron/rijksregister/persoon/{again}"]
    assert await inspect(visitor, pages) == []


async def test_the_town_is_accessible(visitor):
    wrong = []
    sources = {}
    for address in (visitor.house.town + "/", visitor.house.portal + "/aanmelden/"):
        answer = await visitor.page.goto(address)
        sources[address] = await answer.text()
        wrong += await _axe(visitor.page)
    assert wrong + await messages(sources) == []


async def test_a_keyboard_is_enough(visitor, persona):
    page = visitor.page
    await visitor.opens("/")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Naar de inhoud"
    await visitor.signs_in(persona.complete)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    assert await page.evaluate("document.activeElement.id") == "inhoud"
    # From the heading on: tiles in the order they stand on screen, each with its own way to everything.
    reached = []
    for _ in range(12):
        await page.keyboard.press("Tab")
        reached.append(
            await page.evaluate("document.activeElement.closest('[data-dataset]')?.dataset.dataset ?? null")
        )
        outline = await page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
        assert outline == "3px"
    tiles = [name for at, name in enumerate(reached) if name and (at == 0 or reached[at - 1] != name)]
    places = await visitor.slots()
    assert [name.replace(".", "-") for name in tiles] == places[: len(tiles)]
    assert len(tiles) >= 3
    await page.get_by_role("button", name="Afmelden").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/afgemeld/**")


async def test_print_has_the_source_and_no_navigation(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.page.emulate_media(media="print")
    assert not await visitor.page.get_by_role("navigation").first.is_visible()
    assert not await visitor.page.get_by_role("button", name="Afmelden").is_visible()
    assert await visitor.tile("rijksregister.persoon").get_by_text("Bron: Rijksregister · opgehaald om").is_visible()


async def test_large_text_reflows(visitor, persona):
    """Zoom to 400 % of a 1280 px screen is a 320 px one (WCAG 1.4.10)."""
    await visitor.signs_in(persona.complete)
    await visitor.page.set_viewport_size({"width": 320, "height": 640})
    for address in OWN:
        await visitor.opens(address)
        assert await overflows(visitor.page) == []
        # Whatever a body says, in one long word.
        await visitor.page.evaluate(
            "for (const one of document.querySelectorAll('dd, td, .said, .who')) one.textContent = 'W'.repeat(40)"
        )
        assert await overflows(visitor.page) == []
