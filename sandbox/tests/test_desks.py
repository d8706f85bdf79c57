"""Desks that receive reports: each key counts once, whatever fails, and reports survive a restart."""

import json
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from sandbox.corrections.reports import Reports
from sandbox.faults.switches import Fault
from sandbox.tests.papers import DESK_PATH, DESK_SCOPE, JSON_SCOPE, NUMBER
from sandbox.tests.test_rest import token

REPORT = {
    "kenmerk": "VB-1",
    "gemeld_op": "2026-03-03T13:03:00+00:00",
    "persoon": {"insz": NUMBER},
    "gegeven": {"dataset": "courses.taken", "naam": "Cursus", "plaats": "cursussen", "getoond": "NT2"},
    "moet_zijn": "NT3",
    "waarom": "<b>Zo is het</b>",
    "antwoord_aan": "",
}

# A member that no report has, nested deeper than the decoder goes.
TOO_DEEP = json.dumps(REPORT | {"bijlage": 0}).replace("0}", "[" * 100_000 + "]" * 100_000 + "}").encode()


async def report_to_desk(
    magda, portal, report: Any = REPORT, key: str = '"k1"', scope: str = DESK_SCOPE
) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {(await token(portal, scope))[1]['access_token']}", "Idempotency-Key": key}
    body = report if isinstance(report, bytes) else json.dumps(report).encode()
    async with magda.post(DESK_PATH, data=body, headers=headers) as answer:
        return answer.status, await answer.json() if answer.content_length else None


async def list_reports(http) -> list[tuple[str, str, int, int]]:
    async with http.get("/verbeteringen/reports") as answer:
        return [(one["key"], one["reference"], one["came"], one["contradicted"]) for one in await answer.json()]


async def test_report_counts_once_however_often_it_comes(magda, portal, http):
    first = await report_to_desk(magda, portal)
    assert (first[0], first[1]["kenmerk"]) == (201, "VB-1")
    assert (await report_to_desk(magda, portal))[0] == 200
    assert await list_reports(http) == [("k1", "VB-1", 2, 0)]


async def test_other_content_under_the_same_key_is_refused(magda, portal, http):
    await report_to_desk(magda, portal)
    status, problem = await report_to_desk(magda, portal, REPORT | {"moet_zijn": "NT4"})
    assert (status, problem["status"]) == (422, 422)
    assert await list_reports(http) == [("k1", "VB-1", 1, 1)]


@pytest.mark.parametrize(("mode", "status"), [("503", 503), ("permanent", 422)])
async def test_desk_that_fails_takes_nothing(magda, portal, http, town, mode, status):
    town.switches["Loket"].put(Fault(mode))
    assert (await report_to_desk(magda, portal))[0] == status
    assert await list_reports(http) == []


async def test_desk_that_answers_with_a_page_takes_nothing(magda, portal, http, town):
    town.switches["Loket"].put(Fault("html"))
    with pytest.raises(aiohttp.ContentTypeError):
        await report_to_desk(magda, portal)
    assert await list_reports(http) == []


async def test_desk_may_take_a_report_and_not_say_so(magda, portal, http, town):
    town.switches["Loket"].put(Fault("reset"))
    with pytest.raises(aiohttp.ClientError):
        await report_to_desk(magda, portal)
    assert await list_reports(http) == [("k1", "VB-1", 1, 0)]
    town.switches["Loket"].put(Fault("ok"))
    assert (await report_to_desk(magda, portal))[0] == 200
    assert await list_reports(http) == [("k1", "VB-1", 2, 0)]


@pytest.mark.parametrize(
    ("report", "key", "scope", "status"),
    [
        (REPORT, '"k1"', JSON_SCOPE, 401),
        (REPORT, "", DESK_SCOPE, 400),
        (REPORT, "k" * 101, DESK_SCOPE, 400),
        ({"kenmerk": "VB-1"}, '"k1"', DESK_SCOPE, 400),
        (["VB-1"], '"k1"', DESK_SCOPE, 400),
        (TOO_DEEP, '"k1"', DESK_SCOPE, 400),
    ],
)
async def test_what_a_desk_may_not_take_is_refused(magda, portal, http, report, key, scope, status):
    assert (await report_to_desk(magda, portal, report, key, scope))[0] == status
    assert await list_reports(http) == []


async def test_page_shows_reports_as_text(magda, portal, http):
    await report_to_desk(magda, portal)
    async with http.get("/verbeteringen/") as answer:
        page = await answer.text()
    assert "&lt;b&gt;Zo is het&lt;/b&gt;" in page
    assert "<b>Zo" not in page


async def test_body_without_keys_says_nothing(magda, portal, http):
    await report_to_desk(magda, portal)
    form = {"body": "courses", "key": "k1", "status": "verbeterd", "reason": ""}
    async with http.post("/verbeteringen/", data=form) as answer:
        assert "de stad heeft geen sleutels van diensten" in await answer.text()
    async with http.post("/verbeteringen/", data=form | {"status": "klaar"}) as answer:
        assert answer.status == 404


def test_reports_outlive_the_town(tmp_path: Path):
    Reports(tmp_path / "reports").take("courses", "k1", "VB-1", b"{}", "2026-03-03")
    again = Reports(tmp_path / "reports")
    assert [(one.key, one.came) for one in again.all()] == [("k1", 1)]
    assert again.take("courses", "k1", "VB-1", b"{}", "2026-03-04") == "again"
    assert again.take("other", "k1", "VB-1", b"{}", "2026-03-04") == "new"
