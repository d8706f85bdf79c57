"""Weather: the same seed brings the same disturbances, and only those that a client can absorb."""

from collections import Counter

import aiohttp
import pytest

from sandbox.faults.switches import Fault
from sandbox.faults.weather import disturbance_of
from sandbox.tests.papers import NUMBER, OTHER
from sandbox.tests.test_magda import PATH, ask

SEED = "storm"
MANY = range(1, 20_001)


def test_a_moment_follows_from_seed_source_person_and_count():
    moments = [
        disturbance_of(*which)
        for which in [
            ("storm", "Testregister", NUMBER, 1),
            ("regen", "Testregister", NUMBER, 1),
            ("storm", "Loket", NUMBER, 1),
            ("storm", "Testregister", OTHER, 1),
            ("storm", "Testregister", NUMBER, 2),
        ]
    ]
    assert len(set(moments)) == 5
    assert disturbance_of("storm", "Testregister", NUMBER, 1) == moments[0]


def test_weather_is_mostly_mild_and_never_near_a_deadline():
    moments = [disturbance_of(SEED, "Testregister", NUMBER, count) for count in MANY]
    assert max(it.delay_s for it in moments) == 0.4
    seen = Counter((it.delay_s == 0.4, it.resets) for it in moments)
    assert 200 < seen[True, False] + seen[True, True] < 450
    assert 2_200 < seen[True, True] + seen[False, True] < 2_800


async def test_weather_is_turned_and_shown(http):
    async with http.get("/weather") as answer:
        assert await answer.json() == {"seed": ""}
    async with http.put("/weather", json={"seed": SEED}) as answer:
        assert (answer.status, await answer.json()) == (200, {"seed": SEED})
    async with http.get("/") as answer:
        assert f"wisselvallig ({SEED})" in await answer.text()
    async with http.post("/weather", data={"seed": ""}, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"]) == (303, "/#weer")
    async with http.put("/weather", json={"seed": SEED}), http.delete("/weather") as answer:
        assert await answer.json() == {"seed": ""}


@pytest.mark.parametrize("body", ["", "x", "[]", '{"seed": 1}', '{"seed": null}', '{"zaad": "x"}'])
async def test_wrong_weather_is_refused(http, body):
    async with http.put("/weather", data=body) as answer:
        assert answer.status == 400
        assert "'seed'" in (await answer.json())["error"]


async def test_a_connection_that_served_is_reset_by_the_weather_and_a_fresh_one_never(town, magda):
    town.weather.put(SEED)
    expected = [disturbance_of(SEED, "Testregister", NUMBER, count).resets for count in range(1, 41)]
    is_kept, ends = False, []
    for resets in expected:
        try:
            async with magda.post(PATH, data=ask(), headers={"Content-Type": "text/xml"}) as answer:
                end = answer.status
        except aiohttp.ClientError:
            end = "reset"
        ends.append(end)
        assert (end == "reset") == (resets and is_kept)
        is_kept = end == 200
    # A request that was reset never reached the source.
    assert Counter(ends) == {"reset": ends.count("reset"), 200: town.switches["Testregister"].outcomes["200"]}
    assert ends.count("reset") > 1


async def test_no_weather_comes_over_a_source_that_is_out_of_order(town, magda):
    town.weather.put(SEED)
    town.switches["Testregister"].put(Fault("503"))
    for _ in range(40):
        async with magda.post(PATH, data=ask(), headers={"Content-Type": "text/xml"}) as answer:
            assert answer.status == 503
