"""A page of one kind of data: what I come for at once, the rest in folds that open for search, links and paper."""

IDENTITY = "/uw-gegevens/bron/rijksregister/persoon/"
PERSON = "rijksregister.persoon"
STOPS = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary')]
    .filter(one => one.checkVisibility({contentVisibilityAuto: true}))
    .filter(one => !one.parentElement.closest('details:not([open])') || one.matches('details:not([open]) > summary')
        && !one.parentElement.parentElement.closest('details:not([open])')).length"""


async def test_i_find_who_i_am_at_once_and_the_rest_in_a_fold(visitor, persona):
    page = visitor.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await visitor.signs_in(persona.complete)
    await visitor.opens(IDENTITY)
    tile = visitor.tile(PERSON)
    seen = [text.split("\n")[0] for text in await tile.locator("> .facts dt").all_inner_texts()]
    assert seen[:4] == ["Voornamen", "Achternaam", "Geboortedatum", "Hoofdverblijfplaats"]
    assert len(seen) <= 8
    assert (await tile.locator("summary").all_inner_texts())[-2:] == [
        "Technische gegevens",
        "Over deze gegevens\n: Identiteit",
    ]
    assert await page.evaluate(STOPS) <= 40
    # A link to a fact opens the fold that it is in, without a script of ours.
    partner = tile.locator("#rijksregister-persoon-partner_name")
    assert await partner.is_visible() is False
    await page.goto(f"{visitor.house.portal}{IDENTITY}?#rijksregister-persoon-partner_name")
    await partner.wait_for(state="visible")
    # On paper all of it stands, whatever is folded.
    await page.emulate_media(media="print")
    hidden = "nodes => nodes.filter(one => !one.checkVisibility({contentVisibilityAuto: true})).length"
    assert await tile.locator("dd").evaluate_all(hidden) == 0
    heights = await tile.locator("dd").evaluate_all("nodes => Math.min(...nodes.map(one => one.clientHeight))")
    assert heights > 10


async def test_i_report_an_error_in_five_clicks(visitor, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.opens("/uw-gegevens/onderwijs/")
    await page.get_by_role("link", name="Klopt er iets niet? Leer- en ervaringsbewijzen").click()
    await page.get_by_role("link", name="Bachelor in de verpleegkunde").first.click()
    await page.get_by_label("Wat moet het zijn?").fill("Master")
    await page.get_by_label("Hoe weet u dat?").fill("Zo staat het op mijn diploma.")
    await page.get_by_role("button", name="Verder").click()
    await page.get_by_role("button", name="Verstuur uw melding").click()
    await visitor.sees("Wij hebben uw melding goed ontvangen.")
