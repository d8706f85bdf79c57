"""What people come for is few clicks from home: on a phone of 360 px, without JavaScript, signed in.

A click is each link, button or fold that is pressed, the menu too; what is typed is none. Where something is sent in
the end, the way is walked to the form that does it; a report of an error to its receipt.
"""

import re

import pytest
import pytest_asyncio
from playwright.async_api import Locator

from .conftest import Visitor, _visit


class Walk:
    """Somebody who starts from home, and how often they clicked since."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page
        self.clicks = 0

    async def starts(self) -> None:
        """Come home."""
        assert await self.visitor.opens("/") == 200
        self.clicks = 0

    async def presses(self, what: Locator) -> None:
        """Click on the first of what can be seen."""
        await what.locator("visible=true").first.click()
        self.clicks += 1

    async def follows(self, name: str) -> None:
        """Follow a link by its name, or the beginning of it."""
        await self.presses(self.page.get_by_role("link", name=re.compile(f"^{name}")))

    async def unfolds(self, name: str) -> None:
        """Open what is folded."""
        await self.presses(self.page.locator("summary", has_text=name))

    async def sees(self, *texts: str) -> None:
        """Expect texts that can be read without another click."""
        for text in texts:
            await self.page.get_by_text(text).locator("visible=true").first.wait_for()


@pytest_asyncio.fixture(scope="module")
async def walk(browser, house, persona):
    """Lies Verhaegen, who is signed in once for all that she does here."""
    context, visitor = await _visit(browser, house, java_script_enabled=False, viewport={"width": 360, "height": 640})
    await visitor.signs_in(persona.complete)
    yield Walk(visitor)
    await context.close()


async def my_address(walk: Walk) -> None:
    await walk.sees("Kersenlaar 27 bus 0102")


async def who_lives_here(walk: Walk) -> None:
    await walk.follows("Alles over u en uw gezin")
    await walk.sees("Tom Aerts", "Mila Rosa Aerts Verhaegen", "Noor Benhaddou")


async def diploma_as_pdf(walk: Walk) -> None:
    await walk.follows("Alles over Onderwijs")
    await walk.follows("Bachelor")
    async with walk.page.expect_download() as coming:
        await walk.follows("Download als PDF")
    assert (await coming.value).suggested_filename.endswith(".pdf")


async def certificate_of_my_household(walk: Walk) -> None:
    """Two clicks to what it is worth; a third saves it."""
    await walk.follows("Gezinssamenstelling")
    await walk.presses(walk.page.get_by_role("button", name="Vraag dit attest"))
    await walk.sees("Dit document is echt en niet veranderd")
    async with walk.page.expect_download() as coming:
        await walk.page.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"Gezinssamenstelling - \d+ \w+ \d{4}\.pdf", (await coming.value).suggested_filename)


async def report_an_error(walk: Walk) -> None:
    """Send it, to the receipt."""
    await walk.follows("Alles over Onderwijs")
    await walk.follows("Klopt er iets niet. Leer- en ervaringsbewijzen")
    await walk.presses(walk.page.locator("main a[href*='gegeven=']"))
    await walk.page.get_by_label("Wat moet het zijn?").fill("Master")
    await walk.page.get_by_label("Hoe weet u dat?").fill("Zo staat het op mijn diploma.")
    await walk.presses(walk.page.get_by_role("button", name="Verder"))
    await walk.presses(walk.page.get_by_role("button", name="Verstuur uw melding"))
    await walk.sees("Wij hebben uw melding goed ontvangen.")


async def wrong_address(walk: Walk) -> None:
    await walk.follows("Alles over u en uw gezin")
    await walk.unfolds("Klopt uw adres niet")
    # The desk that can mend it, by name, and a way to reach it.
    await walk.sees("014 00 00 01", "bevolking@balen.example")


async def profile_of_a_child(walk: Walk) -> None:
    await walk.follows("Alles over u en uw gezin")
    await walk.follows("Bekijk het profiel van Mila")
    await walk.sees("Profiel van Mila Rosa Aerts Verhaegen")


async def nickname(walk: Walk) -> None:
    await walk.unfolds("Menu")
    await walk.follows("Roepnaam")
    await walk.page.get_by_label("Uw roepnaam").wait_for()


async def address_for_mail(walk: Walk) -> None:
    await walk.unfolds("Menu")
    await walk.follows("E-mailadres")
    await walk.page.get_by_label("Uw e-mailadres").wait_for()


async def end_of_another_session(walk: Walk) -> None:
    await Visitor(await walk.page.context.browser.new_page(), walk.visitor.house).signs_in("84651421235")
    await walk.unfolds("Menu")
    await walk.follows("Aangemeld met")
    await walk.presses(walk.page.get_by_role("button", name="Beëindig"))
    await walk.sees("beëindigd")


async def call_for_help(walk: Walk) -> None:
    await walk.follows("Hulp")
    await walk.page.locator("main a[href='tel:1700']").first.wait_for()
    walk.clicks += 1  # the number itself, which a phone calls


@pytest.mark.parametrize(
    ("way", "most"),
    [
        (my_address, 0),
        (who_lives_here, 1),
        (diploma_as_pdf, 3),
        (certificate_of_my_household, 2),
        (report_an_error, 5),
        (wrong_address, 2),
        (profile_of_a_child, 2),
        (nickname, 2),
        (address_for_mail, 2),
        (end_of_another_session, 3),
        (call_for_help, 2),
    ],
)
async def test_what_people_come_for_is_few_clicks_away(walk: Walk, way, most: int) -> None:
    await walk.starts()
    await way(walk)
    assert walk.clicks <= most
