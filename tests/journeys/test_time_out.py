"""My session ends while I write: nothing I typed is lost, and nothing is sent that I did not send."""

import pytest

from .looks import in_each_look
from .nu import messages

MISSING = "/verbeteren/ahovoks/bewijzen/?gegeven=ontbreekt"
FORM = "/verbeteren/ahovoks/bewijzen/"
ADDRESS = "/profiel/adressen/nieuw/"
TEXT = "Mijn diploma van 2019 <b>&"


def ends(house) -> None:
    """Let a quarter of an hour go by for everyone's session."""
    house.rows("update access_session set last_seen_at = last_seen_at - interval '16 minutes'")


async def chooses(tab, persona) -> None:
    """Say who one is at the provider, in a tab of its own."""
    await tab.fill("[name=other_person]", persona.complete)
    await tab.check("[name=means][value=itsme]")
    await tab.locator("form:has([name=other_person]) button").last.click()


async def signs_in_beside(visitor, persona) -> None:
    """Follow the link to sign in, which opens a tab of its own, and come back to this one."""
    async with visitor.page.context.expect_page() as opening:
        await visitor.page.get_by_role("link", name="Meld u opnieuw aan").click()
    tab = await opening.value
    await chooses(tab, persona)
    await tab.wait_for_url(f"{visitor.house.portal}{FORM}")
    await tab.close()


async def test_i_go_on_with_my_report_after_signing_in_again_without_javascript(plain_visitor, house, persona):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete)
    await plain_visitor.opens(MISSING)
    await page.get_by_label("Wat ontbreekt er?").fill(TEXT)
    await page.get_by_label("Hoe weet u dat?").fill("Het ligt hier\nvoor mij.")
    ends(house)
    await page.get_by_role("button", name="Verder").click()
    await plain_visitor.sees("Wat u invulde, is er nog.")
    await signs_in_beside(plain_visitor, persona)
    await page.get_by_role("button", name="Ga verder met uw formulier").click()
    assert await page.get_by_label("Wat ontbreekt er?").input_value() == TEXT
    assert await page.get_by_label("Hoe weet u dat?").input_value() == "Het ligt hier\nvoor mij."
    await page.get_by_role("button", name="Verder").click()
    # The text was checked, and the session ends once more: it is not sent before it is seen again.
    ends(house)
    count = "select count(*) from corrections_report"
    before = house.rows(count)
    await page.get_by_role("button", name="Verstuur uw melding").click()
    await signs_in_beside(plain_visitor, persona)
    await page.get_by_role("button", name="Ga verder met uw formulier").click()
    assert (await page.get_by_label("Wat ontbreekt er?").input_value(), house.rows(count)) == (TEXT, before)
    await page.get_by_role("button", name="Verder").click()
    await page.get_by_role("button", name="Verstuur uw melding").click()
    await plain_visitor.sees("Wij hebben uw melding goed ontvangen.")


async def test_an_address_i_typed_comes_back_and_is_not_saved_unseen(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    count = "select count(*) from profile_address"
    before = house.rows(count)
    await visitor.opens(ADDRESS)
    for label, value in (("Naam van", "Thuis"), ("Straat", "Lei"), ("Huisnummer", "1")):
        await page.get_by_label(label).fill(value)
    await page.get_by_label("Postcode").fill("2000")
    await page.get_by_label("Gemeente").fill("Antwerpen")
    ends(house)
    await page.get_by_role("button", name="Adres bewaren").click()
    await visitor.sees("Wat u invulde, is er nog.")
    other = await page.context.new_page()
    await other.goto(f"{house.portal}/aanmelden/")
    await chooses(other, persona)
    await other.wait_for_url(f"{house.portal}/")
    await page.get_by_role("button", name="Ga verder met uw formulier").click()
    assert await page.get_by_label("Straat").input_value() == "Lei"
    assert house.rows(count) == before
    await page.get_by_role("button", name="Adres bewaren").click()
    assert house.rows(count) == [(before[0][0] + 1,)]
    assert "2000 Antwerpen" in await page.locator("main").inner_text()


async def test_typing_is_doing_something(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await page.clock.install()
    await visitor.opens(MISSING)
    house.rows("update access_session set last_seen_at = last_seen_at - interval '14 minutes'")
    await page.clock.run_for(14 * 60 * 1000)
    async with page.expect_response(lambda answer: answer.url.endswith("/verlengen/")) as extended:
        await page.get_by_label("Wat ontbreekt er?").fill("M")
    assert (await extended.value).status == 204
    newest = "select last_seen_at > now() - interval '1 minute' from access_session order by opened_at desc limit 1"
    assert house.rows(newest) == [(True,)]


@pytest.mark.parametrize("button", ["check", "error", "change"])
async def test_what_the_server_gave_back_is_not_lost_either(visitor, house, persona, button):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await page.clock.install()
    await visitor.opens(MISSING)
    await page.get_by_label("Wat ontbreekt er?").fill(TEXT)
    await page.get_by_label("Hoe weet u dat?").fill("" if button == "error" else "Ik heb het.")
    await page.get_by_role("button", name="Verder").click()
    if button == "change":
        await page.get_by_role("button", name="Wijzig iets").click()
        await page.get_by_label("Wat ontbreekt er?").wait_for()
    await page.wait_for_load_state()
    ends(house)
    async with page.expect_navigation():
        await page.clock.run_for(16 * 60 * 1000)
    await visitor.sees("Wat u invulde, is er nog.")
    assert await page.locator("[name=should_be]").input_value() == TEXT


async def test_a_page_that_only_fears_the_end_shows_the_form_and_waits_for_the_network(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await page.clock.install()
    await visitor.opens(MISSING)
    await page.get_by_label("Wat ontbreekt er?").fill(TEXT)
    await page.get_by_label("Hoe weet u dat?").fill("Ik heb het.")
    await page.context.set_offline(True)
    await page.clock.run_for(16 * 60 * 1000)
    assert await page.locator("body").is_hidden()
    await page.context.set_offline(False)
    await page.wait_for_url(f"{house.portal}{FORM}")
    # The session was there all the time: nothing is checked or sent by itself.
    assert await page.get_by_label("Wat ontbreekt er?").input_value() == TEXT


async def test_a_form_that_is_left_half_typed_clears_the_screen_and_keeps_the_text(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await page.clock.install()
    await visitor.opens(MISSING)
    await page.get_by_label("Wat ontbreekt er?").fill(TEXT)
    ends(house)
    async with page.expect_navigation() as left:
        await page.clock.run_for(16 * 60 * 1000)
    answer = await left.value
    assert (answer.status, answer.request.method) == (403, "POST")
    await visitor.sees("Wat u invulde, is er nog.")
    assert TEXT not in await page.locator("body").inner_text()
    assert await page.locator("[name=should_be]").input_value() == TEXT
    assert await in_each_look(page) + await messages({"kept": await answer.text()}) == []


async def test_staying_signed_in_opens_beside_what_i_write_without_javascript(plain_visitor, house, persona):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete)
    await plain_visitor.opens(MISSING)
    await page.get_by_label("Wat ontbreekt er?").fill(TEXT)
    async with page.context.expect_page() as opening:
        await page.get_by_role("button", name="Langer aangemeld blijven").click()
    beside = await opening.value
    await beside.wait_for_url(house.portal + MISSING)
    assert await page.get_by_label("Wat ontbreekt er?").input_value() == TEXT


@pytest.mark.parametrize("wrong", [False, True])
async def test_back_finds_what_i_wrote(visitor, plain_visitor, persona, wrong):
    for one in (visitor, plain_visitor):
        await one.signs_in(persona.complete)
        await one.opens(MISSING)
        typed = {"Wat ontbreekt er?": TEXT, "Hoe weet u dat?": "" if wrong else "Ik heb het bij mij."}
        for label, value in typed.items():
            await one.page.get_by_label(label).fill(value)
        await one.page.get_by_label("Uw e-mailadres").fill("lies@example.org")
        await one.page.get_by_role("button", name="Verder").click()
        await one.sees("Kijk dit na" if wrong else "Verstuur uw melding")
        await one.page.go_back()
        for label, value in (typed | {"Uw e-mailadres": "lies@example.org"}).items():
            assert await one.page.get_by_label(label).input_value() == value


async def test_a_question_outlives_another_sign_in_and_the_end_of_a_session(visitor, house, persona):
    page = visitor.page
    await visitor.opens("/contact/")
    await page.get_by_role("textbox", name="Uw vraag").fill("Waar staat mijn diploma?")
    other = await page.context.new_page()
    await other.goto(f"{house.portal}/aanmelden/")
    await chooses(other, persona)
    await other.wait_for_url(f"{house.portal}/")
    await page.locator("main form button").first.click()
    assert await page.get_by_role("textbox", name="Uw vraag").input_value() == "Waar staat mijn diploma?"
    await page.clock.install()
    await visitor.opens("/contact/")
    await page.get_by_role("textbox", name="Uw vraag").fill("En mijn attest?")
    ends(house)
    async with page.expect_navigation():
        await page.clock.run_for(16 * 60 * 1000)
    await visitor.sees("Wat u invulde, is er nog.")
    assert "En mijn attest?" not in await page.locator("body").inner_text()
    assert await page.get_by_role("button", name="Afmelden").count() == 0
    await page.get_by_role("button", name="Ga verder met uw formulier").click()
    assert await page.get_by_role("textbox", name="Uw vraag").input_value() == "En mijn attest?"


@pytest.mark.security
async def test_what_another_site_posts_is_refused_all_the_same(visitor, house, persona):
    await visitor.signs_in(persona.complete)
    answer = await visitor.page.request.post(
        house.portal + FORM,
        form={"gegeven": "ontbreekt", "should_be": "x"},
        headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"},
    )
    assert (answer.status, "niet uitgevoerd" in await answer.text()) == (403, True)
