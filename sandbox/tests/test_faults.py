"""Sources out of order."""

import asyncio
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import pytest

from sandbox.faults.switches import MODES
from sandbox.tests.test_magda import PATH, ask

IN_ORDER = {"mode": "ok", "latency_ms": 0}
BODIES = ("Cursussen", "Loket", "Scholen", "dossiers", "Formulieren", "Testregister")
EBOX = ("ebox-federation", "ebox-events", "ebox-smals", "ebox-vlaanderen", "ebox-federaal")
ALL_IN_ORDER = dict.fromkeys(("toegangsbeheer", "mail", *BODIES, *EBOX), IN_ORDER)


async def put(http: aiohttp.ClientSession, source: str, **fault: object) -> int:
    async with http.put(f"/faults/{source}", json=fault) as answer:
        return answer.status


async def get_faults(http: aiohttp.ClientSession) -> Any:
    async with http.get("/faults") as answer:
        return await answer.json()


async def test_every_source_and_the_provider_have_a_switch(http):
    assert await get_faults(http) == ALL_IN_ORDER


async def test_switch_turns_and_all_go_back_together(http):
    async with http.put("/faults/Testregister", json={"mode": "503", "latency_ms": 20}) as answer:
        assert (answer.status, await answer.json()) == (200, {"mode": "503", "latency_ms": 20})
    assert (await get_faults(http))["Testregister"] == {"mode": "503", "latency_ms": 20}
    async with http.delete("/faults") as answer:
        assert await answer.json() == ALL_IN_ORDER


@pytest.mark.parametrize(
    "body",
    [
        "",
        "x",
        "[]",
        '{"mode": "slow"}',
        '{"mode": 503}',
        '{"mode": "ok", "latency_ms": -1}',
        '{"mode": "ok", "latency_ms": 1.5}',
        '{"mode": "ok", "latency_ms": true}',
        '{"mode": "ok", "latency_ms": "10"}',
        '{"mode": "ok", "delay": 1}',
    ],
)
async def test_wrong_fault_is_refused_with_the_right_ones_named(http, body):
    async with http.put("/faults/Testregister", data=body) as answer:
        assert answer.status == 400
        assert f"one of {', '.join(MODES)}," in (await answer.json())["error"]
    assert (await get_faults(http))["Testregister"] == IN_ORDER


async def test_unknown_source_is_not_there(http):
    assert await put(http, "Niemand", mode="ok") == 404


@pytest.mark.parametrize(("mode", "status"), [("ok", 200), ("503", 503), ("soap-fault", 500)])
async def test_source_answers_as_its_switch_says(http, magda, mode, status):
    await put(http, "Testregister", mode=mode, latency_ms=5)
    async with magda.post(PATH, data=ask()) as answer:
        assert answer.status == status
        assert (b"faultstring" in await answer.read()) == (mode == "soap-fault")


@pytest.mark.parametrize(("mode", "status"), [("ok", 200), ("503", 503), ("soap-fault", 500)])
async def test_provider_answers_as_its_switch_says(http, mode, status):
    await put(http, "toegangsbeheer", mode=mode, latency_ms=5)
    for path in ("/op/.well-known/openid-configuration", "/op/v1/keys"):
        async with http.get(path) as answer:
            assert answer.status == status
    async with http.get("/op/tampering") as answer:
        assert answer.status == 200


async def test_hanging_source_is_silent_until_it_drops_the_connection(http, magda):
    await put(http, "Testregister", mode="hang")
    asking = asyncio.create_task(_status(magda.post(PATH, data=ask())))
    await asyncio.wait([asking], timeout=0.2)
    assert not asking.done()
    await put(http, "Testregister", mode="ok")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asking
    assert await _status(magda.post(PATH, data=ask())) == 200


async def test_hanging_provider_is_silent_until_it_drops_the_connection(http):
    await put(http, "toegangsbeheer", mode="hang")
    asking = asyncio.create_task(_status(http.post("/op/v1/token", data={})))
    await asyncio.wait([asking], timeout=0.2)
    assert not asking.done()
    await put(http, "toegangsbeheer", mode="503")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asking


async def test_form_does_the_same_and_returns_to_the_index(http):
    form = {"source": "Testregister", "mode": "hang", "latency_ms": "30"}
    async with http.post("/faults", data=form, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/#storingen")
    assert (await get_faults(http))["Testregister"] == {"mode": "hang", "latency_ms": 30}
    async with http.post("/faults", data={"reset": "yes"}) as answer:
        assert answer.status == 200
    assert (await get_faults(http))["Testregister"] == IN_ORDER


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"source": "Niemand", "mode": "ok"}, 404),
        ({"source": "Testregister", "mode": "slow"}, 400),
        ({"source": "Testregister", "mode": "ok", "latency_ms": "-1"}, 400),
        ({"source": "Testregister", "mode": "ok", "latency_ms": "x"}, 400),
    ],
)
async def test_wrong_form_is_refused(http, form, status):
    assert await _status(http.post("/faults", data=form)) == status


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:8000"},
        {"Origin": "null"},
    ],
)
async def test_other_site_cannot_turn_a_switch(http, headers):
    assert await _status(http.post("/faults", data={"reset": "yes"}, headers=headers)) == 403
    assert await _status(http.put("/faults/Testregister", json={}, headers=headers)) == 403
    assert await _status(http.post("/op/v1/auth/login", data={}, headers=headers)) == 403
    assert await _status(http.get("/faults", headers=headers)) == 200


async def test_own_page_can_turn_a_switch(http, town):
    headers = {"Sec-Fetch-Site": "same-origin", "Origin": town.settings.origin}
    assert await _status(http.post("/faults", data={"reset": "yes"}, headers=headers)) == 200


async def _status(request: AbstractAsyncContextManager[aiohttp.ClientResponse]) -> int:
    async with request as answer:
        await answer.read()
        return answer.status
