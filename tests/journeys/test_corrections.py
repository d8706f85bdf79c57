"""What the portal shows about me is wrong: I say so beside it, get a receipt, and follow what becomes of it."""

import re

from playwright.async_api import Page, expect

from .looks import axe, inspect
from .nu import messages

PLACE = "/uw-gegevens/bron/ahovoks/bewijzen/"


async def _report(visitor, should_be: str) -> str:
    """Report the first certificate, from its own question to the receipt; returns the reference."""
    await _send(visitor, should_be)
    status = visitor.page.get_by_role("status").first
    await expect(status).to_contain_text("Wij hebben uw melding goed ontvangen.")
    return await visitor.page.locator("dd.reference").inner_text()


async def _send(visitor, should_be: str) -> None:
    """Report the first certificate, until it has a reference."""
    page: Page = visitor.page
    await visitor.opens(PLACE)
    tile = visitor.tile("ahovoks.bewijzen")
    await tile.locator(".foot summary").click()
    await expect(tile.locator(".foot")).to_contain_text("Bron: Agentschap voor Hoger Onderwijs")
    await expect(tile.locator(".foot")).to_contain_text("Rechtsgrond:")
    fold = tile.locator("details.fold").first
    await fold.locator("summary").click()
    await fold.get_by_role("link", name="Klopt er iets niet? Bachelor in de verpleegkunde").click()
    # One certificate's data, and no other's.
    await expect(page.locator("main").get_by_role("heading", level=2)).to_have_text(
        [re.compile("^Bachelor in de verpleegkunde"), "Staat het er niet bij?"]
    )
    await page.get_by_role("link", name="Bachelor in de verpleegkunde").first.click()
    await expect(page.get_by_role("definition").nth(1)).to_have_text("Bachelor in de verpleegkunde")
    await page.get_by_label("Wat moet het zijn?").fill(should_be)
    await page.get_by_label("Hoe weet u dat?").fill("Zo staat het op mijn diploma.")
    await page.get_by_label("Uw e-mailadres").fill("lies@example.org")
    await page.get_by_role("button", name="Verder").click()
    await expect(page.locator("h1")).to_have_text("Kijk uw melding na")
    await page.get_by_role("button", name="Verstuur uw melding").click()
    await expect(page.locator("dd.reference")).to_be_visible()


async def _says(visitor, house, reference: str, status: str, reason: str = "") -> None:
    """Have the body say something, at its desk in the town."""
    desk = await visitor.page.context.new_page()
    await desk.goto(f"{house.town}/verbeteringen/")
    section = desk.locator("section", has=desk.get_by_role("heading", name=reference))
    await section.get_by_label("Reden").fill(reason)
    await section.get_by_role("button", name=status).click()
    await expect(section.locator("strong")).to_have_text(f"{status}: HTTP 204")
    await desk.close()


async def _wait_until_delivered(visitor) -> None:
    """Look again until the report has reached the desk."""
    delivered = visitor.page.get_by_text("Bezorgd aan Agentschap voor Hoger Onderwijs").first
    for _ in range(600):
        await visitor.page.reload()
        if await delivered.count():
            return
        await visitor.page.wait_for_timeout(300)
    raise AssertionError("the report did not reach the desk")


async def test_error_is_reported_and_followed_without_a_script(plain_visitor, house, persona):
    visitor = plain_visitor
    await visitor.signs_in(persona.complete)
    reference = await _report(visitor, "Master in de verpleegkunde")
    await _wait_until_delivered(visitor)
    await _says(visitor, house, reference, "In behandeling")
    await _says(visitor, house, reference, "Geweigerd", "Op uw diploma staat Bachelor.")
    await visitor.opens("/verbeteren/")
    first = visitor.page.get_by_role("main").get_by_role("listitem").first
    await expect(first).to_contain_text("Niet verbeterd")
    await first.get_by_role("link").click()
    history = visitor.page.locator("ol.history")
    for said in ("Gemeld", "Bezorgd aan", "In behandeling", "Niet verbeterd", "Op uw diploma staat Bachelor."):
        await expect(history).to_contain_text(said)
    await visitor.sees("U kunt ook terecht bij de school")


async def test_corrected_datum_can_be_looked_at_again(visitor, house, persona):
    await visitor.signs_in(persona.complete)
    reference = await _report(visitor, "Master")
    await _wait_until_delivered(visitor)
    await _says(visitor, house, reference, "Verbeterd")
    await visitor.page.reload()
    await visitor.page.get_by_role("link", name="Bekijk het verbeterde gegeven").click()
    await expect(visitor.tile("ahovoks.bewijzen")).to_have_attribute("data-outcome", "ready")


async def test_report_is_confirmed_though_the_desk_is_down(visitor, faults, persona):
    await faults.set("ahovoks-verbetering", "503")
    await visitor.signs_in(persona.complete)
    await _report(visitor, "Master")
    await expect(visitor.page.locator("dd", has_text="Onderweg")).to_be_visible()
    await faults.clear()


async def test_desk_that_refuses_leads_to_the_other_way(visitor, faults, persona):
    await faults.set("ahovoks-verbetering", "permanent")
    await visitor.signs_in(persona.complete)
    await _send(visitor, "Master")  # the worker may be quicker than the page with the receipt
    refused = visitor.page.get_by_role("heading", name="Uw melding is niet bezorgd")
    for _ in range(600):
        await visitor.page.reload()
        if await refused.count():
            break
        await visitor.page.wait_for_timeout(300)
    await visitor.sees("nam uw melding niet aan")
    await visitor.sees("U kunt ook terecht bij de school")


async def test_body_without_a_form_is_named_with_its_way(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    await visitor.opens("/uw-gegevens/gezin/")
    tile = visitor.tile("rijksregister.persoon")
    await tile.locator(".foot").get_by_role("link", name="Klopt er iets niet? Identiteit").click()
    await visitor.sees("Alleen uw gemeente kan gegevens in het Rijksregister verbeteren.")


async def test_errors_check_and_receipt_are_accessible(visitor, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.opens("/verbeteren/ahovoks/bewijzen/?gegeven=ontbreekt")
    sources = {"errors": await _press(page, "Verder")}
    # The sum of errors has the focus, and leads to the field.
    await expect(page.get_by_role("alert")).to_be_focused()
    wrong = await axe(page)
    await page.get_by_role("alert").get_by_role("link").first.click()
    await expect(page.get_by_label("Wat ontbreekt er?")).to_be_focused()
    await page.keyboard.type("Mijn rijbewijs")
    await page.keyboard.press("Tab")
    await page.keyboard.type("Ik heb het bij mij.")
    sources["check"] = await _press(page, "Verder")
    wrong += await axe(page)
    await page.get_by_role("button", name="Verstuur uw melding").click()
    await expect(page.get_by_role("status").first).to_contain_text("goed ontvangen")
    wrong += await inspect(visitor, [page.url.removeprefix(visitor.house.portal)])
    assert wrong + await messages(sources) == []


async def _press(page: Page, name: str) -> str:
    """Press a button; returns the source of the page that its form led to."""
    async with page.expect_response(lambda answer: answer.request.method == "POST") as coming:
        await page.get_by_role("button", name=name).click()
    return await (await coming.value).text()
