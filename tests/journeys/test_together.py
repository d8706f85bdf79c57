"""I lay what sources say of me side by side, and see my life on a line; nothing is empty that could not be asked."""

import re

import pytest

from .looks import in_each_look
from .nu import messages
from .test_search import sends

DIFFERENCES, TIMELINE = "/uw-gegevens/verschillen/", "/uw-gegevens/tijdlijn/"
ASK = {DIFFERENCES: "Vraag alles op en vergelijk", TIMELINE: "Vraag alles op en vul aan"}
both = pytest.mark.parametrize("path", [DIFFERENCES, TIMELINE])


async def asks_everything(visitor, path: str) -> None:
    """Press the button until every source answered: on a busy machine one may be late once."""
    for _ in range(5):
        for button in (ASK[path], "Probeer opnieuw"):
            if await visitor.page.get_by_role("button", name=button, exact=True).count():
                await sends(visitor, button)
                break
        else:
            return


async def test_a_former_number_on_a_diploma_is_seen_without_javascript(plain_visitor, persona):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.with_new_number, start=f"/aanmelden/?naar={DIFFERENCES}")
    await plain_visitor.sees("Er kunnen dus wel verschillen zijn.")
    await asks_everything(plain_visitor, DIFFERENCES)
    await plain_visitor.sees("Over 1 gegeven zeggen uw bronnen niet hetzelfde.")
    matter = page.locator('[data-matter="national_number"]')
    assert await matter.locator(".said").all_inner_texts() == ["79.72.18-•••.••", "79.72.18-•••.••\n79.72.08-•••.••"]
    assert await matter.get_by_text(re.compile(r"opgehaald om \d\d:\d\d")).count() == 2
    await matter.get_by_role("link", name="Klopt dit niet? Leer- en ervaringsbewijzen").click()
    await page.wait_for_url("**/verbeteren/ahovoks/bewijzen/")


async def test_what_is_the_same_says_where(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    await visitor.page.get_by_role("link", name="Verschillen tussen bronnen").click()
    await visitor.sees("Wij zagen geen verschillen. Wat meer dan één bron over u zegt, is overal hetzelfde.")
    matter = visitor.page.locator('[data-matter="address"]')
    assert await matter.locator(".said").all_inner_texts() == ["Kersenlaar 27 bus 0102, 2491 Balen"]
    await matter.get_by_text("Zelfde in 3 soorten gegevens").click()
    links = await matter.get_by_role("link", name=re.compile("^(?!Klopt)")).all_inner_texts()
    assert links == ["Identiteit", "Gezinssamenstelling", "Historiek van uw gegevens"]


async def test_a_timeline_leads_to_what_stands_on_it(plain_visitor, persona):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete, start=f"/aanmelden/?naar={TIMELINE}")
    await asks_everything(plain_visitor, TIMELINE)
    years = [int(year) for year in await page.locator(".years h2").all_text_contents()]
    assert years == sorted(years, reverse=True)
    assert years[-1] == 1984
    # So long that it is folded by decade; the last one stands open.
    latest, *earlier = await page.locator(".timeline summary").all()
    assert await latest.locator("xpath=..").get_attribute("open") is not None
    for decade in earlier:
        await decade.click()
    await plain_visitor.sees("Adres: Kersenlaar 27 bus 0102, 2491 Balen")
    await page.get_by_role("link", name="Jeugd- en gehandicaptenzorg").click()
    await page.wait_for_url(re.compile("/uw-gegevens/bron/ahovoks/bewijzen/[^/]{43}/$"))


@both
@pytest.mark.parametrize(
    ("mode", "said"), [("503", "Wij konden dat nu niet opvragen bij"), ("hang", "antwoordt traag.")]
)
async def test_a_source_in_trouble_is_named(visitor, persona, faults, path, mode, said):
    await visitor.signs_in(persona.complete, start=f"/aanmelden/?naar={path}")
    await faults.set("rijksregister-gezin", mode)
    await sends(visitor, ASK[path])
    text = await visitor.page.locator(".trouble p").filter(has_text="Gezinssamenstelling").inner_text()
    assert re.sub(r"\s+", " ", text).startswith("Niet gekregen: Gezinssamenstelling. ")
    assert said in text
    assert re.search("[Ee]r kunnen|[Zz]e kunnen", await visitor.page.locator(".found").inner_text())
    await faults.clear()
    await asks_everything(visitor, path)
    assert await visitor.page.locator(".trouble").count() == 0


@both
async def test_what_came_in_part_is_used_and_said_to_be_in_part(visitor, persona, faults, path):
    await visitor.signs_in(persona.complete, start=f"/aanmelden/?naar={path}")
    await faults.set("rijksregister-gezin", "partial")
    await sends(visitor, ASK[path])
    await visitor.page.get_by_text("Niet helemaal gekregen: Gezinssamenstelling.").wait_for()
    # It was asked, and is remembered as such: also by who comes back and asks nobody.
    await visitor.opens(path)
    await visitor.page.get_by_text("Niet helemaal gekregen: Gezinssamenstelling.").wait_for()
    assert await visitor.page.get_by_text("Nog op te vragen:").count() == 0


@both
async def test_each_page_is_accessible_in_every_state(visitor, persona, faults, path):
    page = visitor.page
    sources: dict[str, str] = {}
    wrong: list[str] = []

    async def looks(state: str, source: str) -> None:
        sources[state] = source
        wrong.extend(f"{state}: {each}" for each in await in_each_look(page))

    await visitor.signs_in(persona.with_new_number, start=f"/aanmelden/?naar={path}")
    await looks("unasked", await page.content())
    await faults.set("rijksregister-gezin", "503")
    await looks("trouble", await sends(visitor, ASK[path]))
    await faults.clear()
    await asks_everything(visitor, path)
    await looks("whole", await (await page.goto(visitor.house.portal + path)).text())
    assert wrong == []
    assert await messages(sources) == []
