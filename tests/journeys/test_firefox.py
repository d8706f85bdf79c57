"""The portal in Firefox: the ways that lean most on what a browser is and does, without any script of ours."""

import io
from collections.abc import AsyncIterator

import pytest_asyncio
from pypdf import PdfReader

from deploy.local.house import House
from tests.walks.example import Person

from .conftest import Faults
from .firefox import Firefox, Tab, running

OVERVIEW, IDENTITY = "/uw-gegevens/", "/uw-gegevens/bron/rijksregister/persoon/"
PERSON, CERTIFICATES = "rijksregister.persoon", "ahovoks.bewijzen"
PHONE, DESK = (360, 740), (1280, 900)
# What Firefox says of a page that is left just as it begins to wait for news: the connection ends with the page.
LEFT = "/brievenbus/live/?van="


@pytest_asyncio.fixture(scope="module")
async def firefox(house: House) -> AsyncIterator[Firefox]:
    """One Firefox for all; the pages of the portal gave it no reason to warn anybody."""
    async with running() as firefox:
        yield firefox
        complaints = [said for said in firefox.complaints if house.town not in said and LEFT not in said]
        assert complaints == []


async def sign_in(firefox: Firefox, house: House, size: tuple[int, int], start: str = "/aanmelden/") -> Tab:
    """Sign in at the town's provider, by its form."""
    tab = await firefox.tab(*size)
    await tab.opens(house.portal + start)
    await tab.clicks("[name=other_person]")
    await tab.types(Person.lodger)
    await tab.clicks("[name=means][value=itsme]")
    await tab.clicks("form:has([name=other_person]) button:last-of-type")
    await tab.until(f"location.origin == '{house.portal}' && document.readyState == 'complete'")
    return tab


async def test_i_sign_in_and_see_my_home(firefox: Firefox, house: House) -> None:
    tab = await sign_in(firefox, house, PHONE)
    await tab.opens(house.portal + "/")
    assert "Dag Noor" in await tab.text()
    assert await tab.reads("document.querySelectorAll('h1').length") == 1
    assert await tab.reads("document.documentElement.scrollWidth") <= 360


async def test_the_overview_fills_in_place_as_sources_answer(firefox: Firefox, house: House, faults: Faults) -> None:
    tab = await sign_in(firefox, house, DESK)
    await faults.set("ahovoks-bewijzen", "ok", latency_ms=1500)
    await tab.opens(f"{house.portal}{OVERVIEW}?opnieuw={CERTIFICATES}", wait="none")
    await tab.until(f"document.querySelector('[data-dataset=\"{PERSON}\"]')?.checkVisibility()")
    # What answered can be read; what did not yet has its place, and the page goes on.
    late = f"document.querySelector('[data-dataset=\"{CERTIFICATES}\"]')"
    assert await tab.reads(f"[{late}, document.readyState]") == [None, "loading"]
    slot = f"document.getElementById('page').shadowRoot.querySelector('slot[name={CERTIFICATES.replace('.', '-')}]')"
    place = f"Math.round({slot}.parentElement.getBoundingClientRect().top)"
    waiting = await tab.reads(place)
    await tab.until("document.readyState == 'complete'")
    assert await tab.reads(f"{late}.assignedSlot == {slot} && {late}.checkVisibility()")
    assert await tab.reads(place) == waiting


async def test_a_page_of_facts_unfolds_and_prints(firefox: Firefox, house: House) -> None:
    tab = await sign_in(firefox, house, PHONE)
    await tab.opens(house.portal + IDENTITY)
    fold = "document.querySelector('main details, [data-dataset] details')"
    inside = f"{fold}.lastElementChild.checkVisibility()"
    assert not await tab.reads(inside)
    # On paper, folds that were not opened are printed open.
    folded = await tab.reads("document.querySelector('[data-dataset] .fold dt').textContent")
    closed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(await tab.prints())).pages)
    assert folded.split()[0] in closed
    await tab.clicks(":is(main, [data-dataset]) details > summary")
    await tab.until(inside)
    printed = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(await tab.prints())).pages)
    assert "Benhaddou" in printed
    assert "Rijksregister" in printed
    assert "Afmelden" not in printed
    # An address that leads into a fold opens it, also where the page comes in pieces.
    for path, anchor in ((IDENTITY, "rijksregister-persoon-insz"), ("/hulp/", "aanmelden")):
        await tab.opens(f"{house.portal}{path}#{anchor}")
        await tab.until(f"document.getElementById('{anchor}').checkVisibility()")


async def test_a_long_word_is_one_word_wherever_it_breaks(firefox: Firefox, house: House) -> None:
    tab = await sign_in(firefox, house, PHONE)
    await tab.opens(house.portal + OVERVIEW)
    # Text search and copying find the whole word.
    assert await tab.reads("document.querySelectorAll('.soft').length")
    await tab.reads("getSelection().selectAllChildren(document.body)")
    copied = await tab.reads("getSelection().toString()")
    assert ("ervaringsbewijzen" in copied, "\u00ad" in copied) == (True, False)
    await tab.until("find('ervaringsbewijzen')")


async def test_a_form_with_an_error_is_corrected_by_keyboard(firefox: Firefox, house: House) -> None:
    tab = await sign_in(firefox, house, PHONE)
    await tab.opens(house.portal + "/profiel/adressen/nieuw/")
    await tab.clicks("#id_label")
    await tab.types("Thuis\tKersenlaar\t27\t\t24\tBalen\n")
    # The focus is at what is wrong; its first link leads to the field, with what was typed still in it.
    await tab.until("document.activeElement.className == 'errors'")
    await tab.types("\t\n")
    await tab.until("document.activeElement.id == 'id_postcode'")
    assert await tab.reads("[document.activeElement.value, document.activeElement.ariaInvalid]") == ["24", "true"]
    await tab.types("91\n")
    await tab.sees("Uw adres is bewaard.")


async def test_the_menu_opens_on_a_phone_and_leads_out(firefox: Firefox, house: House) -> None:
    tab = await sign_in(firefox, house, PHONE)
    await tab.opens(house.portal + IDENTITY)
    assert not await tab.reads("document.querySelector('header nav').checkVisibility()")
    await tab.clicks("header summary")
    await tab.until("document.querySelector('header nav').checkVisibility()")
    await tab.clicks("button", "Afmelden")
    await tab.arrives("/afgemeld/")
    await tab.opens(house.portal + IDENTITY)
    await tab.until(f"location.origin == '{house.town}'")
