"""Signing in, out, and what the client gets to know."""

import re

import jwt
import pytest

from sandbox.provider.signing import half_hash
from sandbox.tests.conftest import NOON
from sandbox.tests.papers import CALLBACK, EMPTY, NUMBER, OTHER, SIGNED_OUT
from sandbox.tests.relying_party import VERIFIER


async def test_discovery_names_the_addresses_below_the_issuer(portal, town):
    async with portal.http.get("/op/.well-known/openid-configuration") as answer:
        said = await answer.json()
    issuer = f"http://127.0.0.1:{town.settings.port}/op"
    assert said["issuer"] == issuer
    assert {name: said[name] for name in said if name.endswith("_endpoint") or name == "jwks_uri"} == {
        "authorization_endpoint": f"{issuer}/v1/auth",
        "token_endpoint": f"{issuer}/v1/token",
        "userinfo_endpoint": f"{issuer}/v1/userinfo",
        "jwks_uri": f"{issuer}/v1/keys",
        "end_session_endpoint": f"{issuer}/v1/logout",
    }
    assert said["response_types_supported"] == ["code"]
    assert said["token_endpoint_auth_methods_supported"] == ["private_key_jwt"]


async def test_code_flow_gives_the_claims_of_the_scopes(portal):
    page = await portal.ask()
    assert page.status == 200
    back = await portal.fill_in(page.text, person=NUMBER, means="eid")
    assert (back.status, back.location.partition("?")[0]) == (303, CALLBACK)
    assert back.parameters["state"] == "a state&more"
    status, tokens = await portal.redeem(back.parameters["code"])
    assert status == 200
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 3600, "openid profile rrn vo")
    claims = await portal.claims(tokens["id_token"])
    person = {
        "sub": claims["sub"],
        "given_name": "An",
        "family_name": "Peeters",
        "rrn": NUMBER,
        "vo_id": claims["vo_id"],
        "vo_doelgroepcode": "BUR",
        "vo_doelgroepnaam": "Burger",
    }
    assert claims == person | {
        "iss": portal.issuer,
        "aud": "portal",
        "azp": "portal",
        "iat": int(NOON),
        "exp": int(NOON) + 3600,
        "nonce": "a-nonce",
        "at_hash": half_hash(tokens["access_token"]),
        "acr": "urn:be:vlaanderen:authmech:eid",
    }
    assert NUMBER not in claims["sub"]
    assert await portal.userinfo(tokens["access_token"]) == (200, person)


async def test_claims_follow_what_was_asked(portal):
    claims = await portal.sign_in(scope="openid", nonce=None, acr_values=None)
    assert set(claims) == {"iss", "sub", "aud", "azp", "iat", "exp", "at_hash"}


@pytest.mark.parametrize("means", ["itsme", "csamtotp", "csamsms", "fedtoken", "eidashigh", "csampassword"])
async def test_acr_names_the_means(portal, means):
    claims = await portal.sign_in(means=means)
    assert (claims["acr"], claims["rrn"]) == (f"urn:be:vlaanderen:authmech:{means}", NUMBER)


async def test_self_registration_gives_no_national_number(portal):
    status, tokens = await portal.redeem(await portal.code(means="csamselfreg"))
    assert status == 200
    assert "rrn" not in await portal.claims(tokens["id_token"])
    assert "rrn" not in (await portal.userinfo(tokens["access_token"]))[1]


async def test_subject_is_the_same_every_time_and_differs_by_person_and_client(portal):
    first, again = await portal.sign_in(), await portal.sign_in()
    other = await portal.sign_in(person=OTHER)
    code = await portal.code(client_id="small", scope="openid")
    _, tokens = await portal.redeem(code, portal.assertion(iss="small", sub="small"))
    elsewhere = await portal.claims(tokens["id_token"])
    assert first["sub"] == again["sub"]
    assert len({first["sub"], other["sub"], elsewhere["sub"]}) == 3


async def test_plain_challenge_is_compared_as_it_is(portal):
    claims = await portal.sign_in(code_challenge=VERIFIER, code_challenge_method=None)
    assert claims["rrn"] == NUMBER


async def test_fragment_mode_answers_behind_the_hash(portal):
    page = await portal.ask(response_mode="fragment")
    back = await portal.fill_in(page.text, person=NUMBER, means="eid")
    assert re.fullmatch(re.escape(CALLBACK) + r"#code=[\w-]+&state=a\+state%26more", back.location)


async def test_free_field_goes_before_the_list(portal):
    page = await portal.ask()
    back = await portal.fill_in(page.text, person=NUMBER, other_person="00.61.01-001.23", means="eid")
    _, tokens = await portal.redeem(back.parameters["code"])
    claims = await portal.claims(tokens["id_token"])
    assert (claims["rrn"], claims["given_name"], claims["family_name"]) == (OTHER, "Bo", "Claes")


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"person": "85010100196", "means": "eid"}, "kent dit rijksregisternummer niet"),
        ({"person": "123", "means": "eid"}, "van 11 cijfers"),
        ({"person": "", "means": "eid"}, "van 11 cijfers"),
        ({"person": NUMBER, "means": "magic"}, "Kies hoe u zich aanmeldt"),
    ],
)
async def test_mistake_in_the_form_shows_it_again(portal, fields, text):
    page = await portal.ask()
    again = await portal.fill_in(page.text, **fields)
    assert again.status == 400
    assert text in again.text
    assert (await portal.fill_in(again.text, person=NUMBER, means="eid")).parameters["code"]


async def test_page_lists_personas_with_what_is_special(portal):
    page = await portal.ask()
    assert set(re.findall(r'name="person" value="(\d+)"', page.text)) == {NUMBER, OTHER, EMPTY}
    assert page.text.count("An Peeters") == 1
    assert "heeft twee voornamen" in page.text
    # Whom the register does not know goes by the name that the body gives them.
    assert page.text.count("Cas Van den Broeck") == 1
    assert "volgde niets" in page.text


async def test_a_persona_of_another_body_than_the_register_signs_in_by_name(portal):
    page = await portal.ask()
    back = await portal.fill_in(page.text, person=EMPTY, means="eid")
    _, tokens = await portal.redeem(back.parameters["code"])
    claims = await portal.claims(tokens["id_token"])
    assert (claims["rrn"], claims["given_name"], claims["family_name"]) == (EMPTY, "Cas", "Van den Broeck")


async def test_last_means_is_remembered_for_a_month(portal):
    page = await portal.ask()
    form = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    async with portal.http.post(
        "/op/v1/auth/login", data=form | {"person": NUMBER, "means": "csamsms"}, allow_redirects=False
    ) as answer:
        means, session = answer.cookies["vo-authmethod"], answer.cookies["PD-H-SESSION-ID"]
    assert (means.value, means["max-age"]) == ("csamsms", "2592000")
    assert (session["max-age"], session["expires"]) == ("", "")
    again = await portal.ask()
    assert 'value="csamsms" checked' in again.text


async def test_signed_in_person_can_continue_until_sign_out(portal):
    await portal.code(person=OTHER, means="itsme")
    page = await portal.ask()
    assert "Verder als Bo Claes" in page.text
    back = await portal.fill_in(page.text, **{"continue": "yes"})
    _, tokens = await portal.redeem(back.parameters["code"])
    claims = await portal.claims(tokens["id_token"])
    assert (claims["rrn"], claims["acr"]) == (OTHER, "urn:be:vlaanderen:authmech:itsme")
    left = await portal.get(
        "/op/v1/logout", {"client_id": "portal", "post_logout_redirect_uri": SIGNED_OUT, "state": "bye"}
    )
    assert (left.status, left.location) == (303, f"{SIGNED_OUT}?state=bye")
    assert "Verder als" not in (await portal.ask()).text


async def test_sign_out_without_address_says_so(portal):
    left = await portal.get("/op/v1/logout")
    assert left.status == 200
    assert "U bent afgemeld" in left.text


@pytest.mark.parametrize(
    "params",
    [
        {"post_logout_redirect_uri": SIGNED_OUT},
        {"post_logout_redirect_uri": SIGNED_OUT, "client_id": "nobody"},
        {"post_logout_redirect_uri": "http://localhost:8000/elsewhere/", "client_id": "portal"},
    ],
)
async def test_sign_out_to_an_address_not_registered_is_refused(portal, params):
    left = await portal.get("/op/v1/logout", params)
    assert (left.status, left.location) == (400, "")


async def test_published_key_is_the_one_that_signed(portal):
    _, tokens = await portal.redeem(await portal.code())
    header = jwt.get_unverified_header(tokens["id_token"])
    assert header["alg"] == "RS256"
    assert [key.key_id for key in (await portal.key_set()).keys] == [header["kid"]]
