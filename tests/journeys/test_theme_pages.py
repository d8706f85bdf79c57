"""Each theme in full: by body, long lists that can be searched and sorted, a page per item, paper and PDF."""

import io
import re

import pypdf
import pytest

LESSONS, PATH = "inburgering.nederlands", "inburgering.traject"
PROOFS = "ahovoks.bewijzen"
THEME = "/uw-gegevens/onderwijs/"
LIST = "/uw-gegevens/bron/inburgering/nederlands/"
SOURCE = "inburgering-nederlands"


async def filters(visitor, page: str, words: str = "", order: str = "Zoals de bron ze geeft") -> None:
    """Open a page and filter its long list."""
    await visitor.opens(page)
    tile = visitor.tile(LESSONS)
    await tile.get_by_label("Zoek in deze lijst").fill(words)
    await tile.get_by_label("Volgorde").select_option(order)
    await tile.get_by_role("button", name="Toon").click()
    await visitor.page.wait_for_load_state()


async def titles(visitor, name: str = LESSONS) -> list[str]:
    return [" ".join(one.split()) for one in await visitor.tile(name).locator(".items .title").all_text_contents()]


async def item_of(visitor, name: str, title: str) -> str:
    """Find the address of an item's page, in the words of the list."""
    address = await visitor.tile(name).locator("a.title", has_text=title).first.get_attribute("href")
    assert re.fullmatch(r"/uw-gegevens/bron/\w+/\w+/[\w-]{43}/", address)
    return address


async def pdf_of(visitor, address: str) -> tuple[dict[str, str], str]:
    answer = await visitor.page.context.request.get(visitor.house.portal + address)
    assert answer.status == 200
    reader = pypdf.PdfReader(io.BytesIO(await answer.body()))
    return answer.headers, " ".join(" ".join(page.extract_text() for page in reader.pages).split())


# --- by body -----------------------------------------------------------------------------------------------


async def test_a_theme_groups_its_data_by_body_as_the_policy_does(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.opens(THEME)
    assert await visitor.page.locator(".group h2").all_text_contents() == [
        "Agentschap Integratie en Inburgering",
        "Agentschap voor Hoger Onderwijs, Volwassenenonderwijs, Kwalificaties en Studietoelagen",
        "Agentschap voor Onderwijsdiensten",
    ]
    assert await visitor.slots() == [
        "inburgering-traject",
        "inburgering-nederlands",
        "ahovoks-bewijzen",
        "ahovoks-hoger",
        "ahovoks-volwassenen",
        "onderwijsdiensten-leerplicht",
    ]


# --- long lists --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [THEME, LIST])
async def test_i_search_and_sort_a_long_list_on_a_phone_without_javascript(plain_visitor, persona, page):
    await plain_visitor.signs_in(persona.in_many_lessons)
    await plain_visitor.opens(page)
    tile = plain_visitor.tile(LESSONS)
    await tile.get_by_text("12 lessen en testen", exact=True).wait_for()
    await tile.get_by_label("Zoek in deze lijst").fill("RICHTGRAAD 2.1 Mondeling")
    await tile.get_by_label("Volgorde").select_option("Nieuwste eerst")
    await tile.get_by_role("button", name="Toon").click()
    await tile.get_by_text("2 van 12 lessen en testen").wait_for()
    assert plain_visitor.page.url.endswith("#tile-inburgering-nederlands")
    said = await tile.inner_text()
    assert said.index("9 september 2019") < said.index("10 september 2018")
    assert await plain_visitor.page.evaluate("document.documentElement.scrollWidth") <= 360
    await tile.get_by_role("link", name="Wis de filter").click()
    await tile.get_by_text("12 lessen en testen", exact=True).wait_for()


async def test_the_order_is_what_i_chose(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await filters(visitor, THEME, order="Oudste eerst")
    oldest = await titles(visitor)
    await filters(visitor, THEME, order="Op naam, van A tot Z")
    by_name = await titles(visitor)
    assert (oldest[0], oldest[-1]) == ("Alfabetisering NT2 – module 1", "Nederlands richtgraad 2.2 – mondeling")
    assert by_name == sorted(by_name)
    assert sorted(oldest) == by_name


async def test_finding_nothing_is_not_having_nothing(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await filters(visitor, THEME, "paardrijden")
    said = await visitor.tile(LESSONS).inner_text()
    assert "Niets gevonden met deze filter: “paardrijden”. De bron gaf wel 12 lessen en testen." in said
    assert "geen gegevens" not in said
    assert await visitor.outcome(LESSONS) == "ready"


async def test_a_short_list_has_no_filter_and_hides_nothing(visitor, persona):
    await visitor.signs_in(persona.in_civic_path)
    await visitor.opens(THEME)
    assert len(await titles(visitor)) == 2
    assert await visitor.page.locator("form.filter").count() == 0


@pytest.mark.parametrize(("mode", "outcome"), [("hang", "late"), ("503", "down")])
async def test_a_filter_hides_no_trouble(visitor, faults, persona, mode, outcome):
    await visitor.signs_in(persona.in_many_lessons)
    await filters(visitor, THEME, "paardrijden")
    chosen = visitor.page.url.removeprefix(visitor.house.portal).partition("#")[0]
    await faults.set(SOURCE, mode)
    await visitor.opens(f"{chosen}&opnieuw={LESSONS}")
    assert await visitor.outcome(LESSONS) == outcome
    assert "Niets gevonden" not in await visitor.tile(LESSONS).inner_text()
    await faults.clear()
    await visitor.tile(LESSONS).get_by_role("link", name="Vraag opnieuw wat ontbrak").click()
    await visitor.tile(LESSONS).get_by_text("Niets gevonden met deze filter: “paardrijden”.").wait_for()


async def test_back_from_an_item_finds_the_list_as_it_was_filtered(plain_visitor, persona):
    await plain_visitor.signs_in(persona.in_many_lessons)
    await filters(plain_visitor, LIST, "taaltest")
    await plain_visitor.tile(LESSONS).get_by_role("link", name="Taaltest: één dag, B1").click()
    await plain_visitor.page.wait_for_url(re.compile(r"/[\w-]{43}/$"))
    await plain_visitor.page.go_back()
    await plain_visitor.tile(LESSONS).get_by_text("1 van 12 lessen en testen").wait_for()


async def test_what_i_search_for_is_text(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await filters(visitor, LIST, "<script>alert(1)</script>\"'")
    assert (
        await visitor.tile(LESSONS).get_by_label("Zoek in deze lijst").input_value() == "<script>alert(1)</script>\"'"
    )
    assert await visitor.page.locator("script:not([src])").count() == 0


# --- a page per item ---------------------------------------------------------------------------------------


async def test_i_open_one_certificate_by_keyboard_and_find_my_way_back(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.opens(THEME)
    link = visitor.tile(PROOFS).locator("a.title").first
    title = await link.inner_text()
    await link.focus()
    await visitor.page.keyboard.press("Enter")
    await visitor.page.wait_for_url(re.compile(r"/bewijzen/[\w-]{43}/$"))
    assert await visitor.page.get_by_role("heading", level=1).inner_text() == title
    assert title not in await visitor.page.get_by_role("navigation", name="Kruimelpad").inner_text()
    said = await visitor.tile(PROOFS).inner_text()
    assert "opgehaald om" in said
    await visitor.page.get_by_role("link", name="Terug naar Leer- en ervaringsbewijzen").click()
    await visitor.page.wait_for_url("**/bron/ahovoks/bewijzen/")


async def test_an_item_has_every_fact_of_its_list(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await visitor.opens(LIST)
    block = visitor.tile(LESSONS).locator(".block").nth(3)
    facts = await block.locator("dt, dd").all_text_contents()
    async with visitor.page.expect_navigation():
        await block.get_by_role("heading").get_by_role("link").click()
    assert sorted(await visitor.tile(LESSONS).locator("dt, dd").all_text_contents()) == sorted(facts)
    assert "Niet geslaagd" in facts


async def test_an_address_of_another_session_or_of_nobody_leads_nowhere(browser, visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await visitor.opens(THEME)
    address = await item_of(visitor, LESSONS, "Taaltest: één dag, B1")
    for person in (persona.in_many_lessons, persona.complete):
        await visitor.page.context.clear_cookies()
        await visitor.signs_in(person)
        assert await visitor.opens(address) == 404
        assert await visitor.opens(f"{address}pdf/") == 404
    assert await visitor.opens(f"{LIST}x/") == 404
    assert await visitor.opens("/uw-gegevens/bron/rijksregister/persoon/x/") == 404


async def test_after_signing_in_nobody_comes_back_to_an_item(visitor, persona):
    await visitor.signs_in(persona.complete, start=f"/aanmelden/?naar={LIST}{'x' * 43}/")
    assert visitor.page.url == visitor.house.portal + "/"


@pytest.mark.parametrize(("mode", "outcome"), [("hang", "late"), ("503", "down")])
async def test_an_item_whose_source_does_not_answer_is_not_said_to_be_gone(visitor, faults, persona, mode, outcome):
    await visitor.signs_in(persona.in_many_lessons)
    await visitor.opens(THEME)
    address = await item_of(visitor, LESSONS, "Taaltest: één dag, B1")
    await faults.set(SOURCE, mode)
    assert await visitor.opens(f"{address}?opnieuw={LESSONS}") == 200
    assert await visitor.outcome(LESSONS) == outcome
    await visitor.sees("Dat betekent niet dat het er niet is.")
    await faults.clear()
    assert await visitor.opens(f"{address}?opnieuw={LESSONS}") == 200
    assert await visitor.page.get_by_role("heading", level=1).inner_text() == "Taaltest: één dag, B1"


# --- paper -------------------------------------------------------------------------------------------------


async def test_a_theme_and_an_item_print_without_what_cannot_be_clicked(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await visitor.opens(THEME)
    address = await item_of(visitor, LESSONS, "Taaltest: één dag, B1")
    await visitor.page.emulate_media(media="print")
    for page in (THEME, address):
        await visitor.opens(page)
        for gone in (".nav", ".crumbs", "form.filter", ".button", ".back", ".bottom"):
            assert [await one.is_visible() for one in await visitor.page.locator(gone).all()].count(True) == 0, gone
        assert await visitor.tile(LESSONS).get_by_text(re.compile(r"opgehaald om .* op \d")).is_visible()


# --- PDF ---------------------------------------------------------------------------------------------------


async def test_i_download_a_theme_a_dataset_and_an_item(visitor, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await visitor.opens(THEME)
    address = await item_of(visitor, LESSONS, "Taaltest: één dag, B1")
    for page, name, words in (
        (THEME, "onderwijs", ["Nederlands richtgraad 2.2", "AGODI heeft hierover geen"]),
        (LIST, "nederlands", ["12 lessen en testen", "Niveau behaald op: 29 juni 2016"]),
        (address, "nederlands", ["Taaltest: één dag, B1", "Niveau behaald op: 1 september 2021"]),
    ):
        await visitor.opens(page)
        link = visitor.page.get_by_role("link", name="Download als PDF")
        async with visitor.page.expect_download() as download:
            await link.click()
        assert (await download.value).suggested_filename == f"mijn-burgerprofiel-{name}.pdf"
        headers, text = await pdf_of(visitor, f"{page}pdf/")
        assert (headers["content-type"], headers["cache-control"]) == ("application/pdf", "no-store")
        for each in [*words, "Dit is geen officieel attest", "gegevens van Amina Waziri", "Bron: "]:
            assert each in text
    assert "richtgraad" not in text


async def test_a_pdf_tells_trouble_and_does_not_hide_it(visitor, faults, persona):
    await faults.set("ahovoks-bewijzen", "503")
    await visitor.signs_in(persona.complete)
    _, text = await pdf_of(visitor, f"{THEME}pdf/")
    assert "Wij konden deze gegevens nu niet opvragen bij AHOVOKS. Dat betekent" in text
    assert "Dat betekent niet dat er geen zijn." in text


async def test_a_pdf_is_journalled_as_a_look(visitor, house, persona):
    await visitor.signs_in(persona.complete)
    count = "select count(*) from journal_entry"
    ((before,),) = house.rows(count)
    await pdf_of(visitor, f"{THEME}pdf/")
    ((after,),) = house.rows(count)
    assert after > before


async def test_a_pdf_is_for_who_is_signed_in(visitor, persona):
    answer = await visitor.page.context.request.get(f"{visitor.house.portal}{THEME}pdf/", max_redirects=0)
    assert (answer.status, answer.headers["location"].partition("?")[0]) == (303, "/aanmelden/")
    await visitor.signs_in(persona.complete)
    assert await visitor.opens("/uw-gegevens/bestaat-niet/pdf/") == 404


async def test_no_address_and_no_log_line_names_what_i_looked_at(visitor, house, persona):
    await visitor.signs_in(persona.in_many_lessons)
    await filters(visitor, THEME, "taaltest")
    assert re.fullmatch(rf"{re.escape(house.portal + THEME)}\?lijst=[\w-]+#tile-{SOURCE}", visitor.page.url)
    await visitor.opens(await item_of(visitor, LESSONS, "Taaltest: één dag, B1"))
    written = house.log.read_text("utf-8")
    assert "themes:item" in written
    assert "taaltest" not in written.casefold()
