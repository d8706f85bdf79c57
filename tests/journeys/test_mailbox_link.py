"""The eBox is linked after a yes, read, withdrawn at one press, and linked again: on a phone without a script."""

import pytest

from portal.features.mailbox.tests.examples import LINK, WITHDRAW, could_link, links_the_ebox
from tests.walks.example import Person
from tests.walks.somebody import People

from .test_preferences import gives
from .test_profile import Inbox, press

LIST = "/brievenbus/ebox/"
LETTER = "data-message="


@pytest.fixture
def inbox(house, nothing_of_their_own):
    inbox = Inbox(house.town)
    inbox.clear()
    return inbox


async def letters_on(page) -> int:
    """Count the letters of the list that is open, when all of it came."""
    await page.locator(".closing").first.wait_for()
    return int(await page.locator("article[data-message]").count())


async def test_ebox_is_linked_withdrawn_and_linked_again_on_a_phone_without_javascript(
    plain_visitor, persona, inbox, faults
):
    page = plain_visitor.page
    await page.set_viewport_size({"width": 360, "height": 740})
    await plain_visitor.signs_in(persona.complete)
    await plain_visitor.opens("/brievenbus/")
    await page.get_by_role("main").get_by_role("link", name="eBox documenten").click()
    # What it means is said before anything is asked, and so is that an address is needed.
    await plain_visitor.sees("Sommige brieven krijgt u vanaf dan alleen nog digitaal")
    await page.get_by_role("main").get_by_role("link", name="Wie stuurt naar de eBox?").click()
    await page.get_by_label("Zoek", exact=True).fill("financien")
    await press(page, "Toon")
    await plain_visitor.sees("1 verzender")
    await page.get_by_role("link", name="eBox koppelen").click()
    await page.get_by_role("link", name="E-mailadres geven").click()
    await page.get_by_role("link", name="E-mailadres geven").click()
    await gives(plain_visitor, inbox, "lies@canary.example")
    await plain_visitor.opens(LIST)
    await press(page, "Koppelen")
    await plain_visitor.sees("Vink aan dat u wilt koppelen.")
    await page.get_by_label("Ja, ik wil mijn eBox koppelen aan Mijn Burgerprofiel.").check()
    await press(page, "Koppelen")
    await plain_visitor.sees("Uw eBox is gekoppeld.")
    letters = await letters_on(page)
    assert letters > 0
    await plain_visitor.opens("/uw-gegevens/contactvoorkeuren/")
    await plain_visitor.sees("Op lies@canary.example krijgt u mails over:")
    await plain_visitor.opens(LIST)
    await page.get_by_role("link", name="Uw koppeling bekijken of intrekken").click()
    await page.get_by_role("link", name="Ontkoppelen", exact=True).click()
    await plain_visitor.sees("Uw documenten blijven in uw eBox tot hun vervaldag.")
    await press(page, "Toestemming intrekken en ontkoppelen")
    await plain_visitor.sees("Uw toestemming is ingetrokken.")
    await plain_visitor.opens(LIST)
    assert await page.locator("article[data-message]").count() == 0
    await page.get_by_label("Ja, ik wil mijn eBox koppelen aan Mijn Burgerprofiel.").check()
    await press(page, "Koppelen")
    assert await letters_on(page) == letters


async def test_withdrawal_holds_in_a_browser_that_was_open_and_for_nobody_else(people: People, faults):
    who, other = await people.who(Person.complete), await people.who(Person.in_civic_path)
    for each in (who, other):
        await links_the_ebox(each)
    elsewhere = await people.another(Person.complete)
    assert LETTER in (await elsewhere.gets(LIST)).text

    await who.posts(WITHDRAW, {})

    led = await elsewhere.gets(LIST)
    assert (led.status, led.location, LETTER in led.text) == (303, LINK, False)
    assert (await other.gets(LIST)).status == 200


async def test_yes_that_is_sent_twice_or_from_elsewhere_links_once_or_not(people: People, faults):
    who = await people.who(Person.complete)
    await could_link(who)
    form = {**await who.marks(), "akkoord": "1", "tekst": "ebox-1", "email": ""}
    assert (await who.asks("POST", LINK, data=form, headers={"Sec-Fetch-Site": "cross-site"})).status == 403
    assert (await who.gets(LIST)).location == LINK
    # Without a session nothing is linked, and the way leads to signing in.
    nobody = await people.who("")
    assert "/aanmelden" in (await nobody.asks("POST", LINK, data=form)).location
    assert (await who.gets(LIST)).location == LINK
