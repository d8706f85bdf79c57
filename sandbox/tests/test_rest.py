"""JSON sources over mutual TLS, and the tokens they want."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from sandbox.tests.conftest import NOON
from sandbox.tests.papers import EMPTY, JSON_PATH, JSON_SCOPE, NUMBER, OTHER
from sandbox.tests.relying_party import ASSERTION_TYPE, RelyingParty

CONTENT = json.dumps({"persoon": {"insz": NUMBER}, "cursussen": ["NT2"]}).encode()


async def token(portal: RelyingParty, scope: str = JSON_SCOPE, client: str = "portal") -> tuple[int, dict[str, Any]]:
    form = {
        "grant_type": "client_credentials",
        "scope": scope,
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": portal.assertion(iss=client, sub=client),
    }
    async with portal.http.post("/op/v1/token", data=form) as answer:
        assert answer.headers["Cache-Control"] == "no-store"
        return answer.status, await answer.json()


async def question(portal: RelyingParty, number: str = NUMBER, **headers: str | None) -> dict[str, Any]:
    """Make what `post` needs for a good question; None leaves a header out."""
    ordinary: dict[str, str | None] = {"x-correlation-id": "a-page", "X-Magda-Sender-ID": "the portal"}
    if "Authorization" not in headers:
        ordinary["Authorization"] = f"Bearer {(await token(portal))[1]['access_token']}"
    return {"json": {"insz": number}, "headers": {k: v for k, v in (ordinary | headers).items() if v is not None}}


async def answer_of(magda, portal, number: str = NUMBER, **headers: str | None) -> tuple[int, str, bytes]:
    async with magda.post(JSON_PATH, **await question(portal, number, **headers)) as response:
        assert response.headers.get("x-correlation-id") == headers.get("x-correlation-id", "a-page")
        return response.status, response.headers.get("Content-Type", ""), await response.read()


async def test_answer_is_the_sample_of_the_person(magda, portal):
    assert await answer_of(magda, portal) == (200, "application/json", CONTENT)


async def test_failure_is_the_sample_of_a_failure(magda, portal):
    status, kind, body = await answer_of(magda, portal, OTHER)
    assert (status, kind) == (502, "application/problem+json")
    assert json.loads(body) == {
        "title": "Bad Gateway",
        "status": 502,
        "detail": "the source failed",
        "instance": "a",
    }


async def test_an_empty_sample_is_no_content_whatever_stands_in_other_folders(magda, portal, town):
    folder = town.settings.simulators[0] / "rest" / "courses.taken"
    folder.mkdir(parents=True)
    (folder / f"{EMPTY}.json").write_text("[]")
    try:
        status, _, body = await answer_of(magda, portal, EMPTY)
    finally:
        (folder / f"{EMPTY}.json").unlink()
        folder.rmdir()
    assert (status, body) == (204, b"")


async def test_nobody_is_no_content(magda, portal):
    status, _, body = await answer_of(magda, portal, "85610100107")
    assert (status, body) == (204, b"")


async def test_simulators_folder_is_asked_after_the_bodies(magda, portal, town):
    folder = town.settings.simulators[0] / "rest" / "courses.taken"
    folder.mkdir(parents=True)
    (folder / f"{NUMBER}.json").write_text("[]")
    (folder / "85610100107.json").write_text('{"from": "simulator"}')
    try:
        assert (await answer_of(magda, portal))[2] == CONTENT
        assert (await answer_of(magda, portal, "85610100107"))[2] == b'{"from": "simulator"}'
    finally:
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": None}, 401),
        ({"Authorization": "Bearer invented"}, 401),
        ({"Authorization": "Basic invented"}, 401),
        ({"x-correlation-id": None}, 400),
        ({"X-Magda-Sender-ID": None}, 400),
    ],
)
async def test_question_without_a_needed_header_is_refused(magda, portal, headers, status):
    refused, kind, body = await answer_of(magda, portal, **headers)
    problem = json.loads(body)
    assert (refused, kind) == (status, "application/problem+json")
    assert (sorted(problem), problem["status"]) == (["detail", "instance", "status", "title"], status)


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b'{"insz": 1}', b'{"insz": "../1"}', b"\xff"])
async def test_question_that_cannot_be_read_is_refused(magda, portal, body):
    headers = (await question(portal))["headers"]
    async with magda.post(JSON_PATH, data=body, headers=headers) as response:
        assert (response.status, response.content_type) == (400, "application/problem+json")


async def test_path_that_no_manifest_names_is_not_there(magda, portal):
    async with magda.post("/v1/anders", **await question(portal)) as response:
        assert (response.status, (await response.json(content_type=None))["instance"]) == (404, "/v1/anders")


async def test_token_of_another_scope_or_of_a_person_is_refused(magda, portal):
    _, tokens = await token(portal, "dv_test_anders_v1_G")
    assert (await answer_of(magda, portal, Authorization=f"Bearer {tokens['access_token']}"))[0] == 401
    _, personal = await portal.redeem(await portal.code())
    assert (await answer_of(magda, portal, Authorization=f"Bearer {personal['access_token']}"))[0] == 401


async def test_machine_gets_an_opaque_token_for_five_minutes(magda, portal, clock):
    status, tokens = await token(portal, f"{JSON_SCOPE} dv_test_anders_v1_A")
    access = tokens.pop("access_token")
    assert (status, tokens) == (
        200,
        {"token_type": "Bearer", "expires_in": 300, "scope": f"{JSON_SCOPE} dv_test_anders_v1_A"},
    )
    clock.now = NOON + 299
    assert (await answer_of(magda, portal, Authorization=f"Bearer {access}"))[0] == 200
    clock.now = NOON + 300
    assert (await answer_of(magda, portal, Authorization=f"Bearer {access}"))[0] == 401
    assert (await portal.userinfo(access))[0] == 401


@pytest.mark.parametrize("scope", ["", "openid", "dv_*", "dv_small_g", f"{JSON_SCOPE} rrn"])
async def test_scope_that_is_no_services_is_not_granted(portal, scope):
    status, tokens = await token(portal, scope)
    assert (status, tokens["error"]) == (400, "invalid_scope")


async def test_client_without_the_star_gets_only_what_it_lists(portal):
    assert (await token(portal, "dv_small_G", "small"))[0] == 200
    assert (await token(portal, JSON_SCOPE, "small"))[1]["error"] == "invalid_scope"


async def test_machines_scope_is_not_for_people(portal):
    for scope in ("openid dv_*", f"openid {JSON_SCOPE}"):
        assert (await portal.ask(scope=scope)).parameters["error"] == "invalid_scope"
    assert (await portal.ask(client_id="small", scope="openid dv_small_G")).parameters["error"] == "invalid_scope"


async def test_machine_must_prove_who_it_is(portal):
    form = {"grant_type": "client_credentials", "scope": JSON_SCOPE, "client_id": "portal"}
    async with portal.http.post("/op/v1/token", data=form) as answer:
        assert (answer.status, (await answer.json())["error"]) == (401, "invalid_client")


async def test_hanging_json_source_drops_the_connection_in_the_end(http, magda, portal, town):
    asking = await question(portal)
    async with http.put("/faults/Cursussen", json={"mode": "hang"}) as answer:
        assert answer.status == 200
    waiting = asyncio.create_task(_status(magda, asking))
    while not await _under_way(http):
        pass  # Each read of the state lets the loop take the question a step further.
    async with http.delete("/faults") as answer:
        assert answer.status == 200
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await waiting
    assert (town.switches["Cursussen"].under_way, dict(town.switches["Cursussen"].outcomes)) == (0, {"hang": 1})


async def test_client_that_goes_away_is_counted_as_such(http, magda, portal, town):
    asking = await question(portal)
    async with http.put("/faults/Cursussen", json={"mode": "hang"}) as answer:
        assert answer.status == 200
    waiting = asyncio.create_task(_status(magda, asking))
    while not await _under_way(http):
        pass
    waiting.cancel()
    while await _under_way(http):
        pass
    assert dict(town.switches["Cursussen"].outcomes) == {"left": 1}


async def _under_way(http) -> int:
    async with http.get("/state") as answer:
        return int((await answer.json())["sources"]["Cursussen"]["under_way"])


async def _status(magda, asking: dict[str, Any]) -> int:
    async with magda.post(JSON_PATH, **asking) as response:
        return int(response.status)
