"""I am under guardianship: the register says so, and the portal explains who can sign in and that nobody can sign."""

import re

from .test_overview import PERSON

EVERYTHING = "/uw-gegevens/bron/rijksregister/persoon/"
HISTORY = "/uw-gegevens/bron/rijksregister/persoon_historiek/"
EXPLAINED = (
    "alleen met uw eID en uw pincode",
    "kan niet zien wie van u beiden zich aanmeldt",
    "geen handtekening zetten",
)


async def test_my_overview_says_it_and_its_page_explains_it_without_javascript(plain_visitor, persona):
    await plain_visitor.signs_in(persona.under_guardianship, means="eid")
    tile = plain_visitor.tile(PERSON)
    await tile.get_by_text("Bewindvoering over de goederen").wait_for()
    await tile.locator(".door a").click()
    meaning = tile.locator("dd details")
    assert await meaning.locator("p").is_visible() is False
    await meaning.locator("summary").click()
    said = await meaning.locator("p").inner_text()
    for words in ("met uw eID of met een digitale sleutel", *EXPLAINED[:2], "Een handtekening zetten kan"):
        assert words in said
    box = await meaning.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


async def test_i_see_who_my_guardians_are_and_were(visitor, persona):
    await visitor.signs_in(persona.under_guardianship, means="eid")
    await visitor.opens(EVERYTHING)
    tile = visitor.tile(PERSON)
    # That there are two stands at once; who they are, and since when, one click further.
    opened = tile.locator("> .facts dd", has_text="Bewindvoering over de")
    assert await opened.locator(".since").all_inner_texts() == [
        "sinds 10 mei 2021",
        "van 10 mei 2021 tot 9 mei 2027",
    ]
    await visitor.unfolds()
    name = visitor.page.locator("summary").filter(has_text=re.compile(r"^Bewindvoering \(2\)$"))
    fold = tile.locator("details.fold", has=name)
    assert [await one.locator("dd").count() for one in await fold.locator(".facts").all()] == [3, 4]
    for words in ("Advocatenkantoor Dijle", "Annelies Lauwers, dochter", "87.65.09-•••.••", "9 mei 2027"):
        await visitor.sees(words)
    # What it means is said once, not with each guardian.
    assert await visitor.tile(PERSON).locator("dd details").count() == 1
    await visitor.opens(HISTORY)
    await visitor.unfolds()
    for words in ("Annelies Lauwers, dochter", "Marc Lauwers, broer", "februari 2018"):
        await visitor.sees(words)


async def test_who_is_not_under_guardianship_reads_nothing_about_it(visitor, persona):
    await visitor.signs_in(persona.complete)
    for path in ("/uw-gegevens/", "/uw-gegevens/gezin/", EVERYTHING, HISTORY):
        await visitor.opens(path)
        await visitor.page.locator('[data-outcome="ready"]').first.wait_for()
        assert "bewind" not in (await visitor.page.content()).casefold(), path


async def test_the_sign_in_page_of_the_town_lists_me(visitor, persona):
    await visitor.page.goto(visitor.house.portal + "/aanmelden/")
    await visitor.page.locator(f'[name=person][value="{persona.under_guardianship}"]').wait_for()
    await visitor.sees("onder bewindvoering, met twee bewindvoerders")


async def test_help_explains_it_to_everyone(visitor):
    await visitor.opens("/hulp/#bewindvoering")  # its topic is open then
    await visitor.page.locator("#bewindvoering a").click()
    await visitor.page.wait_for_url("**/hulp/bewindvoering/")
    said = await visitor.page.locator("main").inner_text()
    for words in ("U meldt zich zelf aan", *EXPLAINED, "ondertekenen kan hier niet"):
        assert words in said
