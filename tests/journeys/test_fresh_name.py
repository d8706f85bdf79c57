"""My name is wrong: I ask my data afresh, sign in afresh, and it is the same everywhere."""

import asyncio
import json
import urllib.request

import pytest_asyncio

from .looks import find_overflow, inspect
from .test_together import DIFFERENCES, asks_everything

PERSON = "rijksregister.persoon"
PAGE = "/uw-gegevens/bron/rijksregister/persoon/"
LONG = "W" * 40
OLD, NEW = "Elisabeth Vanoud", "Lies Verhaegen"


class Names:
    """The provider's switch for old names."""

    def __init__(self, town: str) -> None:
        self.address = f"{town}/op/names"

    async def set(self, stale: dict) -> None:
        """Make the provider know people by an old name."""
        await asyncio.to_thread(self._put, json.dumps({"stale": stale}).encode())

    def _put(self, data: bytes) -> None:
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.address, data=data, method="PUT", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200


@pytest_asyncio.fixture
async def names(house):
    """The switch, put right afterwards."""
    names = Names(house.town)
    yield names
    await names.set({})


@pytest_asyncio.fixture
async def stale_name(names, persona):
    """The provider knows the persona by an old name."""
    await names.set({persona.complete: {"given_name": "Elisabeth", "family_name": "Vanoud"}})
    return names


async def header(visitor) -> str:
    text: str = await visitor.page.locator("header .who").first.text_content() or ""
    return text.strip()


async def opens_identity(visitor) -> None:
    """Open the identity until the register answered: on a busy machine it may be late once."""
    for _ in range(5):
        await visitor.opens(PAGE)
        if await visitor.outcome(PERSON) == "ready":
            break
    assert await visitor.outcome(PERSON) == "ready"


async def test_the_help_leads_to_the_two_steps(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.opens("/hulp/verkeerde-naam/")
    await visitor.page.get_by_role("link", name="“Klopt uw naam niet?”").click()
    await visitor.page.locator("#naam").get_by_text("Klopt uw naam niet?").click()
    await visitor.page.get_by_role("link", name="Vraag uw gegevens opnieuw op").wait_for(state="visible")


async def follows_both_steps(visitor, persona) -> None:
    page, block = visitor.page, visitor.page.locator("#naam")
    assert await header(visitor) == OLD
    await opens_identity(visitor)
    await block.get_by_text(f"U bent aangemeld als “{OLD}”.").wait_for(state="visible")
    await block.get_by_text("Rijksregister kent u als “Lies Rosa Marijke Verhaegen”.").wait_for(state="visible")
    await block.get_by_role("link", name="Vraag uw gegevens opnieuw op").click()
    await page.wait_for_url(f"**{PAGE}?opnieuw={PERSON}#naam")
    await block.get_by_text("Gedaan: opgehaald om").wait_for(state="visible")
    assert await header(visitor) == OLD
    await block.get_by_role("link", name="Meld u opnieuw aan").click()
    await visitor.chooses(persona.complete, "itsme")
    await page.wait_for_url(f"**{PAGE}")


async def all_agree(visitor) -> None:
    assert await header(visitor) == NEW
    await visitor.tile(PERSON).get_by_text("Lies Rosa Marijke").first.wait_for()
    assert await visitor.page.locator("#naam").get_attribute("data-differs") == "no"
    assert await visitor.page.locator("#naam details").get_attribute("open") is None


async def test_name_with_its_small_words_joined_is_no_other_name(visitor, persona, names):
    await names.set({persona.with_new_number: {"given_name": "Bram", "family_name": "Decleyn"}})
    await visitor.signs_in(persona.with_new_number)
    await opens_identity(visitor)
    await visitor.tile(PERSON).get_by_text("De Cleyn").first.wait_for()
    assert await header(visitor) == "Bram Decleyn"
    assert await visitor.page.locator("#naam").get_attribute("data-differs") == "no"
    assert await visitor.page.locator("#naam details").get_attribute("open") is None
    await visitor.opens(DIFFERENCES)
    await asks_everything(visitor, DIFFERENCES)
    assert await visitor.page.locator('.differs[data-matter="name"]').count() == 0


async def test_long_name_fits_a_small_phone(visitor, persona, names):
    page = visitor.page
    await names.set({persona.complete: {"given_name": "Wilhelminamariamagdalenagenoveva-Wwww", "family_name": LONG}})
    await visitor.signs_in(persona.complete)
    await page.set_viewport_size({"width": 320, "height": 640})
    await opens_identity(visitor)
    assert await page.locator("#naam").get_attribute("data-differs") == "yes"
    wide = await find_overflow(page)
    await visitor.opens("/profiel/roepnaam/")
    await page.get_by_label("Uw roepnaam").fill("W" * 30)
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/nakijken/")
    wide += await find_overflow(page)
    await page.get_by_role("button", name="Ja, gebruik deze roepnaam").click()
    await visitor.sees("Uw roepnaam is bewaard.")
    for address in (
        "/profiel/",
        "/profiel/roepnaam/verwijderen/",
        "/profiel/adressen/nieuw/",
        "/uw-gegevens/",
        "/afmelden/",
    ):
        await visitor.opens(address)
        wide += await find_overflow(page)
    assert wide == []


async def test_two_steps_put_a_name_right(visitor, persona, stale_name):
    await visitor.signs_in(persona.complete)
    await follows_both_steps(visitor, persona)
    await all_agree(visitor)


async def test_two_steps_need_no_javascript_and_no_desk(plain_visitor, persona, stale_name):
    await plain_visitor.signs_in(persona.complete)
    await follows_both_steps(plain_visitor, persona)
    await all_agree(plain_visitor)


async def test_right_name_leaves_the_block_closed_and_the_keyboard_opens_it(visitor, persona):
    await visitor.signs_in(persona.complete)
    await opens_identity(visitor)
    summary = visitor.page.locator("#naam summary")
    step = visitor.page.locator("#naam").get_by_role("link", name="Meld u opnieuw aan")
    assert await step.is_visible() is False
    await summary.focus()
    await visitor.page.keyboard.press("Enter")
    await step.wait_for(state="visible")


async def test_provider_in_trouble_at_step_two_loses_nothing(visitor, persona, faults, stale_name):
    await visitor.signs_in(persona.complete)
    await opens_identity(visitor)
    await faults.set("toegangsbeheer", "503")
    # What the portal remembers of the provider may bring somebody as far as the provider's own page.
    await visitor.page.locator("#naam").get_by_role("link", name="Meld u opnieuw aan").click()
    await visitor.page.wait_for_load_state()
    await opens_identity(visitor)
    assert await header(visitor) == OLD
    assert await visitor.page.locator("#naam").get_attribute("data-differs") == "yes"
    await faults.clear()
    await visitor.page.locator("#naam").get_by_role("link", name="Meld u opnieuw aan").click()
    await visitor.chooses(persona.complete, "itsme")
    await visitor.page.wait_for_url(f"**{PAGE}")
    await all_agree(visitor)


async def test_register_in_trouble_at_step_one_is_said(visitor, persona, faults, stale_name):
    await visitor.signs_in(persona.complete)
    await opens_identity(visitor)
    await faults.set("rijksregister-persoon", "503")
    await visitor.page.locator("#naam").get_by_role("link", name="Vraag uw gegevens opnieuw op").click()
    block = visitor.page.locator("#naam")
    await block.get_by_text("Dat lukte nu niet. Probeer het straks opnieuw.").wait_for(state="visible")
    assert await visitor.outcome(PERSON) == "down"


async def test_block_is_accessible_open_and_closed(visitor, persona, stale_name):
    await visitor.signs_in(persona.complete)
    again = f"{PAGE}?opnieuw={PERSON}"
    assert await inspect(visitor, [PAGE, again, "/uw-gegevens/gezin/"]) == []
