"""Signing out leaves nothing behind: no cookie, nothing stored or cached, and no page that comes back with "Back".

In Chromium and in Firefox, and also where the session ended by itself.
"""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from deploy.local.house import House

from .firefox import Firefox, running
from .kept import STORED
from .test_firefox import DESK, sign_in

pytestmark = pytest.mark.security

# Pages of somebody, one of which streams: each is left by a link or an address, as people do.
SEEN = ("/uw-gegevens/", "/uw-gegevens/bron/rijksregister/persoon/", "/profiel/", "/sessies/")
# Asks the browser's HTTP cache only: a page that is in it has a status.
CACHED = """Promise.all(%s.map(path => fetch(path, {cache: 'only-if-cached', mode: 'same-origin'})
    .then(answer => answer.status == 504 ? '' : path, () => '')))"""
ENDED = "delete from access_session"


def cached() -> str:
    return CACHED % list(SEEN)


@pytest_asyncio.fixture(scope="module")
async def firefox() -> AsyncIterator[Firefox]:
    """One Firefox for both ways in which a session ends."""
    async with running() as firefox:
        yield firefox


@pytest.mark.parametrize("way", ["signs out", "session ends"])
async def test_nothing_of_ours_shows_anything_afterwards_in_chromium(visitor, persona, way: str):
    page, portal = visitor.page, visitor.house.portal
    await visitor.signs_in(persona.complete)
    for path in SEEN:
        await visitor.opens(path)
    assert "Verhaegen" in await page.inner_text("body")
    assert "".join(await page.evaluate(cached())) == ""
    if way == "signs out":
        await page.get_by_role("button", name="Afmelden").click()
        await page.wait_for_url("**/afgemeld/**")
        assert await page.context.cookies(portal) == []
        assert await page.evaluate(STORED) == []
        assert "".join(await page.evaluate(cached())) == ""
    else:
        visitor.house.rows(ENDED)
        await visitor.opens("/hulp/")
    for _ in SEEN:
        # Each of them is asked anew: the provider wants to know who they are, or we say that it is over.
        await page.go_back(wait_until="load")
        assert page.url.startswith((visitor.house.town, portal + "/afgemeld/")), await page.inner_text("body")


@pytest.mark.parametrize("way", ["signs out", "session ends"])
async def test_nothing_of_ours_shows_anything_afterwards_in_firefox(firefox: Firefox, house: House, way: str):
    tab = await sign_in(firefox, house, DESK)
    for path in SEEN:
        await tab.opens(house.portal + path)
    assert "Benhaddou" in await tab.text()
    if way == "signs out":
        await tab.clicks("button", "Afmelden")
        await tab.arrives("/afgemeld/")
        assert await tab.reads(STORED) == []
        assert "".join(await tab.reads(cached())) == ""
        assert await tab.cookies(house.portal) == []
    else:
        house.rows(ENDED)
        await tab.opens(house.portal + "/hulp/")
    for _ in SEEN:
        await tab.goes_back()
        address = await tab.reads("location.href")
        assert address.startswith((house.town, house.portal + "/afgemeld/")), await tab.text()
