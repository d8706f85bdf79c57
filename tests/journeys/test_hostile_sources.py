"""Whatever a source sends, its tile says what it is, the others stand, and the page ends."""

import asyncio
import json
import time
import urllib.request
from urllib.parse import urlencode

import pytest
from lxml import html

from tests.walks.somebody import Answer, Somebody

pytestmark = pytest.mark.security

HOUSEHOLD, PATH = "rijksregister.gezin", "inburgering.traject"
SOURCES = {HOUSEHOLD: "rijksregister-gezin", PATH: "inburgering-traject"}
OUTCOMES = {
    "broken": "down",
    "partial": "partial",
    "reset": "down",
    "drip": "late",
    "tls": "down",
    "huge": "down",
    "wrong-encoding": "down",
    "wrong-root": "down",
    "redirect": "down",
    "html": "down",
    "other-person": "down",
    "twice": "down",
}


def tiles(answer: Answer) -> dict[str, html.HtmlElement]:
    """Find the tiles of a page that came whole, by their datasets."""
    page = html.document_fromstring(answer.content)
    assert len(page.find_class("closing")) == 1
    return {tile.get("data-dataset"): tile for tile in page.iterfind(".//*[@data-dataset]")}


async def outcomes(who: Somebody, *again: str) -> dict[str, str]:
    """Have some datasets asked again, and read how each of the overview's ended."""
    answer = await who.gets("/uw-gegevens/?" + urlencode([("opnieuw", name) for name in again]))
    return {name: tile.get("data-outcome") for name, tile in tiles(answer).items()}


@pytest.mark.parametrize("name", [HOUSEHOLD, PATH])
@pytest.mark.parametrize("mode", OUTCOMES)
async def test_a_hostile_answer_is_shown_as_what_it_is(people, faults, persona, name, mode):
    who = await people.who(persona.in_civic_path if name == PATH else persona.complete)
    await faults.set(SOURCES[name], mode)
    found = await outcomes(who, name)
    assert (found[name], found["rijksregister.persoon"]) == (OUTCOMES[mode], "ready")


@pytest.mark.parametrize(("name", "body"), [(HOUSEHOLD, "het Rijksregister"), (PATH, "het Agentschap Inburgering")])
async def test_what_is_missing_is_named_as_citizens_know_it(people, faults, persona, name, body):
    who = await people.who(persona.in_civic_path)
    await faults.set(SOURCES[name], "partial")
    said = tiles(await who.gets(f"/uw-gegevens/?opnieuw={name}"))[name].text_content()
    assert f"Een deel ontbreekt: {body} gaf geen antwoord." in " ".join(said.split())


@pytest.mark.parametrize("person", ["in_civic_path", "complete"])
async def test_no_content_that_tells_of_a_failure_is_never_nothing(people, faults, persona, person):
    who = await people.who(getattr(persona, person))
    await faults.set(SOURCES[PATH], "204-exceptions")
    assert (await outcomes(who, PATH))[PATH] == "down"
    await faults.clear()
    assert (await outcomes(who, PATH))[PATH] == ("ready" if person == "in_civic_path" else "nothing")


@pytest.mark.parametrize("mode", ["refused", "stranger", "expired", "elsewhere", "refuses-client"])
async def test_a_handshake_that_fails_is_never_nothing(people, house, persona, mode):
    who = await people.who(persona.complete)
    await _tls(house.town, mode)
    try:
        found = await outcomes(who, HOUSEHOLD, "ahovoks.bewijzen")
        # What the session kept from the sign-in is there still.
        names = (HOUSEHOLD, "ahovoks.bewijzen", "rijksregister.persoon")
        assert [found[name] for name in names] == ["down", "down", "ready"]
    finally:
        await _tls(house.town, "ok")


async def _tls(town: str, mode: str) -> None:
    def put() -> None:
        headers = {"Content-Type": "application/json"}
        data = json.dumps({"mode": mode}).encode()
        with urllib.request.urlopen(
            urllib.request.Request(f"{town}/tls", data=data, method="PUT", headers=headers), timeout=10
        ):
            pass

    await asyncio.to_thread(put)


async def test_new_keys_of_the_provider_let_people_in(visitor, persona):
    def rotate() -> None:
        data = json.dumps({"rotate": "soft"}).encode()
        headers = {"Content-Type": "application/json"}
        with urllib.request.urlopen(
            urllib.request.Request(f"{visitor.house.town}/op/keys", data=data, method="PUT", headers=headers),
            timeout=60,
        ):
            pass

    await asyncio.to_thread(rotate)
    # The portal looks for new keys at most once in half a minute; somebody may have signed in just now.
    end = time.monotonic() + 180
    await visitor.signs_in(persona.complete)
    while visitor.page.url.startswith(f"{visitor.house.portal}/aanmelden/niet-gelukt/"):
        assert time.monotonic() < end, visitor.page.url
        await visitor.page.wait_for_timeout(1000)
        await visitor.signs_in(persona.complete)
    await visitor.page.get_by_role("button", name="Afmelden").wait_for(state="attached")
