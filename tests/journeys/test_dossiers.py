"""I see where my applications stand with every service, what is asked of me, and where a new one begins."""

import json
import urllib.request

import pytest

from portal.features.dossiers.section import SCOPE
from portal.features.dossiers.tests.reports import REPORTS, agent, report
from tests.machines import questions

from .conftest import change

pytestmark = pytest.mark.usefixtures("nothing_of_their_own")

MANY = "69702131821"  # 150 dossiers of seven bodies
ODD = "86650915095"
SOURCE = "dossiers"
CARDS = "article[data-dossier]"


def reports(house, **said: object) -> None:
    """Have a body report a dossier to the portal."""
    headers = {"Content-Type": "application/json", **questions.way_in(house, [SCOPE])}
    data = json.dumps(report(**said)).encode()
    with urllib.request.urlopen(urllib.request.Request(house.portal + REPORTS, data, headers)) as answer:
        assert answer.status == 200


async def test_what_a_body_reported_says_so_and_what_it_answers_counts(visitor, persona, house, faults):
    who, page = persona.without_certificates, visitor.page
    said = {"Agenten": [agent(who)], "Naam": "Gemelde toelage", "DossierBeheerder": None}
    reports(house, Identificatie__DossierNummer="GEMELD-1", **said)
    await visitor.signs_in(who, start="/dossiers/")
    card = page.locator('[data-dossier$="|GEMELD-1"]')
    await card.get_by_text("Gemeld door AHOVOKS op").wait_for()
    await card.get_by_role("link").first.click()
    await visitor.sees("Wij vroegen het nu niet na")
    # With the source of all away it is there, and what else there may be is not called empty.
    await faults.set(SOURCE, "503")
    await visitor.opens("/dossiers/?opnieuw=1")
    await visitor.sees("Hieronder staat alleen wat diensten ons zelf meldden.")
    await card.get_by_text("Gemeld door AHOVOKS op").wait_for()
    await faults.clear()
    # As soon as the body answers about it, its answer counts.
    change(
        house, person=who, source="STL", number="GEMELD-1", name="Toelage", phase="Beslissing", status="Goedgekeurd"
    )
    await visitor.opens("/dossiers/?opnieuw=1")
    await page.locator(".closing").wait_for()
    assert await card.count() == 1
    assert await card.get_attribute("data-status") == "Goedgekeurd"
    assert await card.get_by_text("Gemeld door").count() == 0
    assert "reported otherwise than answered: ahovoks, status of 1" in house.log.read_text("utf-8")


async def test_many_dossiers_stand_on_one_page_and_are_found_by_words_without_a_script(plain_visitor, house):
    await plain_visitor.signs_in(MANY, start="/dossiers/")
    page = plain_visitor.page
    await page.locator(".closing").wait_for()
    assert await page.locator(CARDS).count() == 150
    stands = await page.locator(".dossiers > section").evaluate_all("all => all.map(one => one.className)")
    assert stands == [
        f"group-{name}" for name in ("actie", "lopend", "verwijzing", "afgerond") if f"group-{name}" in stands
    ]
    number = await page.locator(CARDS).nth(40).get_attribute("data-dossier")
    await page.get_by_text("Zoek en filter").click()
    await page.fill("#zoek", number.partition("|")[2])
    await page.get_by_role("button", name="Toon de gekozen dossiers").click()
    await page.locator(".closing").wait_for()
    assert number in await page.locator(CARDS).evaluate_all("all => all.map(one => one.dataset.dossier)")
    assert await page.locator(CARDS).count() < 20
    assert number.partition("|")[2] not in page.url
    await page.locator(f"{CARDS} h3 a").first.click()
    await page.get_by_role("heading", name="Wat er al gebeurde").wait_for()
    await page.get_by_role("link", name="Terug naar al uw dossiers").click()
    await page.locator(".closing").wait_for()
    assert await page.locator(CARDS).count() == 150


async def test_what_is_folded_is_counted_printed_and_opened_by_its_own_page(plain_visitor, house):
    await plain_visitor.signs_in(MANY, start="/dossiers/")
    page = plain_visitor.page
    await page.locator(".closing").wait_for()
    asking = page.locator(".group-actie")
    left = await asking.locator(f"details.fold {CARDS}").count()
    await asking.get_by_text(f"Toon nog {left} dossiers die iets van u vragen", exact=True).click()
    assert 0 < left < await asking.locator(CARDS).count()
    folded = asking.locator(f"details.fold {CARDS}").last
    number = await folded.get_attribute("data-dossier")
    await folded.locator("h3 a").click()
    await page.get_by_role("link", name="Terug naar al uw dossiers").click()
    # The browser opens the fold of what the address names once it looks for it, which may be after the last answer.
    await page.locator(f"[data-dossier='{number}']").wait_for()
    await page.goto(f"{house.portal}/dossiers/")
    await page.locator(".closing").wait_for()
    assert not await page.locator(f"[data-dossier='{number}']").is_visible()
    await page.emulate_media(media="print")
    assert await page.locator(CARDS).count() == await page.locator(f"{CARDS} h3:visible").count() == 150


async def test_what_a_body_changes_is_there_at_once_and_seen_once_i_say_so(visitor, persona, house):
    who = persona.without_certificates
    await visitor.signs_in(who, start="/dossiers/")
    said = {"person": who, "source": "VAPH", "number": "REIS-1", "name": "Nieuwe hulp"}
    change(house, **said, phase="Behandeling", status="DossierOnvolledig", action="Stuur het attest <b>nu</b>.")
    await visitor.opens("/dossiers/")
    card = visitor.page.locator('[data-dossier="VAPH|REIS-1"]')
    state = [await card.get_attribute(f"data-{name}") for name in ("phase", "status", "action")]
    assert state == ["Behandeling", "DossierOnvolledig", "1"]
    await visitor.sees("Stuur het attest <b>nu</b>.")
    await visitor.opens("/")
    await visitor.sees("VAPH wacht op u: Nieuwe hulp")
    change(house, **said, phase="Beslissing", status="Goedgekeurd", action=False)
    await visitor.opens("/dossiers/")
    assert await card.get_attribute("data-action") == "0"
    # What its body says next, and another tab already shows, stays new: this page did not show it.
    await card.get_by_label("Gezien").check()
    change(house, **said, phase="Beslissing", status="Uitbetaald", action=False)
    other = await visitor.page.context.new_page()
    await other.goto(f"{house.portal}/dossiers/")
    await other.locator(".closing").wait_for()
    await other.close()
    for shown_as_new in (1, 0):
        await visitor.page.get_by_role("button", name="Markeer de gekozen als gezien").click()
        await visitor.page.locator(".closing").wait_for()
        assert await card.get_by_text("Nieuw", exact=True).count() == shown_as_new
        if shown_as_new:
            await card.get_by_label("Gezien").check()
    await card.get_by_role("link").first.click()
    await visitor.page.get_by_role("heading", name="Wat komt hierna?").wait_for()
    assert await visitor.page.locator(".history > li").count() == 3
    assert await visitor.page.locator("article[data-dossier='VAPH|REIS-1']").count() == 1


@pytest.mark.parametrize(
    ("mode", "outcome", "words"),
    [
        ("hang", "late", "antwoordt traag"),
        ("503", "down", "Wij konden uw dossiers nu niet opvragen"),
        ("partial", "partial", "Een deel ontbreekt"),
    ],
)
async def test_dossiers_that_do_not_come_are_never_shown_as_none(visitor, faults, persona, mode, outcome, words):
    await visitor.signs_in(persona.complete, start="/verbeteren/")
    await faults.set(SOURCE, mode)
    await visitor.opens("/dossiers/")
    assert await visitor.page.locator("#dossiers").get_attribute("data-outcome") == outcome
    await visitor.sees(words)
    assert await visitor.page.get_by_text("Er zijn geen dossiers van u.").count() == 0
    await faults.clear()
    await faults.only()
    await visitor.page.get_by_role("link", name="Vraag opnieuw wat ontbrak").click()
    await visitor.page.locator("#dossiers[data-outcome=ready]").wait_for()


async def test_a_dossier_that_cannot_be_asked_is_not_said_to_be_none_on_paper_either(visitor, faults, persona):
    await visitor.signs_in(persona.complete, start="/verbeteren/")
    await faults.set(SOURCE, "503")
    assert await visitor.opens(f"/dossiers/{'x' * 43}/pdf/") == 200
    await visitor.sees("Wij konden uw dossiers nu niet opvragen")
    await faults.clear()
    await faults.only()
    assert await visitor.opens(f"/dossiers/{'x' * 43}/pdf/") == 404


async def test_what_was_missing_is_asked_again_also_while_a_filter_holds(visitor, faults):
    await visitor.signs_in(MANY, start="/verbeteren/")
    await faults.set(SOURCE, "partial")
    await visitor.opens("/dossiers/")
    await visitor.page.get_by_text("Zoek en filter").click()
    await visitor.page.select_option("#stand", "lopend")
    await visitor.page.get_by_role("button", name="Toon de gekozen dossiers").click()
    await visitor.page.locator("#dossiers[data-outcome=partial]").wait_for()
    await faults.clear()
    await faults.only()
    await visitor.page.get_by_role("link", name="Vraag opnieuw wat ontbrak").click()
    await visitor.page.locator("#dossiers[data-outcome=ready]").wait_for()
    assert await visitor.page.locator("#stand").input_value() == "lopend"


async def test_odd_dossiers_are_shown_as_they_are_and_nothing_of_them_runs(visitor):
    await visitor.signs_in(ODD, start="/dossiers/")
    await visitor.page.locator(".closing").wait_for()
    assert await visitor.page.locator(CARDS).count() > 20
    hrefs = await visitor.page.locator("#dossiers a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert [href for href in hrefs if not href.startswith(("/", "https://", "http://", "tel:", "mailto:", "?"))] == []
    assert await visitor.page.locator("#dossiers script, #dossiers img").count() == 0


async def test_reports_that_i_made_stand_beside_my_dossiers(visitor, persona):
    """Corrections lend them, where there are any."""
    await visitor.signs_in(persona.complete, start="/verbeteren/")
    reports = await visitor.page.locator(".reports > li").count()
    await visitor.opens("/dossiers/")
    assert await visitor.page.locator(".lent li").count() == reports


async def test_form_of_a_body_is_found_where_it_lists_it(plain_visitor):
    page = plain_visitor.page
    # The first page may be there before the list is: who comes next has it.
    for _ in range(20):
        assert await plain_visitor.opens("/aanvragen/?zoek=openbaar+domein") == 200
        if not await page.locator("[data-forms]").count():
            break
    service = page.locator('[data-service="kortrijk-inname_openbaar_domein"]')
    form = service.get_by_role("link", name="Naar het formulier op www.kortrijk.be")
    assert await form.get_attribute("href") == "https://www.kortrijk.be/formulieren/inname-openbaar-domein"
    await plain_visitor.sees("Kortrijk heeft nog 1 formulier dat wij hier niet kunnen beschrijven.")


async def test_what_one_can_apply_for_is_found_without_signing_in(plain_visitor):
    assert await plain_visitor.opens("/aanvragen/") == 200
    page = plain_visitor.page
    total = await page.locator("[data-service]").count()
    assert total >= 8
    await page.fill("#zoek", "STUDIETOELAGE")
    async with page.expect_navigation():
        await page.get_by_role("button", name="Toon").click()
    assert 0 < await page.locator("[data-service]").count() < total
    link = page.locator("[data-service] .button").first
    assert (await link.get_attribute("href")).startswith("https://")


async def test_change_that_its_body_notifies_of_is_counted_once_and_shows_the_silent_state(plain_visitor, house):
    person, source = "87641221452", "KORTRIJK"
    said = {"person": person, "source": source, "number": "N-16", "name": "Een melding", "phase": "Behandeling"}
    change(house, **said, status="DossierOnvolledig", action="Bezorg ons een foto.", silent=False)
    change(house, **said, status="InBehandeling", silent=True)
    page = plain_visitor.page
    await plain_visitor.signs_in(person, start="/brievenbus/meldingen/")
    await page.get_by_text("De dienst behandelt uw dossier.").wait_for()
    assert await page.locator(".notices > li").count() == 1
    await page.get_by_text(": 1 ongelezen").first.wait_for(state="attached")
    await page.locator(".notices h2 a").click()
    await page.get_by_text("Bezorg ons een foto.").wait_for()
    assert await page.get_by_text("ongelezen", exact=False).filter(has_text=": 1 ongelezen").count() == 0
    await page.goto(f"{house.town}/meldingen/desks/kortrijk")
    answers = await page.locator("section strong").all_inner_texts()
    assert answers[:2] == ["HTTP 200, Aanvaard"] * 2
