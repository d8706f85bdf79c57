"""I sign in and see what government knows about me, also when a source is in trouble."""

import re

import pytest

from . import looks
from .looks import DESK, LAYOUT_SHIFT, PHONE

PERSON, HOUSEHOLD, CERTIFICATES = "rijksregister.persoon", "rijksregister.gezin", "ahovoks.bewijzen"


async def test_the_overview_fills_tile_by_tile(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.sees_every_source()
    for name in (PERSON, HOUSEHOLD, CERTIFICATES):
        assert await visitor.outcome(name) == "ready"
        assert await visitor.tile(name).locator("summary").count() == 0
    sources = visitor.page.locator(".sources")
    await sources.locator("summary").click()
    said = " ".join((await sources.inner_text()).split())
    assert re.search(r"Rijksregister Identiteit · opgehaald om \d\d:\d\d ", said)
    await sources.get_by_role("link", name="Identiteit").click()
    await visitor.tile(PERSON).get_by_text(re.compile("Bron: Rijksregister · opgehaald om")).wait_for()


async def test_the_overview_needs_no_javascript(plain_visitor, persona):
    await plain_visitor.signs_in(persona.complete)
    assert await plain_visitor.outcome(PERSON) == "ready"
    box = await plain_visitor.tile(PERSON).bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 360


@pytest.mark.parametrize(
    ("mode", "outcome", "said"),
    [
        ("hang", "late", "antwoordt traag. Wij wachten niet langer"),
        ("503", "down", "Dat betekent niet dat er geen zijn."),
        ("soap-fault", "down", "Dat betekent niet dat er geen zijn."),
    ],
)
async def test_one_source_in_trouble_leaves_the_others_alone(visitor, faults, persona, mode, outcome, said):
    await visitor.signs_in(persona.complete)
    await faults.set("rijksregister-gezin", mode)
    await visitor.opens(f"/uw-gegevens/?opnieuw={HOUSEHOLD}&opnieuw={CERTIFICATES}")
    await visitor.page.get_by_text(
        re.compile(r"Van \d+ soorten gegevens kregen wij er \d+\. Niet opgevraagd.*: .*Gezinssam")
    ).wait_for()
    assert await visitor.outcome(HOUSEHOLD) == outcome
    assert await visitor.outcome(PERSON) == "ready"
    assert await visitor.outcome(CERTIFICATES) == "ready"
    await visitor.tile(HOUSEHOLD).get_by_text(said).wait_for()


async def test_a_failure_is_not_kept_as_an_answer(visitor, faults, persona):
    await visitor.signs_in(persona.complete)
    await faults.set("ahovoks-bewijzen", "503")
    await visitor.opens(f"/uw-gegevens/?opnieuw={CERTIFICATES}")
    assert await visitor.outcome(CERTIFICATES) == "down"
    await faults.clear()
    await visitor.tile(CERTIFICATES).get_by_role("link", name="Vraag opnieuw wat ontbrak").click()
    await visitor.page.locator(f'[data-dataset="{CERTIFICATES}"][data-outcome="ready"]').wait_for()


async def test_no_data_is_said_as_such_and_only_then(visitor, persona):
    await visitor.signs_in(persona.without_certificates)
    assert await visitor.outcome(CERTIFICATES) == "nothing"
    reason = visitor.empty(CERTIFICATES).get_by_text("AHOVOKS heeft hierover geen gegevens over u")
    assert not await reason.is_visible()
    await visitor.page.get_by_text(re.compile(r"Geen gegevens bij: .*Leer- en ervaringsbewijzen")).click()
    await reason.wait_for()
    # What was asked before comes before the page is seen: then there is no room for what is empty.
    await visitor.opens("/uw-gegevens/")
    assert await visitor.empty(CERTIFICATES).count() == 1
    assert (await visitor.tile(CERTIFICATES).bounding_box()) is None


@pytest.mark.parametrize(("who", "size"), [("abroad", DESK), ("nowhere", PHONE)])
async def test_the_overview_does_not_move_while_slow_sources_answer_one_by_one(
    visitor, persona, faults, house, who, size
):
    await visitor.page.set_viewport_size(size)
    await visitor.signs_in(getattr(persona, who), start="/aanmelden/?naar=/cookies/")
    await faults.slow()
    house.rows("delete from sources_answer")
    await visitor.opens("/uw-gegevens/")
    assert await looks.shift(visitor.page) <= LAYOUT_SHIFT
    # What keeps its room is for eyes only, and not for paper: the line below its group says the same.
    vacant = visitor.page.locator(".vacant").first
    assert await vacant.get_attribute("aria-hidden") == "true"
    assert await vacant.is_visible()
    assert await visitor.empty(await vacant.get_attribute("data-dataset")).count() == 1
    await visitor.page.emulate_media(media="print")
    assert not await vacant.is_visible()


async def test_a_slow_source_does_not_hold_up_the_page(visitor, faults, persona):
    await visitor.signs_in(persona.complete)
    await faults.set("ahovoks-bewijzen", "ok", latency_ms=1200)
    await visitor.page.goto(visitor.house.portal + f"/uw-gegevens/?opnieuw={CERTIFICATES}", wait_until="commit")
    await visitor.tile(PERSON).wait_for(state="attached")
    assert await visitor.tile(CERTIFICATES).count() == 0
    await visitor.tile(CERTIFICATES).wait_for()
    await visitor.page.wait_for_load_state()
    on_screen = await visitor.page.evaluate(
        "[...document.querySelectorAll('[data-dataset]:not([hidden])')]"
        ".sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top || "
        "a.getBoundingClientRect().left - b.getBoundingClientRect().left).map(e => e.slot)"
    )
    assert on_screen == await visitor.slots_with_tiles()


async def test_theme_and_dataset_pages_say_more(visitor, persona):
    await visitor.signs_in(persona.complete)
    await visitor.page.get_by_role("navigation").get_by_role("link", name="U en uw gezin").click()
    await visitor.tile(HOUSEHOLD).locator("summary").click()
    await visitor.sees("alle personen")
    await visitor.tile(PERSON).get_by_role("link", name="Toon alles").click()
    await visitor.page.wait_for_url("**/uw-gegevens/bron/rijksregister/persoon/")
    # What identifies somebody stands in a fold, below what people come for.
    await visitor.tile(PERSON).get_by_text("Rijksregisternummer").first.wait_for(state="attached")


async def test_unknown_places_are_not_found(visitor, persona):
    await visitor.signs_in(persona.complete)
    for path in ("/uw-gegevens/geen-thema/", "/uw-gegevens/bron/niemand/niets/", "/bestaat-niet/"):
        assert await visitor.opens(path) == 404


async def test_who_is_signed_out_sees_no_data(visitor):
    await visitor.opens("/uw-gegevens/")
    assert visitor.page.url.startswith(visitor.house.town)
    assert await visitor.page.locator("[data-dataset]").count() == 0
