"""Pages in trouble, the town's own, a keyboard, paper; all other pages are walked through in `test_every_page`."""

import pytest

from .looks import axe, inspect
from .nu import messages


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
        wrong += await axe(visitor.page)
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
