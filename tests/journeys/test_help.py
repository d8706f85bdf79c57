"""I do not know how to begin: help is one step away on every page, and says what I need, with whatever I have."""

import asyncio
import json
import urllib.request

import pytest

from portal.channels.help.connected_sites import all_sites
from portal.platform.help import entries

from .looks import axe
from .nu import messages

# Where other sites and old bookmarks lead to.
ANCHORS = (
    "contact",
    "aanmelden",
    "digitale-sleutels",
    "federaal-token",
    "leeftijd",
    "bewindvoering",
    "waar-aanmelden",
)
MEANS = ("itsme", "eid", "code-app", "code-sms")
STICKS_OUT = "all => all.filter(e => e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML)"


async def _fits(plain_visitor) -> None:
    main = plain_visitor.page.locator("main")
    # No paragraph, list or link sticks out of a small screen, and every jump on the page leads somewhere.
    assert await main.locator("*:not(.visually-hidden, .visually-hidden *)").evaluate_all(STICKS_OUT) == []
    for address in await main.locator("a[href^='#']").evaluate_all("links => links.map(a => a.getAttribute('href'))"):
        assert await plain_visitor.page.locator(address).count() == 1, address


async def test_help_needs_no_javascript_and_fits_a_phone(plain_visitor):
    # Questions are folded by topic; the browser opens the fold to which an address leads.
    for anchor in ANCHORS:
        await plain_visitor.opens(f"/hulp/#{anchor}")
        await plain_visitor.page.locator(f"#{anchor}").wait_for()
        await plain_visitor.opens("/cookies/")
    await plain_visitor.opens("/hulp/")
    for address in ("tel:1700", "mailto:hulp@burgerprofiel.example", "/contact/"):
        assert await plain_visitor.page.locator(f'main a[href="{address}"]').is_visible(), address
    await _fits(plain_visitor)
    for entry in entries.whole_help().entries.values():
        assert await plain_visitor.opens(entry.href) == 200
        assert await plain_visitor.page.locator("h1").inner_text() == entry.question
        await _fits(plain_visitor)


async def test_help_says_how_to_sign_in_by_each_means_and_where(plain_visitor):
    await plain_visitor.opens("/hulp/aanmelden/")
    for anchor in MEANS:
        await plain_visitor.page.locator(f"#{anchor}").wait_for()
    await plain_visitor.opens("/hulp/waar-aanmelden/")
    text = await plain_visitor.page.locator("main").inner_text()
    for site in (*all_sites().entrances, *all_sites().municipalities):
        assert site.name in text
    for body in all_sites().bodies:
        assert body.name in text
        assert all(site.name in text for site in body.sites)


async def test_the_start_page_leads_to_help_with_signing_in(visitor):
    for link, slug in (("Stap voor stap", "aanmelden"), ("website van uw gemeente", "waar-aanmelden")):
        await visitor.opens("/")
        await visitor.page.get_by_text("Waarmee meldt u zich aan?").click()
        await visitor.page.get_by_role("link", name=link).click()
        await visitor.page.wait_for_url(f"**/hulp/{slug}/")


async def test_i_search_with_a_slip_and_a_keyboard_and_find_it(plain_visitor):
    page = plain_visitor.page
    await plain_visitor.opens("/hulp/")
    await page.get_by_label("Zoek in de hulp").focus()
    await page.keyboard.type("kaartlezr vergeten")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/hulp/zoeken/?q=*")
    await page.get_by_role("link", name="Hoe activeer ik mijn digitale sleutels?").click()
    await page.wait_for_url("**/hulp/digitale-sleutels/")
    crumbs = page.get_by_role("navigation", name="Kruimelpad")
    await crumbs.get_by_role("link", name="Hulp nodig?").click()
    await page.wait_for_url("**/hulp/")


async def test_search_that_finds_nothing_leads_to_people(plain_visitor):
    await plain_visitor.opens("/hulp/zoeken/?q=%3Cb%3Exyzzy")
    await plain_visitor.sees("Wij vonden niets voor “<b>xyzzy”.")
    assert await plain_visitor.page.locator('main a[href="tel:1700"]').is_visible()
    await plain_visitor.page.get_by_role("link", name="Stel uw vraag met een formulier").click()
    await plain_visitor.page.wait_for_url("**/contact/")


async def test_pages_of_my_own_list_questions_about_them(visitor, persona):
    await visitor.signs_in(persona.complete)
    for path, route, arguments in (
        ("/uw-gegevens/", "themes:overview", {}),
        ("/uw-gegevens/gezin/", "themes:theme", {"theme": "gezin"}),
        ("/uw-gegevens/bron/rijksregister/gezin/", "themes:dataset", {}),
        ("/sessies/", "entry:own_sessions", {}),
    ):
        await visitor.opens(path)
        questions = visitor.page.get_by_role("complementary", name="Vragen over deze pagina")
        listed = await questions.get_by_role("link").evaluate_all("links => links.map(a => a.pathname)")
        assert listed == [entry.href for entry in entries.about(route, arguments)], path
        assert listed, path


def _mails(house) -> list[dict]:
    with urllib.request.urlopen(f"{house.town}/mail/messages", timeout=60) as answer:
        return json.loads(answer.read())


async def _arrives(house, reference: str) -> dict:
    for _ in range(1800):
        for mail in await asyncio.to_thread(_mails, house):
            if reference in mail["subject"]:
                return mail
        await asyncio.sleep(0.1)
    raise AssertionError("the question did not arrive")


async def _sends(page) -> str:
    """Look it over and send it, as often as the form asks for; returns the reference on the receipt."""
    await page.get_by_role("heading", name="Kijk uw vraag na").wait_for()
    while await page.locator("h1").inner_text() == "Kijk uw vraag na":
        await asyncio.sleep(1)
        async with page.expect_navigation():
            await page.get_by_role("button", name="Verstuur").click()
    assert await page.locator("h1").inner_text() == "Wij kregen uw vraag"
    return await page.locator(".reference").inner_text()


async def test_i_ask_a_question_signed_out_without_javascript(plain_visitor):
    page = plain_visitor.page
    await plain_visitor.opens("/contact/")
    await page.get_by_label("Uw vraag", exact=True).fill("Waar staat mijn\ndiploma van 1998?")
    async with page.expect_navigation():
        await page.get_by_role("button", name="Ga verder").click()
    assert await page.title() == "Fout: Stel uw vraag - Mijn Burgerprofiel"
    await page.locator("[role=alert]:focus").wait_for()
    await page.get_by_role("link", name="Kies waarover uw vraag gaat.").click()
    await page.get_by_label("Waarover gaat uw vraag?").select_option("Uw gegevens en uw gezin")
    await page.get_by_label("E-mailadres").fill("an@example.org")
    await page.get_by_role("button", name="Ga verder").click()
    await page.get_by_role("button", name="Wijzig").click()
    assert await page.get_by_label("Uw vraag", exact=True).input_value() == "Waar staat mijn\ndiploma van 1998?"
    await page.get_by_label("Telefoonnummer").fill("0470 12 34 56")
    await page.get_by_role("button", name="Ga verder").click()
    reference = await _sends(page)
    await plain_visitor.sees("Dan verwijzen wij u door")
    mail = await _arrives(plain_visitor.house, reference)
    assert mail["recipients"] == ["hulp@burgerprofiel.example"]
    assert "> Waar staat mijn\n> diploma van 1998?" in mail["text"]
    # The receipt may be opened again; the question stands nowhere any more.
    await page.reload()
    assert await page.locator(".reference").inner_text() == reference
    rows = plain_visitor.house.rows("select count(*) from mail_question where sealed is not null")
    assert rows == [(0,)]
    log = plain_visitor.house.log.read_text() + plain_visitor.house.worker_log.read_text()
    assert [word for word in ("an@example", "0470 12 34", "diploma") if word in log] == []


async def test_i_ask_a_question_signed_in_with_a_keyboard(visitor, persona):
    page = visitor.page
    await visitor.signs_in(persona.complete)
    await visitor.opens("/hulp/phishing/")
    await page.get_by_role("link", name="Stel uw vraag met een formulier").focus()
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: url.endswith("/contact/?over=phishing"))
    assert await page.get_by_label("Waarover gaat uw vraag?").input_value() == "berichten"
    await page.get_by_label("Waarover gaat uw vraag?").focus()
    await page.keyboard.type("Iets")
    for words in ("Is deze mail echt?", "lies@example.org"):
        await page.keyboard.press("Tab")
        await page.keyboard.type(words)
    await page.keyboard.press("Enter")
    mail = await _arrives(visitor.house, await _sends(page))
    assert "Onderwerp: Iets anders" in mail["text"]
    # What somebody typed goes out, and not who is signed in.
    assert [word for word in ("Verhaegen", persona.complete) if word in mail["source"]] == []


@pytest.mark.parametrize("path", ["/hulp/leeftijd/", "/aanmelden/niet-gelukt/minor/"])
async def test_every_page_says_the_same_about_age(visitor, path):
    await visitor.opens(path)
    text = await visitor.page.locator("main").inner_text()
    assert "Ouder dan 16" in text
    assert "vanaf 16" not in text
    for facts in ("Tussen 12 en 18", "Jonger dan 6", "heeft geen chip"):
        assert facts in text


async def test_every_step_of_a_question_is_accessible(visitor):
    page = visitor.page
    wrong, sources = [], {}

    async def looked_at(name: str) -> None:
        sources[name] = await page.content()
        for width, scheme in ((1280, "light"), (360, "dark")):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.emulate_media(color_scheme=scheme)
            wrong.extend(await axe(page))

    await visitor.opens("/contact/?over=afmelden")
    await page.get_by_role("button", name="Ga verder").click()
    await looked_at("mistakes")
    await page.get_by_label("Uw vraag", exact=True).fill("a" * 300 + "\n" + "b " * 300)
    await page.get_by_label("E-mailadres").fill("an@example.org")
    await page.get_by_role("button", name="Ga verder").click()
    await looked_at("check")
    await _sends(page)
    await looked_at("receipt")
    assert wrong + await messages(sources) == []
