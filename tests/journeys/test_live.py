"""An open page hears of notices while it is seen, and nothing of what its reader reads is moved."""

import asyncio
import urllib.request
from datetime import UTC, datetime, timedelta

import pytest

from . import looks
from .conftest import Visitor, change
from .looks import PHONE

pytestmark = pytest.mark.usefixtures("nothing_of_their_own")

LIST = "/brievenbus/meldingen/"
FORM = "/verbeteren/ahovoks/bewijzen/?gegeven=ontbreekt"
SOURCE = "http://ov.vlaanderen.be/studietoelagen/daf"


@pytest.fixture(autouse=True)
def _changes_back(house):
    """Put back what was changed in the town."""
    yield
    asked = urllib.request.Request(f"{house.town}/dossiers/changes", method="DELETE")
    urllib.request.urlopen(asked, timeout=60).close()


def notify(house, person: str, number: str) -> None:
    """Have a body change a dossier in the town, and tell its citizen."""
    state = {"phase": "Behandeling", "status": "InBehandeling", "action": "", "silent": False}
    change(house, person=person, source=SOURCE, number=number, name="Studietoelage", **state)


async def _hides(page) -> None:
    """Look at another tab."""
    await page.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


async def _shows(page) -> None:
    """Come back to the tab."""
    await page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")


async def test_open_list_and_bell_say_what_came_while_they_are_seen(visitor, house, persona):
    page, heard = visitor.page, []
    page.on("request", lambda one: "/brievenbus/live/" in one.url and heard.append(one))
    await page.set_viewport_size(PHONE)
    await visitor.signs_in(persona.without_certificates, start="/aanmelden/?naar=/cookies/")
    seen = house.rows("select last_seen_at from access_session order by opened_at desc limit 1")
    await visitor.opens(LIST)
    bell, line = page.locator("a.bell .count"), page.locator(".news a")
    async with page.expect_response("**/brievenbus/live/?van=*&lijst=1") as opened:
        pass
    assert (await opened.value).headers["content-type"] == "text/event-stream"
    moved = await looks.shift(page)
    notify(house, persona.without_certificates, "LIVE-1")
    await visitor.sees("1 nieuwe melding: toon ze")
    assert await bell.inner_text() == "1\n: 1 ongelezen"
    assert await looks.shift(page) == moved
    status = page.locator("body > [role=status]")
    await status.get_by_text("1 nieuwe melding: toon ze").wait_for(state="attached")
    # Hidden, nothing is heard, and seen again all that came.
    async with page.expect_event("requestfailed", lambda one: "/brievenbus/live/" in one.url):
        await _hides(page)
    notify(house, persona.without_certificates, "LIVE-2")
    assert await bell.inner_text() == "1\n: 1 ongelezen"
    await _shows(page)
    await visitor.sees("2 nieuwe meldingen: toon ze")
    await line.click()
    await page.locator(".notices > li").nth(1).wait_for()
    assert (await line.is_visible(), len(heard)) == (False, 2)
    assert house.rows("select last_seen_at from access_session order by opened_at desc limit 1") == seen
    # The home page names them, and a notice leads to its dossier as that is now.
    await visitor.opens("/")
    signal = page.locator('[data-rule="notifications.unread"]')
    assert await signal.locator("summary").inner_text() == "U hebt 2 ongelezen meldingen."
    await signal.locator("summary").click()
    await signal.get_by_role("link", name="Lees uw meldingen").click()
    await page.locator(".notices a").first.click()
    await page.get_by_role("link", name="Bekijk hoe dit dossier er nu voor staat").click()
    await visitor.sees("Studietoelage")
    await page.locator(f'article[data-dossier="{SOURCE}|LIVE-2"]').wait_for()
    # Signed out elsewhere, it hears nothing any more and asks no more, and the page goes.
    async with page.expect_response("**/brievenbus/live/?van=*"):
        pass
    asked = len(heard)
    # The browser calls it finished, or failed where the script closes it on the last word before the end came.
    over = asyncio.Event()
    for how in ("requestfinished", "requestfailed"):
        page.on(how, lambda one: over.set() if "/brievenbus/live/" in one.url else None)
    house.rows("delete from access_session")
    await asyncio.wait_for(over.wait(), 60)
    await page.wait_for_timeout(100)
    await page.wait_for_url("**/afgemeld/**")
    assert len(heard) == asked


@pytest.mark.security
async def test_page_of_one_person_goes_when_another_signed_in_beside_it(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.without_certificates, start="/aanmelden/?naar=/cookies/")
    await visitor.opens("/profiel/")
    await _hides(page)
    await page.context.clear_cookies()
    await Visitor(await page.context.new_page(), house).signs_in(persona.complete, start="/aanmelden/?naar=/cookies/")
    await _shows(page)
    await page.wait_for_url("**/afgemeld/**")
    await visitor.sees("U bent nog aangemeld")


@pytest.mark.security
async def test_page_whose_session_ended_while_it_was_hidden_goes_when_it_is_seen_again(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.without_certificates, start="/aanmelden/?naar=/cookies/")
    await visitor.opens("/profiel/")
    await _hides(page)
    house.rows("delete from access_session")
    await _shows(page)
    await page.wait_for_url("**/afgemeld/**")


async def _is_told_that_it_is_over(page) -> None:
    """Let the page hear of the end of its session while its clock stands still."""
    now = await page.evaluate("Date.now()")
    await page.clock.pause_at(datetime.fromtimestamp(now / 1000, UTC) + timedelta(seconds=1))
    await page.evaluate("dispatchEvent(new Event('over'))")


async def _asks_for_a_certificate(visitor) -> None:
    """Ask for one until it is handed over: on a busy machine its service may be late."""
    for _ in range(5):
        await visitor.opens("/attesten/vraag/rijksregister.gezinssamenstelling/")
        await visitor.page.get_by_role("button", name="Vraag dit attest").click()
        await visitor.page.wait_for_url("**/maken/")
        if await visitor.page.locator("#geheel").count():
            return


@pytest.mark.security
async def test_page_from_which_a_file_was_taken_goes_too_when_its_session_ended(visitor, house, persona):
    page = visitor.page
    await page.clock.install()
    await visitor.signs_in(persona.complete, start="/aanmelden/?naar=/cookies/")
    # A form in a tab of its own leads nobody away.
    await _asks_for_a_certificate(visitor)
    async with page.context.expect_page():
        await page.locator("#geheel [formtarget=_blank]").click()
    await _is_told_that_it_is_over(page)
    await page.wait_for_url("**/afgemeld/**")
    # Another may, as that of signing out: it gets the time for it.
    await page.clock.resume()
    await visitor.opens("/privacy/uitvoer/")
    async with page.expect_download():
        await page.get_by_role("button", name="Alles ophalen").click()
    await _is_told_that_it_is_over(page)
    await page.clock.run_for(15_000)
    assert page.url.endswith("/uitvoer/")
    await page.clock.run_for(5_000)
    await page.wait_for_url("**/afgemeld/**")


async def test_what_was_typed_is_kept_when_a_session_is_ended_elsewhere(visitor, house, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete, start="/aanmelden/?naar=/cookies/")
    async with page.expect_response("**/brievenbus/live/?van=*"):
        await visitor.opens(FORM)
    await page.get_by_label("Wat ontbreekt er?").fill("Mijn diploma van 2019")
    house.rows("delete from access_session")
    await visitor.sees("Wat u invulde, is er nog.")
    assert await page.locator("[name=should_be]").input_value() == "Mijn diploma van 2019"


async def test_form_with_what_was_typed_that_is_on_its_way_is_not_cut_off(visitor, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete, start="/aanmelden/?naar=/cookies/")
    await visitor.opens(FORM)
    await page.get_by_label("Wat ontbreekt er?").fill("Mijn diploma van 2019")
    await page.get_by_label("Hoe weet u dat?").fill("Ik heb het.")
    # A minute goes by before the page hears of the end of its session, and the answer is not there yet.
    async with page.expect_navigation():
        await page.evaluate("""() => {
            document.querySelector("form[data-keeps-typed]").requestSubmit();
            const later = performance.now() + 60_000;
            performance.now = () => later;
            dispatchEvent(new Event("over"));
        }""")
    await visitor.sees("Verstuur uw melding")
