"""I am under guardianship: the register says so, and the portal explains who can sign in and that nobody can sign."""

from .test_overview import PERSON

EVERYTHING = "/uw-gegevens/bron/rijksregister/persoon/"
HISTORY = "/uw-gegevens/bron/rijksregister/persoon_historiek/"
EXPLAINED = (
    "alleen met uw eID en uw pincode",
    "kan niet zien wie van u beiden zich aanmeldt",
    "geen handtekening zetten",
)


async def test_my_overview_says_it_and_explains_it_without_javascript(plain_visitor, persona):
    await plain_visitor.signs_in(persona.under_guardianship, means="eid")
    tile = plain_visitor.tile(PERSON)
    await tile.get_by_text("Bewindvoering over de goederen").wait_for()
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
    blocks = visitor.tile(PERSON).locator(".block", has=visitor.page.get_by_role("heading", name="Bewindvoering"))
    assert [await block.locator("dd").count() for block in await blocks.all()] == [5, 7]
    for words in ("Advocatenkantoor Dijle", "Annelies Lauwers, dochter", "87.65.09-•••.••", "9 mei 2027"):
        await visitor.sees(words)
    # What it means is said once, not with each guardian.
    assert await visitor.tile(PERSON).locator("dd details:not(.info)").count() == 1
    await visitor.opens(HISTORY)
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
    await visitor.opens("/hulp/")
    await visitor.page.locator("#bewindvoering a").click()
    await visitor.page.wait_for_url("**/hulp/bewindvoering/")
    said = await visitor.page.locator("main").inner_text()
    for words in ("U meldt zich zelf aan", *EXPLAINED, "ondertekenen kan hier niet"):
        assert words in said
