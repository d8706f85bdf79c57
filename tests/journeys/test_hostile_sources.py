"""Whatever a source sends, its tile says what it is, the others stand, and the page ends."""

import asyncio
import json
import urllib.request

import pytest

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


@pytest.mark.parametrize("name", [HOUSEHOLD, PATH])
@pytest.mark.parametrize("mode", OUTCOMES)
async def test_a_hostile_answer_is_shown_as_what_it_is(visitor, faults, persona, name, mode):
    await visitor.signs_in(persona.in_civic_path if name == PATH else persona.complete)
    await faults.set(SOURCES[name], mode)
    await visitor.opens(f"/uw-gegevens/?opnieuw={name}")
    assert await visitor.outcome(name) == OUTCOMES[mode]
    assert await visitor.outcome("rijksregister.persoon") == "ready"
    assert await visitor.page.locator(".closing").count() == 1


@pytest.mark.parametrize(
    ("name", "body"), [(HOUSEHOLD, "Rijksregister"), (PATH, "Agentschap Integratie en Inburgering")]
)
async def test_what_is_missing_is_named_as_citizens_know_it(visitor, faults, persona, name, body):
    await visitor.signs_in(persona.in_civic_path)
    await faults.set(SOURCES[name], "partial")
    await visitor.opens(f"/uw-gegevens/?opnieuw={name}")
    await visitor.tile(name).get_by_text(f"Een deel ontbreekt: {body} gaf geen antwoord.").wait_for()


@pytest.mark.parametrize("person", ["in_civic_path", "complete"])
async def test_no_content_that_tells_of_a_failure_is_never_nothing(visitor, faults, persona, person):
    await visitor.signs_in(getattr(persona, person))
    await faults.set(SOURCES[PATH], "204-exceptions")
    await visitor.opens(f"/uw-gegevens/?opnieuw={PATH}")
    assert await visitor.outcome(PATH) == "down"
    await faults.clear()
    await visitor.opens(f"/uw-gegevens/?opnieuw={PATH}")
    assert await visitor.outcome(PATH) == ("ready" if person == "in_civic_path" else "nothing")


@pytest.mark.parametrize("mode", ["refused", "stranger", "expired", "elsewhere", "refuses-client"])
async def test_a_handshake_that_fails_is_never_nothing(visitor, faults, persona, mode):
    await visitor.signs_in(persona.complete)
    await _tls(visitor.house.town, mode)
    try:
        await visitor.opens(f"/uw-gegevens/?opnieuw={HOUSEHOLD}&opnieuw=ahovoks.bewijzen")
        assert await visitor.outcome(HOUSEHOLD) == "down"
        assert await visitor.outcome("ahovoks.bewijzen") == "down"
        # What the session kept from the sign-in is there still.
        assert await visitor.outcome("rijksregister.persoon") == "ready"
    finally:
        await _tls(visitor.house.town, "ok")


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
            timeout=10,
        ):
            pass

    await asyncio.to_thread(rotate)
    await visitor.signs_in(persona.complete)
    assert visitor.page.url == visitor.house.portal + "/uw-gegevens/"
