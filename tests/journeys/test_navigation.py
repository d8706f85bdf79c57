"""I find my way: on a phone by one menu without a script, on a wider screen by a bar, with a keyboard, on paper."""

import pytest

from .looks import axe, find_overflow

# The links that are one press away after "Menu", and where each leads.
WAYS = {
    "U en uw gezin": "/uw-gegevens/gezin/",
    "Tijdlijn": "/uw-gegevens/tijdlijn/",
    "Verschillen": "/uw-gegevens/verschillen/",
    "Profiel": "/profiel/",
    "Roepnaam": "/profiel/roepnaam/",
    "E-mailadres": "/profiel/e-mail/",
    "Waar u aangemeld bent": "/sessies/",
    "Meldingen": "/brievenbus/meldingen/",
    "eBox documenten": "/brievenbus/ebox/",
    "Gemelde fouten": "/verbeteren/",
    "Iets aanvragen": "/aanvragen/",
}
FIRST_LEVEL = [
    "Start",
    "Uw gegevens",
    "Profiel",
    "Brievenbus",
    "Gemelde fouten",
    "Aanvragen en dossiers",
    "Attesten en vergunningen",
    "Privacy",
    "Hulp nodig?",
]


async def presses(page, words: str) -> None:
    """Press the one thing with these words that can be seen."""
    one = page.locator("summary, a, button").filter(has_text=words, visible=True).first
    await one.scroll_into_view_if_needed()
    await one.click()


async def where(page) -> list[str]:
    """Name the places that are marked as where I am, of what can be seen."""
    marked: list[str] = await page.locator("nav:not(.trail) [aria-current]:visible").all_inner_texts()
    return marked


async def test_a_phone_has_one_row_and_a_menu_without_a_script(plain_visitor, persona):
    page = plain_visitor.page
    await plain_visitor.signs_in(persona.complete)
    await plain_visitor.opens("/")
    row = await page.locator("header .bar").bounding_box()
    assert row["height"] <= 64
    # Nothing of the menu is reached while it is closed.
    for expected in ("Naar de inhoud", "Mijn Burgerprofiel", "Meldingen", "Menu", "Hulp"):
        await page.keyboard.press("Tab")
        assert (await page.locator("*:focus").inner_text()).split("\n")[0].strip() == expected
    await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Enter")
    menu = page.get_by_role("navigation", name="Hoofdnavigatie")
    assert await menu.locator(".places > li > a").all_inner_texts() == FIRST_LEVEL
    assert await where(page) == ["Start"]
    # What is new stands behind the name of its place: whoever it is may have notices by now.
    names = "links => links.map(a => [a.innerText.split('\u00a0(')[0], a.pathname])"
    leads = dict(await menu.locator("a").evaluate_all(names))
    assert {words: leads.get(words) for words in WAYS} == WAYS
    inside = page.locator("header .inside")
    assert (await inside.inner_text()).startswith("Lies Verhaegen\n")
    await inside.get_by_role("link", name="Aangemeld met itsme (veiligheidsniveau hoog)").wait_for()
    # It moves the page down, so that what is reached after it is not covered.
    menu_ends = (await page.locator("header").bounding_box())["y"] + (await page.locator("header").bounding_box())[
        "height"
    ]
    assert (await page.locator("h1").bounding_box())["y"] >= menu_ends
    await page.emulate_media(forced_colors="active")
    edges = [
        await menu.locator(f".places > li > a{which}").first.evaluate("a => getComputedStyle(a).borderLeftColor")
        for which in ("[aria-current]", ":not([aria-current])")
    ]
    assert len(set(edges)) == 2
    await page.emulate_media(forced_colors="none", media="print")
    assert not await page.locator("header details").is_visible()
    assert await page.locator("header .who:visible").all_inner_texts() == ["Lies Verhaegen"]
    await page.emulate_media(media="screen")
    # Two presses to what is asked about most, three to end a sign-in elsewhere, two to call.
    await presses(page, "Roepnaam")
    await page.wait_for_url("**/profiel/roepnaam/")
    await presses(page, "Menu")
    assert await where(page) == ["Profiel", "Roepnaam"]
    await presses(page, "Waar u aangemeld bent")
    await page.get_by_role("heading", name="Andere aanmeldingen").wait_for()
    await presses(page, "Hulp")
    await page.locator('main a[href="tel:1700"]').wait_for()
    await presses(page, "Menu")
    await presses(page, "Afmelden")
    await page.wait_for_url("**/afgemeld/**")


async def test_a_menu_for_who_is_signed_out(plain_visitor):
    page = plain_visitor.page
    await plain_visitor.opens("/")
    await presses(page, "Menu")
    inside = page.locator("header .inside")
    assert await inside.get_by_role("link").all_inner_texts() == ["Aanmelden", "Hulp nodig?"]
    await inside.get_by_role("button", name="English").click()
    await page.wait_for_load_state()
    assert await page.locator("html").get_attribute("lang") == "en"
    await presses(page, "Menu")
    assert await inside.get_by_role("link").all_inner_texts() == ["Sign in", "Need help?"]


@pytest.mark.parametrize("width", [720, 1280])
async def test_a_wider_screen_has_a_bar_of_two_levels(visitor, persona, width):
    page = visitor.page
    await page.set_viewport_size({"width": width, "height": 900})
    await visitor.signs_in(persona.complete)
    await visitor.opens("/uw-gegevens/onderwijs/")
    assert await where(page) == ["Uw gegevens", "Onderwijs"]
    assert not await page.locator("header details").is_visible()
    for role, name in (("button", "Afmelden"), ("link", "Hulp nodig?"), ("button", "English")):
        assert await page.get_by_role(role, name=name, exact=True).count() == 1, name
    assert await page.locator("header .who:visible").all_inner_texts() == ["Lies Verhaegen"]
    await page.emulate_media(forced_colors="active")
    assert await axe(page) == []
    for name in ("W" * 35, "Anna-Maria " * 8, "محمد عبد الرحمن " * 5, "山田" * 40):
        await page.evaluate("name => document.querySelectorAll('.who').forEach(e => e.textContent = name)", name)
        assert await find_overflow(page) == [], name
        # Letters twice as large, and letters apart (WCAG 1.4.4, 1.4.12).
        for style in ("font-size: 200%", "letter-spacing: 0.12em; word-spacing: 0.16em"):
            await page.evaluate("style => document.documentElement.style.cssText = style", style)
            assert await find_overflow(page) == [], (name, style)
        await page.evaluate("document.documentElement.style.cssText = ''")
    edges = [
        await page.locator(f".nav > ul a{which}").first.evaluate("a => getComputedStyle(a).borderBottomColor")
        for which in ("[aria-current]", ":not([aria-current])")
    ]
    assert len(set(edges)) == 2
