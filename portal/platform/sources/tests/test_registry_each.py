"""Several messages, each asked for by itself: those given, those absent, and those without an answer."""

import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest
from aiohttp import web

from portal.platform.sources.reading.outcomes import Down, Outcome, Partial, Ready
from portal.platform.sources.registries import GatheredItems
from portal.platform.sources.transports import registry_each
from portal.platform.wire.calls import HttpAnswer

from .json_town import Answers, Town, status
from .test_registry import OTHER, PATH, letter, outcome_for, town

__all__ = ["town"]  # a fixture

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("clock")]

SUMMARY = {"numberOfMessages": 3, "numberOfUnreadMessages": 1}


def boxed(letters: Mapping[str, Any], *, summary: Any = SUMMARY) -> Answers:
    """Answer as a registry with these letters by their ids; all others are not there."""

    async def answer(request: web.Request) -> web.StreamResponse:
        what = summary if request.path == f"{PATH}/ebox" else letters.get(request.path.rpartition("/")[2])
        if callable(what):
            return await what(request)
        return web.Response(status=404) if what is None else web.json_response(what)

    return answer


async def asked_for(town: Town, *ids: str) -> Outcome[GatheredItems]:
    return await outcome_for(town, each=msgspec.json.encode([f"ebox/messages/{one}" for one in ids]).decode())


async def test_each_is_asked_once_and_given_by_its_place_and_what_is_not_there_is_absent(town):
    letters = {f"M-{at}": letter(at) for at in (1, 2, 3)}
    town.answer = boxed(letters)
    outcome = await asked_for(town, "M-2", "gone", "M-1")
    assert isinstance(outcome, Ready)
    assert {at: one["messageId"] for at, one in outcome.value.items.items()} == {0: "M-2", 2: "M-1"}
    assert outcome.value.absent == (1,)
    asked = [request.rel_url.path_qs.removeprefix(PATH) for request, _ in town.asked]
    assert sorted(asked) == ["/ebox", *(f"/ebox/messages/{one}" for one in ("M-1", "M-2", "gone"))]


@pytest.mark.parametrize("summary", [None, {}, {"numberOfMessages": "3"}, status(500), []])
async def test_nothing_is_absent_where_the_registry_does_not_know_the_box(town, summary):
    town.answer = boxed({"M-1": letter(1)}, summary=summary)
    outcome = await asked_for(town, "M-1", "gone")
    assert isinstance(outcome, Partial)
    assert (list(outcome.value.items), outcome.value.absent) == ([0], ())
    assert isinstance(await asked_for(town, "gone"), Down)


@pytest.mark.parametrize("trouble", [status(500), status(503), status(403), "text", [1], status(200)])
async def test_what_could_not_be_asked_leaves_the_others_and_is_not_absent(town, trouble):
    town.answer = boxed({"M-1": letter(1), "M-2": trouble})
    outcome = await asked_for(town, "M-1", "M-2")
    assert isinstance(outcome, Partial)
    assert (list(outcome.value.items), outcome.value.absent) == ([0], ())
    assert isinstance(await asked_for(town, "M-2"), Down)


async def test_one_that_is_for_somebody_else_shows_nothing_at_all(town):
    of_another = letter(2, forTheAttentionOf={"type": "person", "id": OTHER})
    town.answer = boxed({"M-1": letter(1), "M-2": of_another})
    outcome = await asked_for(town, "M-1", "M-2")
    assert isinstance(outcome, Down)
    assert outcome.reason == "mismatch"


async def test_a_path_that_leads_elsewhere_is_not_asked(town):
    town.answer = boxed({"M-1": letter(1)})
    outcome = await outcome_for(town, each='["ebox/messages/M-1", "", "ebox/../admin", "http://x/y"]')
    assert isinstance(outcome, Partial)
    assert list(outcome.value.items) == [0]
    assert [request.path for request, _ in town.asked] == [f"{PATH}/ebox/messages/M-1"]


async def test_one_that_hangs_takes_nothing_from_the_others_and_so_many_are_under_way_at_most(clock):
    under_way, most = 0, 0

    async def get(below: str) -> HttpAnswer | Down:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(60 if below == "7" else 0.2)
        under_way -= 1
        return HttpAnswer(200, b'{"messageId": "x"}', {})

    found = await registry_each.gather({at: str(at) for at in range(40)}, get, OTHER, time.monotonic() + 3.0)

    assert isinstance(found, GatheredItems)
    assert set(found.items) == set(range(registry_each.MOST_EACH)) - {7}
    assert most == registry_each.AT_ONCE
    assert found.absent == ()


async def test_what_has_not_come_in_time_could_not_be_asked(clock):
    async def get(below: str) -> HttpAnswer | Down:
        await asyncio.sleep(60)
        return HttpAnswer(200, b"{}", {})

    found = await registry_each.gather({0: "0"}, get, OTHER, time.monotonic() + 1.0)
    assert found == Down("late")
