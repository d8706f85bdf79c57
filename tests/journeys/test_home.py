"""I sign in and see in one screen where I stand, what asks my attention, and where to go."""

import pytest

from . import looks
from .looks import DESK, LAYOUT_SHIFT, PHONE

pytestmark = pytest.mark.usefixtures("nothing_of_their_own")

THEMES = ["U en uw gezin", "Werk", "Onderwijs", "Voordelen & belastingen"]
TITLES = [*THEMES, "Aanvragen en dossiers", "Attesten"]
HOUSEHOLD = "rijksregister-gezin"
NOTHING_TO_DO = "Er is niets dat u nu moet doen."
ASKED = "wacht op u:"  # of whoever has a dossier that waits for them


async def test_sign_in_leads_home_where_my_address_and_household_stand(plain_visitor, persona, house):
    """Without JavaScript, on a phone."""
    await plain_visitor.signs_in(persona.complete, start="/aanmelden/")
    assert plain_visitor.page.url == house.portal + "/"
    assert await plain_visitor.page.get_by_role("heading", level=1).inner_text() == "Dag Lies"
    titles = plain_visitor.page.locator("[slot^='card-'] > h2")
    assert await titles.all_inner_texts() == TITLES
    for words in ("Kersenlaar 27", "Tom Aerts", ASKED, "Geen gegevens bij"):
        await plain_visitor.sees(words)
    await plain_visitor.page.get_by_role("link", name="Alles over Onderwijs").click()
    await plain_visitor.page.wait_for_url("**/uw-gegevens/onderwijs/")


async def test_each_source_is_asked_once_for_all_that_stands_there(visitor, persona, faults, house):
    await visitor.signs_in(persona.complete, start="/aanmelden/")
    house.rows("delete from sources_answer")
    before = faults.questions()
    await visitor.opens("/")
    asked = {name: count - before[name] for name, count in faults.questions().items() if count > before[name]}
    # A registry of the eBox is asked what is in the whole box beside its list, where somebody linked theirs.
    asked = {name: count for name, count in asked.items() if not name.startswith("ebox-")}
    assert (set(asked.values()), HOUSEHOLD in asked, len(asked) > 8) == ({1}, True, True)


async def test_person_of_whom_nobody_knows_anything_has_a_quiet_page(visitor, persona):
    await visitor.signs_in(persona.nowhere, start="/aanmelden/")
    await visitor.sees(NOTHING_TO_DO)
    assert await visitor.page.locator("[data-dataset]").count() == 0
    folds = visitor.page.locator("details.fold")
    assert await folds.count() == len(THEMES)
    await visitor.page.locator("[slot='card-gezin-end'] summary").click()
    await visitor.sees("Bent u in België ingeschreven?")


@pytest.mark.parametrize("mode", ["hang", "503", "partial"])
async def test_what_could_not_be_asked_is_said_and_asked_again_with_one_button(visitor, faults, persona, mode):
    await visitor.signs_in(persona.complete, start="/aanmelden/")
    for source in (HOUSEHOLD, "ahovoks-bewijzen"):
        await faults.set(source, mode)
    await visitor.opens("/?opnieuw=rijksregister.gezin&opnieuw=ahovoks.bewijzen")
    await visitor.sees("Wij kregen niet alles van 2 diensten.")
    assert await visitor.page.get_by_text(NOTHING_TO_DO).count() == 0
    signal = visitor.page.locator('[data-rule="themes.unasked"]')
    # Something else asks for attention as well, and stands first: the button is in the fold.
    await visitor.sees(ASKED)
    again = signal.get_by_role("button", name="Vraag opnieuw wat ontbrak")
    assert await again.count() == 0
    await signal.locator("summary").click()
    assert await again.count() == 1
    await signal.get_by_text("Waarom ziet u dit?").wait_for()
    await faults.clear()
    await faults.only()
    await again.click()
    await visitor.sees(ASKED)
    assert await signal.count() == 0


async def test_button_that_asks_again_is_in_sight_where_nothing_else_asks_for_attention(visitor, faults, persona):
    await visitor.signs_in(persona.nowhere, start="/aanmelden/")
    await faults.set(HOUSEHOLD, "503")
    await visitor.opens("/?opnieuw=rijksregister.gezin")
    signal = visitor.page.locator('[data-rule="themes.unasked"]')
    again = signal.get_by_role("button", name="Vraag opnieuw wat ontbrak")
    await again.wait_for()
    await signal.locator("summary").click()
    assert await again.count() == 1


async def test_sources_that_contradict_each_other_are_told_until_i_say_so(visitor, persona):
    await visitor.signs_in(persona.with_new_number, start="/aanmelden/")
    signal = visitor.page.locator('[data-rule="themes.differences"]')
    # On paper, what is folded is printed too.
    await visitor.page.emulate_media(media="print")
    for part in ("summary", "details > p >> nth=0"):
        assert await signal.locator(part).is_visible(), part
    await visitor.page.emulate_media(media="screen")
    await signal.locator("summary").click()
    await signal.get_by_role("link", name="Bekijk de verschillen").click()
    await visitor.page.wait_for_url("**/uw-gegevens/verschillen/")
    await visitor.sees("Rijksregisternummer")
    await visitor.opens("/")
    await signal.locator("summary").click()
    await signal.get_by_role("button", name="Niet meer tonen").click()
    await visitor.sees("Er is verder niets dat u nu moet doen.")
    assert await signal.count() == 0
    # At another sign-in too, until it is taken back.
    await visitor.opens("/")
    await visitor.page.get_by_text("U verborg 1 melding").click()
    await visitor.page.get_by_role("button", name="Toon weer").click()
    await signal.wait_for()


async def test_document_that_expired_asks_for_attention_and_says_how_to_get_another(visitor, persona):
    await visitor.signs_in(persona.abroad, start="/aanmelden/")
    signal = visitor.page.locator('[data-rule="themes.document"]')
    summary = signal.locator("summary")
    assert await summary.inner_text() == "Uw identiteitsbewijs verviel op 1 november 2025."
    assert await visitor.page.get_by_text(NOTHING_TO_DO).count() == 0
    # The register, which says where he lives, is not said to know nothing.
    await visitor.sees("Geen gegevens bij: ")
    await summary.click()
    await visitor.sees("Dan doet u dat bij de Belgische ambassade of het consulaat.")
    await signal.get_by_role("link", name="Bekijk uw document").click()
    await visitor.page.wait_for_url("**/uw-gegevens/bron/rijksregister/persoon/")


MEASURES = """
async () => {
    const top = one => Math.round(one.getBoundingClientRect().top + scrollY)
    const facts = [...document.querySelectorAll("dd")].filter(one => one.checkVisibility())
    const stops = [...document.querySelectorAll("a[href], button, summary")].filter(one => one.checkVisibility())
    const { scrollHeight } = document.documentElement
    return [scrollHeight, top(document.querySelector("h1")), facts.map(top)[0] ?? 0, stops.length]
}
"""


@pytest.mark.parametrize("who", ["complete", "nowhere"])
async def test_home_is_short_on_a_phone_and_its_first_fact_in_sight(visitor, persona, who):
    await visitor.page.set_viewport_size(PHONE)
    await visitor.signs_in(getattr(persona, who), start="/aanmelden/")
    await visitor.sees(NOTHING_TO_DO if who == "nowhere" else ASKED)
    height, title, fact, stops = await visitor.page.evaluate(MEASURES)
    assert (height <= 2500, title <= 120, fact < 640, stops <= 25) == (True, True, True, True), (height, fact, stops)
    assert await looks.shift(visitor.page) <= LAYOUT_SHIFT


@pytest.mark.parametrize("who", ["abroad", "busy"])
async def test_home_does_not_move_while_slow_sources_answer_one_by_one(visitor, persona, faults, house, who):
    await visitor.page.set_viewport_size(PHONE)
    await visitor.signs_in(getattr(persona, who), start="/aanmelden/")
    await faults.slow()
    for size in (PHONE, DESK):
        await visitor.page.set_viewport_size(size)
        house.rows("delete from sources_answer")
        await visitor.opens("/")
        assert await looks.shift(visitor.page) <= LAYOUT_SHIFT, size
