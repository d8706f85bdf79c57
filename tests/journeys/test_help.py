"""I do not know how to begin: help is one step away on every page, and says what I need, with whatever I have."""

import pytest

from portal.channels.home.connected_sites import listed

from .test_accessibility import OPEN, OWN, inspect

ANCHORS = (
    "contact",
    "aanmelden",
    "itsme",
    "eid",
    "code-app",
    "code-sms",
    "digitale-sleutels",
    "geen-kaartlezer",
    "federaal-token",
    "leeftijd",
    "bewindvoering",
    "waar-aanmelden",
)


async def _reaches_help(visitor, path: str) -> None:
    await visitor.opens(path)
    await visitor.page.get_by_role("banner").get_by_role("link", name="Hulp nodig?").click()
    await visitor.page.wait_for_url("**/hulp/")
    assert await visitor.page.locator("h1").inner_text() == "Hulp nodig?"


async def test_help_is_one_step_from_every_page_before_signing_in(visitor):
    for path in OPEN:
        await _reaches_help(visitor, path)


async def test_help_is_one_step_from_every_page_when_signed_in(visitor, persona):
    await visitor.signs_in(persona.complete)
    for path in OWN:
        await _reaches_help(visitor, path)


async def test_help_needs_no_javascript_and_fits_a_phone(plain_visitor):
    await plain_visitor.opens("/hulp/")
    main = plain_visitor.page.locator("main")
    text = await main.inner_text()
    for site in (*listed().entrances, *listed().municipalities):
        assert site.name in text
    for body in listed().bodies:
        assert body.name in text
        assert all(site.name in text for site in body.sites)
    # Every place that other pages and the table of contents lead to is there, and can be seen as it is.
    for anchor in ANCHORS:
        assert await plain_visitor.page.locator(f"#{anchor}").is_visible(), anchor
    for address in await main.locator("a[href^='#']").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
        assert await plain_visitor.page.locator(address).count() == 1, address
    # No paragraph, list or link sticks out of a small screen.
    inside = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"
    assert await main.locator("*").evaluate_all(inside) == []


async def test_the_start_page_leads_to_help_with_signing_in(visitor):
    for link, anchor in (("Stap voor stap", "aanmelden"), ("website van uw gemeente", "waar-aanmelden")):
        await visitor.opens("/")
        await visitor.page.get_by_role("link", name=link).click()
        await visitor.page.wait_for_url(f"**/hulp/#{anchor}")


@pytest.mark.parametrize("path", ["/hulp/", "/aanmelden/niet-gelukt/minor/"])
async def test_every_page_says_the_same_about_age(visitor, path):
    await visitor.opens(path)
    text = await visitor.page.locator("main").inner_text()
    assert "Ouder dan 16" in text
    assert "vanaf 16" not in text
    for facts in ("Tussen 12 en 18", "Jonger dan 6", "heeft geen chip"):
        assert facts in text


async def test_help_is_accessible(visitor, persona, tmp_path):
    for folder in ("out", "in"):
        (tmp_path / folder).mkdir()
    assert await inspect(visitor, ["/hulp/", "/"], tmp_path / "out") == []
    await visitor.signs_in(persona.complete)
    assert await inspect(visitor, ["/hulp/"], tmp_path / "in") == []
