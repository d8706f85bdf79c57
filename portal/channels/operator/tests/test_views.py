"""The operator's pages: only for requests with the key, and what they show of each state."""

import base64
import json
import re
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from django.conf import settings
from django.http import Http404
from django.test import AsyncRequestFactory, override_settings

from portal.channels.operator import views
from portal.channels.operator.views import journal, portal_processes, retention, sources
from portal.platform.sources import processes, unread
from portal.platform.sources.gates.states import SourceState

pytestmark = pytest.mark.security

KEY = "a-key-for-this-test"


@pytest.fixture
def key(monkeypatch):
    monkeypatch.setattr(settings, "OPERATOR_KEY", KEY)


def new_request(authorization: str = "", accept: str = "application/json"):
    request = AsyncRequestFactory().get(
        "/beheer/bronnen/", headers={"Authorization": authorization, "Accept": accept}
    )
    request.csp_nonce = "nonce"
    return request


async def test_without_a_key_set_there_is_no_such_page():
    with pytest.raises(Http404):
        await sources(new_request("Bearer "))


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    "wrong", ["", "Bearer", "Bearer wrong", "Basic !!", "Basic " + base64.b64encode(b"x:").decode()]
)
async def test_a_wrong_key_is_refused(wrong):
    assert (await sources(new_request(wrong))).status_code == 401


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
async def test_key_with_letters_beyond_ascii_is_read_as_it_was_sent(scheme):
    for key in ("sleutel-van-één-beheerder", "de-sleutel-ligt-daar-à"):
        sent = key.encode() if scheme == "Bearer" else base64.b64encode(b"who:" + key.encode())
        assert views.key_in(f"{scheme} {sent.decode('latin-1')}") == key.encode()
    assert views.key_in(f"{scheme} \u20ac") == b""


@pytest.mark.usefixtures("key", "database")
@pytest.mark.parametrize("right", [f"Bearer {KEY}", "Basic " + base64.b64encode(f"who:{KEY}".encode()).decode()])
async def test_the_key_opens_the_list(right):
    states = json.loads((await sources(new_request(right))).content)
    assert {"source": "rijksregister-persoon", "condition": "open"}.items() <= states[
        [state["source"] for state in states].index("rijksregister-persoon")
    ].items()
    page = await sources(new_request(right, accept="text/html"))
    assert "rijksregister-persoon" in page.content.decode()


@pytest.mark.usefixtures("key", "database")
async def test_what_was_not_read_stands_below_the_name_of_what_was_asked(monkeypatch):
    counted = unread.UnreadCount("rijksregister.persoon", 2, ["Persoon/Nieuw"])
    monkeypatch.setattr(unread, "_counted", {counted.name: counted})
    page = (await sources(new_request(f"Bearer {KEY}", accept="text/html"))).content.decode()
    assert re.search(r"<dt>rijksregister\.persoon \(2 antwoorden\)</dt>\s*<dd>Persoon/Nieuw</dd>", page)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("state", "condition", "status", "said"),
    [
        ("looked_at = now(), trouble = null", "sealed", 200, "Het logboek wordt verzegeld."),
        ("looked_at = now(), trouble = 'cut <b>'", "stopped", 503, "cut &lt;b&gt;"),
        ("looked_at = now() - interval '3 minutes', trouble = null", "silent", 503, "Kijk of de werker draait."),
        ("looked_at = null, trouble = null", "silent", 503, "Kijk of de werker draait."),
    ],
)
async def test_operators_see_whether_the_journal_is_sealed(past_walls, state, condition, status, said):
    past_walls.execute(f"update journal_state set {state}")
    answer = await journal(new_request(f"Bearer {KEY}"))
    assert (json.loads(answer.content)["condition"], answer.status_code) == (condition, status)
    page = await sources(new_request(f"Bearer {KEY}", accept="text/html"))
    assert said in page.content.decode()
    past_walls.execute("update journal_state set looked_at = null, trouble = null")


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize(
    ("state", "condition", "status", "said"),
    [
        ("looked_at = now()", "swept", 200, "Wat te oud is, wordt weggehaald."),
        (
            "looked_at = now(), counted_at = now() - interval '49 hours'",
            "uncounted",
            503,
            "niet geteld wat te oud is.",
        ),
        ("looked_at = now(), trouble = 'a <b>'", "doubt", 503, "a &lt;b&gt;"),
        ("looked_at = now(), overdue = '{\"mail_outbox\": 3}'", "overdue", 503, "mail_outbox: 3"),
        ("looked_at = now() - interval '11 minutes'", "silent", 503, "Kijk of de werker draait."),
        ("looked_at = null", "silent", 503, "Kijk of de werker draait."),
    ],
)
async def test_operators_see_whether_what_is_over_is_taken_away(past_walls, state, condition, status, said):
    anew = "update sweeping_state set looked_at = null, trouble = null, counted_at = now(), overdue = '{}'"
    past_walls.execute(anew)  # other tests leave a doubt there
    past_walls.execute(f"update sweeping_state set {state}")
    answer = await retention(new_request(f"Bearer {KEY}"))
    assert (json.loads(answer.content)["condition"], answer.status_code) == (condition, status)
    page = await sources(new_request(f"Bearer {KEY}", accept="text/html"))
    assert said in page.content.decode()
    past_walls.execute(anew)


@pytest.mark.usefixtures("key")
@pytest.mark.parametrize("hours", [-72, 72])
async def test_age_of_what_the_database_noted_is_by_its_own_clock(past_walls, monkeypatch, hours):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(UTC) + timedelta(hours=hours)

    async def conditions():
        return [json.loads((await view(new_request(f"Bearer {KEY}"))).content)["condition"] for view in both]

    both = (journal, retention)
    fresh = "looked_at = now(), trouble = null"
    monkeypatch.setattr(views, "datetime", Clock)
    past_walls.execute(f"update journal_state set {fresh}")
    past_walls.execute(f"update sweeping_state set {fresh}, counted_at = now(), overdue = '{{}}'")
    assert await conditions() == ["sealed", "swept"]
    past_walls.execute("update journal_state set looked_at = now() - interval '3 minutes'")
    past_walls.execute("update sweeping_state set counted_at = now() - interval '49 hours'")
    assert await conditions() == ["silent", "uncounted"]
    past_walls.execute("update journal_state set looked_at = null, trouble = null")
    past_walls.execute("update sweeping_state set looked_at = null, counted_at = now()")


@pytest.mark.usefixtures("key")
async def test_a_wrong_key_sees_nothing_of_the_journal():
    assert (await journal(new_request("Bearer wrong"))).status_code == 401


@pytest.mark.usefixtures("key", "database")
async def test_the_repertorium_has_a_row_of_its_own():
    with override_settings(SOURCES_OFF=frozenset({"repertorium"})):
        states = json.loads((await sources(new_request(f"Bearer {KEY}"))).content)
    assert [(s["bodies"], s["condition"]) for s in states if s["source"] == "repertorium"] == [(["MAGDA"], "off")]


@pytest.mark.usefixtures("key")
async def test_a_process_that_is_no_longer_heard_is_said(past_walls):
    past_walls.execute("truncate sources_process")
    with override_settings(WORKER=2):
        await processes.report()
    answer = await portal_processes(new_request(f"Bearer {KEY}"))
    assert answer.status_code == 200
    assert [each["number"] for each in json.loads(answer.content)["processes"]] == [1, 2]
    past_walls.execute("update sources_process set heard_at = now() - interval '1 minute'")
    assert (await portal_processes(new_request(f"Bearer {KEY}"))).status_code == 503
    page = await sources(new_request(f"Bearer {KEY}", accept="text/html"))
    assert page.content.decode().count("niet meer gehoord sinds") == 1
    past_walls.execute("truncate sources_process")


@pytest.mark.usefixtures("key")
async def test_a_condition_that_only_another_release_knows_is_said_as_it_is(past_walls):
    past_walls.execute("truncate sources_process")
    state = SourceState("een-bron", ("Een dienst",), "half <open>", 0, 0, 0, 0, None)
    past_walls.execute(
        "insert into sources_process (place, number, pid, began_at, states) values ('b:1', 2, 1, now(), %s)",
        [msgspec.json.encode([state])],
    )
    page = await sources(new_request(f"Bearer {KEY}", accept="text/html"))
    past_walls.execute("truncate sources_process")
    assert "half &lt;open&gt;" in page.content.decode()


@pytest.mark.usefixtures("key")
async def test_a_wrong_key_sees_no_process():
    assert (await portal_processes(new_request("Bearer wrong"))).status_code == 401
