"""I search in my own data: what is found, not asked yet, or could not be searched; and it leaves no trace."""

import re

import pytest

from .looks import in_each_look
from .nu import messages

PERSON, HOUSEHOLD, DESCENT = "rijksregister.persoon", "rijksregister.gezin", "rijksregister.afstamming"
PAGE = "/uw-gegevens/zoeken/"
START = f"/aanmelden/?naar={PAGE}"


async def sends(visitor, button: str):
    """Press a button of the search page and wait for the answer; returns its source."""
    async with visitor.page.expect_navigation() as navigation:
        await visitor.page.get_by_role("button", name=button, exact=True).click()
    answer = await navigation.value
    return await answer.text()


async def seeks(visitor, words: str):
    await visitor.page.get_by_role("searchbox", name="Zoek in uw gegevens").fill(words)
    return await sends(visitor, "Zoek")


async def results(visitor) -> list[str]:
    return await visitor.page.locator("[data-result]").evaluate_all("all => all.map(one => one.dataset.result)")


async def finds_everything(visitor) -> None:
    """Ask everything until every source answered: on a busy machine one may be late once."""
    for _ in range(5):
        if await visitor.page.get_by_role("button", name="Vraag alles op en zoek").count():
            await sends(visitor, "Vraag alles op en zoek")
        if not await visitor.page.get_by_role("button", name="Probeer opnieuw").count():
            return
        await sends(visitor, "Probeer opnieuw")


async def test_the_overview_is_searched_and_leads_to_what_was_found(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    await seeks(visitor, "KERSENLAAR balen")
    found = await results(visitor)
    assert found[0] == PERSON
    assert HOUSEHOLD in found
    result = visitor.page.locator(f'[data-result="{PERSON}"]')
    assert await result.locator("mark").all_inner_texts() == ["Kersenlaar", "Balen"]
    await result.get_by_text(re.compile(r"Bron: Rijksregister · opgehaald om \d\d:\d\d")).wait_for()
    await result.get_by_role("link", name="Toon alles").click()
    await visitor.page.wait_for_url("**/uw-gegevens/bron/rijksregister/persoon/#rijksregister-persoon-*")
    # What was found in a fold is led to in that fold, which is open then.
    await visitor.opens(PAGE)
    await seeks(visitor, "Rijksregisternummer")
    await result.get_by_role("link", name="Toon alles").click()
    await visitor.page.locator("details[open] #rijksregister-persoon-insz").wait_for(state="visible")


async def test_what_was_not_asked_is_named_and_asked_without_javascript(plain_visitor, persona):
    await plain_visitor.signs_in(persona.complete, start=START)
    await seeks(plain_visitor, "Coppieters")
    await plain_visitor.sees("Het kan dus wel bestaan.")
    named = await plain_visitor.page.get_by_text("Nog op te vragen:").inner_text()
    assert "Afstamming, Gezinssamenstelling" in named
    assert await results(plain_visitor) == []
    await finds_everything(plain_visitor)
    assert DESCENT in await results(plain_visitor)
    assert await plain_visitor.page.get_by_text("Nog op te vragen:").count() == 0


@pytest.mark.parametrize(
    ("mode", "said"), [("503", "Wij konden dat nu niet opvragen bij"), ("hang", "antwoordt traag.")]
)
async def test_a_source_in_trouble_is_not_taken_for_nothing_found(visitor, persona, faults, mode, said):
    await visitor.signs_in(persona.complete, start=START)
    await seeks(visitor, "Benhaddou")
    await faults.set("rijksregister-gezin", mode)
    await sends(visitor, "Vraag alles op en zoek")
    trouble = visitor.page.locator(".trouble p").filter(has_text="Gezinssamenstelling")
    text = await trouble.inner_text()
    assert re.sub(r"\s+", " ", text).startswith("Niet gekregen: Gezinssamenstelling. ")
    assert said in text
    assert HOUSEHOLD not in await results(visitor)
    await faults.clear()
    await finds_everything(visitor)
    assert HOUSEHOLD in await results(visitor)


async def test_what_came_in_part_is_searched_and_said_to_be_in_part(visitor, persona, faults):
    await visitor.signs_in(persona.complete, start=START)
    await faults.set("rijksregister-gezin", "partial")
    await seeks(visitor, "Benhaddou")
    await sends(visitor, "Vraag alles op en zoek")
    trouble = visitor.page.locator(".trouble")
    await trouble.get_by_text("Niet helemaal gekregen: Gezinssamenstelling.").wait_for()
    await trouble.get_by_text("Een deel ontbreekt:").wait_for()
    assert HOUSEHOLD in await results(visitor)


@pytest.mark.security
async def test_a_whole_number_finds_its_row_and_stays_masked(visitor, persona):
    await visitor.signs_in(persona.complete, start=START)
    source = await seeks(visitor, "84.65.14-212.35")
    marks = await visitor.page.locator(f'[data-result="{PERSON}"] mark').all_inner_texts()
    assert set(marks) == {"84.65.14-•••.••"}
    assert persona.complete not in source
    await seeks(visitor, "212")
    assert await results(visitor) == []


async def test_a_keyboard_is_enough(visitor, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    # The first link of the page leads to the box, which stands below what is known.
    await page.locator("#inhoud").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**#zoek")
    await page.wait_for_function("document.activeElement.id == 'zoek'")
    await page.keyboard.type("14 mei 1984")
    await page.keyboard.press("Enter")
    await page.wait_for_url(f"**{PAGE}?gezocht=*")
    await page.locator(f'[data-result="{PERSON}"] mark').first.wait_for()
    assert await page.locator("mark").first.inner_text() == "14 mei 1984"
    # An error takes the keyboard to where it can be put right.
    await seeks(visitor, "a")
    await visitor.sees("Gebruik minstens 2 letters of cijfers.")
    await page.wait_for_function("document.activeElement.id == 'zoek'")


async def test_search_is_accessible_in_every_state(visitor, persona, faults):
    page = visitor.page
    sources: dict[str, str] = {}
    wrong: list[str] = []

    async def looks(state: str, source: str) -> None:
        sources[state] = source
        wrong.extend(f"{state}: {each}" for each in await in_each_look(page))

    await visitor.signs_in(persona.complete, start=START)
    await looks("form", await page.content())
    await looks("unasked", await seeks(visitor, "verhaegen"))
    await faults.set("rijksregister-gezin", "503")
    await looks("trouble", await sends(visitor, "Vraag alles op en zoek"))
    await looks("nothing", await seeks(visitor, "zzzz <b>"))
    await looks("error", await seeks(visitor, "a"))
    assert wrong == []
    assert await messages(sources) == []


@pytest.mark.security
async def test_words_leave_no_trace(visitor, persona):
    house, went = visitor.house, []
    visitor.page.on("request", lambda request: went.append(request.url))
    await visitor.signs_in(persona.complete, start=START)
    source = await seeks(visitor, "kanariepiet")
    assert "kanariepiet" in source
    await finds_everything(visitor)
    assert await visitor.page.title() == "Zoeken in uw gegevens - Mijn Burgerprofiel"
    tables = house.rows("select tablename from pg_tables where schemaname = 'public'")
    rows = [row for (table,) in tables for row in house.rows(f'select * from "{table}"')]
    log = house.log.read_text("utf-8")
    assert "themes:search" in log
    for place in (log, "\n".join(went), repr(rows)):
        assert "kanarie" not in place
