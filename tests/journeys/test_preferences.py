"""About which services people want mails, and where: chosen on a phone without a script, and by keyboard."""

import re

import pytest

from .test_profile import Inbox, press

EVERY = "/uw-gegevens/contactvoorkeuren/"
TABLES = (
    "profile_kept, profile_email, profile_address, profile_proposal, profile_code_sent, notifications_preferences"
)


@pytest.fixture
def inbox(house):
    inbox = Inbox(house.town)
    inbox.clear()
    house.rows(f"truncate {TABLES}")
    return inbox


async def gives(visitor, inbox, address) -> None:
    """Enter an address on the page that is open, and its code."""
    await visitor.page.get_by_label("Uw e-mailadres").fill(address)
    await press(visitor.page, "Stuur mij een code")
    await visitor.page.get_by_label("Code uit de mail").fill(await inbox.code(address))
    await press(visitor.page, "Bevestigen")


async def test_services_are_chosen_one_by_one_on_a_phone_without_javascript(plain_visitor, persona, inbox):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete)
    await plain_visitor.opens("/brievenbus/meldingen/")
    await page.get_by_role("link", name="Inschrijven op updates en voorkeuren beheren").click()
    await plain_visitor.sees("U hebt ons geen e-mailadres gegeven. Wij sturen u dus geen mails.")
    await page.get_by_role("link", name="E-mailadres geven").click()
    await page.get_by_role("link", name="E-mailadres geven").click()
    await gives(plain_visitor, inbox, "lies@canary.example")
    await page.get_by_role("link", name="Nog een adres toevoegen").click()
    await gives(plain_visitor, inbox, "werk@canary.example")
    await page.get_by_role("link", name="Contactvoorkeuren bekijken").click()
    await plain_visitor.sees("U krijgt geen mails over nieuws.")
    await page.get_by_role("link", name="Kiezen per dienst").click()
    await page.get_by_label("Meldpunt 1777").select_option("werk@canary.example")
    await page.get_by_label("Overheidsdocumenten (eBox)").select_option("lies@canary.example")
    await page.get_by_label("Wanneer wilt u de mails?").select_option("Hoogstens één keer per dag, alles samen")
    await press(page, "Bewaren")
    await plain_visitor.sees("Uw keuze is bewaard.")
    await plain_visitor.sees("Op werk@canary.example krijgt u mails over:")
    await plain_visitor.sees("U krijgt hoogstens één mail per dag en per adres, om 18 uur.")
    # The address goes: what was to go there goes nowhere, and that is said.
    await plain_visitor.opens("/profiel/")
    await page.get_by_role("link", name=re.compile("Verwijderen ?: werk@canary.example")).click()
    await plain_visitor.sees("Die mails stoppen. Ze gaan niet vanzelf naar een ander adres.")
    await press(page, "Ja, verwijderen")
    await plain_visitor.opens(EVERY)
    await plain_visitor.sees("Voor deze diensten koos u een adres dat niet meer in uw profiel staat.")
    assert await page.locator(".trouble li").all_inner_texts() == ["Meldpunt 1777"]
    await press(page, "Geen mails meer over nieuws")
    await plain_visitor.sees("Uw keuze is bewaard. U krijgt geen mails over nieuws.")


async def test_one_address_for_all_services_is_chosen_by_keyboard_alone(visitor, persona, inbox):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.opens("/profiel/e-mail/")
    await gives(visitor, inbox, "lies@canary.example")
    await visitor.opens(EVERY)
    await page.get_by_role("link", name="Eén adres voor alle diensten").focus()
    await page.keyboard.press("Enter")
    await page.get_by_label("Op welk e-mailadres?").focus()
    await page.keyboard.press("Tab")
    await page.keyboard.press("ArrowDown")
    await page.get_by_role("button", name="Bewaren").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_function("document.activeElement.className == 'receipt'")
    await visitor.sees("U krijgt mails over alle diensten op lies@canary.example.")
    await visitor.sees("U krijgt hoogstens één mail per dag en per adres, om 18 uur.")
