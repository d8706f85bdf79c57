"""The provider's keys, clock, stale names and tokens, and the state of each source."""

from typing import Any

import jwt
import pytest

from sandbox.provider.state import MEANS
from sandbox.tests.conftest import NOON
from sandbox.tests.papers import NUMBER, OTHER, SIGNED_OUT
from sandbox.tests.relying_party import RelyingParty
from sandbox.tests.test_faults import put
from sandbox.tests.test_magda import PATH, ask
from sandbox.tests.test_rest import token

OLD = {"given_name": "Anna", "family_name": "Vroeger"}
NOW = {"given_name": "An", "family_name": "Peeters"}


async def turn(portal: RelyingParty, control: str, **value: Any) -> Any:
    async with portal.http.put(f"/op/{control}", json=value) as answer:
        assert answer.status == 200
        return await answer.json()


async def kids(portal: RelyingParty) -> list[str | None]:
    return [key.key_id for key in (await portal.key_set()).keys]


async def name_after(portal: RelyingParty, page_text: str, **fields: str) -> dict[str, str]:
    """Send the sign-in form, and give the name in the ID token."""
    back = await portal.fill_in(page_text, **fields)
    _, tokens = await portal.redeem(back.parameters["code"])
    claims = await portal.claims(tokens["id_token"])
    return {part: claims[part] for part in NOW}


async def test_soft_rotation_still_publishes_the_old_key(portal):
    (first,) = await kids(portal)
    _, before = await portal.redeem(await portal.code())
    view = await turn(portal, "keys", rotate="soft")
    assert await kids(portal) == [first, view["signing"]] == view["published"]
    _, after = await portal.redeem(await portal.code())
    assert [jwt.get_unverified_header(it["id_token"])["kid"] for it in (before, after)] == [first, view["signing"]]
    assert (await portal.claims(before["id_token"]))["rrn"] == NUMBER


async def test_hard_rotation_takes_the_old_key_away_until_the_reset(portal):
    (first,) = await kids(portal)
    _, before = await portal.redeem(await portal.code())
    view = await turn(portal, "keys", rotate="hard")
    assert await kids(portal) == [view["signing"]]
    assert view["signing"] != first
    with pytest.raises(KeyError):
        await portal.claims(before["id_token"])
    async with portal.http.delete("/op/keys") as answer:
        assert await answer.json() == {"signing": first, "published": [first]}


async def test_clock_moves_what_is_issued(portal):
    usual = await portal.sign_in()
    await turn(portal, "clock", offset_s=120)
    ahead = await portal.sign_in()
    assert [ahead[name] - usual[name] for name in ("iat", "exp")] == [120, 120]
    code = await portal.code()
    await turn(portal, "clock", offset_s=151)
    assert (await portal.redeem(code))[1]["error"] == "invalid_grant"
    async with portal.http.delete("/op/clock") as answer:
        assert await answer.json() == {"offset_s": 0}
    assert (await portal.sign_in())["iat"] == int(NOON)


async def test_stale_name_lasts_until_sign_out(portal):
    await turn(portal, "names", stale={NUMBER: OLD})
    assert await name_after(portal, (await portal.ask()).text, person=NUMBER, means="eid") == OLD
    again = await portal.ask()
    assert "Verder als" in again.text
    assert await name_after(portal, again.text, **{"continue": "yes"}) == OLD
    await portal.get("/op/v1/logout", {"client_id": "portal", "post_logout_redirect_uri": SIGNED_OUT})
    assert await name_after(portal, (await portal.ask()).text, person=NUMBER, means="eid") == NOW
    async with portal.http.get("/op/names") as answer:
        assert await answer.json() == {"stale": {}}


async def test_stale_name_lasts_until_a_new_authentication(portal):
    await turn(portal, "names", stale={NUMBER: OLD, OTHER: OLD})
    assert await name_after(portal, (await portal.ask()).text, person=NUMBER, means="eid") == OLD
    anew = await portal.ask(prompt="login")
    assert "Verder als" not in anew.text
    # A form that asks to continue is refused when the person must authenticate anew.
    assert (await portal.fill_in(anew.text, **{"continue": "yes"})).status == 400
    assert await name_after(portal, anew.text, person=NUMBER, means="eid") == NOW
    async with portal.http.get("/op/names") as answer:
        assert await answer.json() == {"stale": {OTHER: OLD}}


async def test_tokens_of_machines_can_be_short(portal):
    assert await turn(portal, "tokens", expires_in=31) == {"expires_in": 31}
    assert (await token(portal))[1]["expires_in"] == 31
    async with portal.http.delete("/op/tokens") as answer:
        assert await answer.json() == {"expires_in": 300}


@pytest.mark.parametrize(
    ("control", "body"),
    [
        ("keys", '{"rotate": "gently"}'),
        ("keys", "{}"),
        ("clock", '{"offset_s": "1"}'),
        ("clock", '{"offset_s": 1e300}'),
        ("names", '{"stale": {"12": {"given_name": "a", "family_name": "b"}}}'),
        ("names", '{"stale": {"71690999827": {"given_name": "a"}}}'),
        ("tokens", '{"expires_in": 0}'),
        ("tokens", "\xff"),
    ],
)
async def test_what_a_control_does_not_know_is_refused(portal, control, body):
    async with portal.http.get(f"/op/{control}") as answer:
        before = await answer.json()
    async with portal.http.put(f"/op/{control}", data=body.encode("latin-1")) as answer:
        assert (answer.status, list(await answer.json())) == (400, ["error"])
    async with portal.http.get(f"/op/{control}") as answer:
        assert await answer.json() == before


async def test_forms_turn_the_controls_and_put_them_back(portal, town):
    forms: dict[str, dict[str, str]] = {
        "tampering": {"mode": "expired"},
        "keys": {"rotate": "soft"},
        "clock": {"offset_s": "-30"},
        "names": {"number": NUMBER, **OLD},
        "tokens": {"expires_in": "40"},
    }
    for control, form in forms.items():
        async with portal.http.post(f"/op/{control}", data=form, allow_redirects=False) as answer:
            assert (answer.status, answer.headers["Location"]) == (303, "/#toegangsbeheer")
    provider = town.provider
    assert (provider.tampering, len(provider.keys), provider.clock_offset_s) == ("expired", 2, -30)
    assert (list(provider.stale_names), provider.service_token_lives_s) == ([NUMBER], 40)
    async with portal.http.get("/") as answer:
        text = await answer.text()
    assert all(shown in text for shown in ("<code>expired</code>", "loopt -30", "Anna Vroeger", 'value="40"'))
    for control in forms:
        async with portal.http.post(f"/op/{control}", data={"reset": "yes"}) as answer:
            assert answer.status == 200
    assert (provider.tampering, len(provider.keys), provider.clock_offset_s) == ("none", 1, 0)
    assert (provider.stale_names, provider.service_token_lives_s) == ({}, 300)
    async with portal.http.post("/op/clock", data={"offset_s": "x"}) as answer:
        assert answer.status == 400


async def test_page_offers_every_means(portal):
    text = (await portal.ask()).text
    assert [means for means in MEANS if f'id="means-{means}"' not in text] == []


@pytest.mark.parametrize("means", ["eidassubstantial", "tlsclient", "kerberos", "password"])
async def test_every_means_is_named(portal, means):
    assert (await portal.sign_in(means=means))["acr"] == f"urn:be:vlaanderen:authmech:{means}"


async def test_state_counts_questions_by_what_became_of_them(http, magda, town):
    for mode in ("ok", "ok", "503", "broken"):
        await put(http, "Testregister", mode=mode)
        async with magda.post(PATH, data=ask()) as response:
            await response.read()
    async with http.get("/state") as answer:
        state = await answer.json()
    assert state["since"] == "2027-01-15T08:00:00+00:00"
    assert state["sources"]["Testregister"] == {
        "mode": "broken",
        "latency_ms": 0,
        "asked": 4,
        "under_way": 0,
        "outcomes": {"200": 2, "503": 1, "broken": 1},
    }
    assert (state["connections"]["plain"] >= 1, state["connections"]["tls"] >= 1) == (True, True)
    async with http.get("/") as answer:
        assert "Sinds de start 4 keer gevraagd, waarvan 0 nog onderweg." in await answer.text()
