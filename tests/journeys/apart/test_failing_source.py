"""A source that keeps failing is left alone, comes back by itself, and the operator sees it."""

import json
import time
import urllib.request

from ..conftest import Faults, Visitor
from ..looks import inspect
from .conftest import KEY

HOUSEHOLD = "rijksregister.gezin"


def _condition(house, source: str) -> str:
    request = urllib.request.Request(
        f"{house.portal}/beheer/bronnen/", headers={"Authorization": f"Bearer {KEY}", "Accept": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:
        states = json.load(answer)
    return next(state["condition"] for state in states if state["source"] == source)


async def test_the_operators_page_is_accessible(browser, touchy):
    context = await browser.new_context(http_credentials={"username": "beheer", "password": KEY})
    operator = Visitor(await context.new_page(), touchy)
    assert await inspect(operator, ["/beheer/bronnen/"]) == []
    await context.close()


async def test_a_lookup_that_is_switched_off_is_not_said_to_have_kept_silent(browser, touchy, persona):
    context = await browser.new_context()
    someone = Visitor(await context.new_page(), touchy)
    await someone.signs_in(persona.abroad, start="/aanmelden/?naar=/uw-gegevens/werk/")
    tile = someone.tile("fod_economie.functies")
    assert await tile.get_attribute("data-outcome") == "partial"
    trouble = " ".join((await tile.locator(".trouble").inner_text()).split())
    # Asking again would not help, so it is not offered.
    body = "de FOD Economie"
    assert trouble == f"Een deel ontbreekt: wij vragen dat voorlopig niet op bij {body}."
    await someone.sees("Wij kregen deze gegevens maar voor een deel.")
    await context.close()


async def test_a_failing_source_is_left_alone_and_comes_back(browser, touchy, persona):
    context = await browser.new_context()
    someone, faults = Visitor(await context.new_page(), touchy), Faults(touchy.town)
    await someone.signs_in(persona.complete)
    assert await someone.tile("ahovoks.bewijzen").get_attribute("data-outcome") == "down"
    assert _condition(touchy, "ahovoks-bewijzen") == "off"
    await faults.set("rijksregister-gezin", "503")
    for _ in range(3):
        await someone.opens(f"/uw-gegevens/?opnieuw={HOUSEHOLD}")
        assert await someone.outcome(HOUSEHOLD) == "down"
    assert _condition(touchy, "rijksregister-gezin") == "failing"
    assert _condition(touchy, "rijksregister-persoon") == "open"
    await someone.opens(f"/uw-gegevens/bron/rijksregister/gezin/?opnieuw={HOUSEHOLD}")
    await someone.tile(HOUSEHOLD).get_by_text("Dat lukt niet sinds").wait_for()
    await faults.clear()
    # One try every ten seconds; no citizen has to do anything special.
    until = time.monotonic() + 180
    while await someone.outcome(HOUSEHOLD) != "ready":
        assert time.monotonic() < until
        await someone.page.wait_for_timeout(1000)
        await someone.opens(f"/uw-gegevens/?opnieuw={HOUSEHOLD}")
    assert _condition(touchy, "rijksregister-gezin") == "open"
    await context.close()
