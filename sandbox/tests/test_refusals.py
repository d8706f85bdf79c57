"""What the provider refuses, and how it says so."""

import pytest

from sandbox.tests import papers
from sandbox.tests.papers import CALLBACK


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": f"{CALLBACK}x"},
        {"redirect_uri": None},
    ],
)
async def test_unknown_client_or_address_gets_a_plain_page(portal, changes):
    page = await portal.ask(**changes)
    assert (page.status, page.location) == (400, "")
    assert "Aanmelden kan niet" in page.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"response_mode": "web_message"}, "invalid_request"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "openid magic"}, "invalid_scope"),
        ({"client_id": "small", "scope": "openid rrn"}, "invalid_scope"),
        ({"prompt": "none"}, "login_required"),
        ({"request": "x"}, "request_not_supported"),
        ({"request_uri": "x"}, "request_uri_not_supported"),
        ({"code_challenge_method": "S512"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
    ],
)
async def test_client_hears_what_is_wrong_with_its_request(portal, changes, error):
    back = await portal.ask(**changes)
    assert (back.status, back.location.partition("?")[0]) == (303, CALLBACK)
    assert (back.parameters["error"], back.parameters["state"]) == (error, "a state&more")
    assert "code" not in back.parameters


async def test_parameter_given_twice_is_refused(portal):
    query = f"client_id=portal&redirect_uri={CALLBACK}&response_type=code&scope=openid&state=a&state=b"
    back = await portal.get(f"/op/v1/auth?{query}")
    assert back.parameters["error"] == "invalid_request"


async def test_form_is_judged_again(portal):
    page = await portal.ask()
    back = await portal.fill_in(page.text.replace("openid profile", "openid magic"), person="1", means="eid")
    assert back.parameters["error"] == "invalid_scope"


async def test_code_works_once_and_its_tokens_fall_when_it_returns(portal):
    code = await portal.code()
    _, tokens = await portal.redeem(code)
    assert (await portal.userinfo(tokens["access_token"]))[0] == 200
    status, refusal = await portal.redeem(code)
    assert (status, refusal["error"]) == (400, "invalid_grant")
    assert (await portal.userinfo(tokens["access_token"]))[0] == 401


async def test_code_lives_thirty_seconds(portal, clock):
    early, late = await portal.code(), await portal.code()
    clock.now += 29.9
    assert (await portal.redeem(early))[0] == 200
    clock.now += 0.1
    status, refusal = await portal.redeem(late)
    assert (status, refusal["error"]) == (400, "invalid_grant")


async def test_access_token_lives_an_hour(portal, clock):
    _, tokens = await portal.redeem(await portal.code())
    clock.now += 3599
    assert (await portal.userinfo(tokens["access_token"]))[0] == 200
    clock.now += 1
    assert await portal.userinfo(tokens["access_token"]) == (
        401,
        {"error": "invalid_token", "error_description": "the access token is missing, unknown or expired"},
    )


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"redirect_uri": "http://localhost:8000/"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_grant"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": None}, "unsupported_grant_type"),
    ],
)
async def test_code_is_bound_to_its_request(portal, changes, error):
    status, refusal = await portal.redeem(await portal.code(), **changes)
    assert (status, refusal["error"]) == (400, error)


async def test_unknown_code_is_refused(portal):
    status, refusal = await portal.redeem("another")
    assert (status, refusal["error"]) == (400, "invalid_grant")


async def test_code_is_spent_by_a_wrong_verifier(portal):
    code = await portal.code()
    await portal.redeem(code, code_verifier="w" * 43)
    assert (await portal.redeem(code))[1]["error"] == "invalid_grant"


async def test_verifier_without_challenge_is_refused(portal):
    code = await portal.code(code_challenge=None, code_challenge_method=None)
    assert (await portal.redeem(code))[1]["error"] == "invalid_grant"


async def test_code_of_another_client_is_refused_and_stays_good(portal):
    code = await portal.code()
    thief = portal.assertion(iss="small", sub="small")
    assert (await portal.redeem(code, thief))[1]["error"] == "invalid_grant"
    assert (await portal.redeem(code))[0] == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "nobody", "sub": "nobody"},
        {"sub": "small"},
        {"aud": "http://127.0.0.1/op/v1/token"},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"jti": None},
        {"sub": None},
    ],
)
async def test_assertion_must_say_who_and_for_whom(portal, changes):
    status, refusal = await portal.redeem(await portal.code(), portal.assertion(**changes))
    assert (status, refusal["error"]) == (401, "invalid_client")


@pytest.mark.parametrize(("ahead", "status"), [(0, 401), (-1, 401), (1, 200), (599, 200), (600, 401)])
async def test_assertion_is_valid_for_less_than_ten_minutes(portal, clock, ahead, status):
    assertion = portal.assertion(exp=int(clock.now) + ahead)
    assert (await portal.redeem(await portal.code(), assertion))[0] == status


async def test_assertion_to_the_issuer_in_a_list_is_good(portal):
    assert (await portal.redeem(await portal.code(), portal.assertion(aud=[portal.issuer])))[0] == 200


async def test_assertion_works_once(portal):
    assertion = portal.assertion()
    assert (await portal.redeem(await portal.code(), assertion))[0] == 200
    status, refusal = await portal.redeem(await portal.code(), assertion)
    assert (status, refusal["error"]) == (401, "invalid_client")


async def test_assertion_of_a_foreign_key_is_refused(portal):
    assertion = portal.assertion(key=papers.new_key())
    assert (await portal.redeem(await portal.code(), assertion))[1]["error"] == "invalid_client"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_assertion": "no.jwt"},
        {"client_assertion_type": "basic"},
        {"client_assertion": None, "client_id": "portal", "client_secret": "x"},
        {"client_id": "small"},
    ],
)
async def test_other_proof_is_refused(portal, changes):
    status, refusal = await portal.redeem(await portal.code(), **changes)
    assert (status, refusal["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic x"}, {"Authorization": "Bearer x"}])
async def test_userinfo_wants_a_token(portal, header):
    async with portal.http.get("/op/v1/userinfo", headers=header) as answer:
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer error="invalid_token"')
