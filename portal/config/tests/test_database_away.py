"""While the database is away: pages that need nobody go on, who is signed in stays so, and all is told as it is."""

import asyncio
import re
import secrets
from datetime import UTC, datetime
from time import monotonic

import pytest
from django.test import AsyncClient, override_settings

from portal.features.privacy.rights.types import DataRight
from portal.platform.access import cookies, sessions
from portal.platform.database import pool
from portal.platform.database.watch import ASKING
from tests.between import Between
from tests.citizen import SAME_ORIGIN, Citizen, person, sign_in

pytestmark = pytest.mark.security

# Seconds that the pools wait, of a clock that stands still while anybody works (`tests.clock`).
SHORT, MOMENT = 0.7, 0.01
FOR_ALL = [
    *("/", "/hulp/", "/hulp/zoeken/?q=wachtwoord", "/contact/", "/cookies/", "/toegankelijkheid/"),
    *("/privacy/", "/privacy/rechten/", "/privacy/zonder-aanmelden/"),
    *(f"/privacy/rechten/{right.value}/" for right in DataRight),
]
FOR_THE_SIGNED_IN = ["/uw-gegevens/", "/uw-gegevens/gezin/", "/profiel/", "/verbeteren/"]
# Answers that would sign somebody out, or say that they are signed out.
ENDINGS = ["/afgemeld/", "/afgemeld/?verlopen=1", "/afmelden/", "/aanmelden/"]


@pytest.fixture
async def lies(between_clocked: Between, monkeypatch: pytest.MonkeyPatch):
    # The server's clock for locks is its own.
    monkeypatch.setattr(pool, "LIMITS", f"{pool.LIMITS} -c lock_timeout=1s")
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        await between_clocked.open_pools(SHORT)
        citizen = await sign_in(person("84651421235"))
        citizen.client.raise_request_exception = False
        # The first page makes what is kept for good; its time does not count.
        await citizen.gets("/hulp/")
        yield citizen


async def looks(client: AsyncClient, *paths: str) -> list[tuple[str, int, str, bool]]:
    """Open pages; gives of each its status, when to try again, and whether it changes who is signed in."""
    looked = []
    for path in paths:
        answer = await client.get(path)
        looked.append((path, answer.status_code, answer.get("Retry-After", ""), cookies.SESSION in answer.cookies))
    return looked


@pytest.mark.parametrize("trouble", ["hold", "cut"])
async def test_first_page_waits_a_while_and_no_other_waits(lies: Citizen, between: Between, trouble):
    done = getattr(between, trouble)()
    if done is not None:
        await done
    began = monotonic()
    assert await looks(lies.client, "/hulp/") == [("/hulp/", 200, "", False)]
    assert monotonic() - began < SHORT + MOMENT
    began = monotonic()
    shown = [*await looks(lies.client, *FOR_ALL), *await looks(lies.client, *FOR_THE_SIGNED_IN, *ENDINGS)]
    assert shown == [
        *((path, 200, "", False) for path in FOR_ALL),
        *((path, 503, "30", False) for path in (*FOR_THE_SIGNED_IN, *ENDINGS)),
    ]
    # All together: for one try at most.
    assert monotonic() - began < ASKING * SHORT + MOMENT


async def test_page_that_is_open_is_not_told_that_the_session_ended(lies: Citizen, between: Between):
    between.hold()
    form = {"form_token": lies.session.form_token}
    headers = {**SAME_ORIGIN, "Accept": "application/json"}
    answer = await lies.client.post("/sessie/verlengen/", form, headers=headers)
    assert answer.status_code == 503


@pytest.mark.parametrize("table", ["", "access_session", "access_once", "profile_proposal"])
async def test_form_comes_back_with_its_key_and_what_was_typed(lies: Citizen, between: Between, past_walls, table):
    with past_walls.transaction():
        if table:
            past_walls.execute(f"lock table {table}")
        else:
            between.hold()
        same = secrets.token_urlsafe(16)
        answer = await lies.posts("/profiel/roepnaam/", form_key=same, nickname="Lies")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    (form,) = re.findall('<form class="form" method="post".*?</form>', answer.content.decode(), re.DOTALL)
    assert dict(re.findall('name="([^"]+)" value="([^"]*)"', form)) == {
        "form_token": lies.session.form_token,
        "form_key": same,
        "nickname": "Lies",
    }


async def test_form_that_cannot_be_read_meets_the_same_page_as_any(lies: Citizen, between: Between):
    between.hold()
    many = {f"field{number}": "" for number in range(200)}
    answer = await lies.posts("/profiel/roepnaam/", **many)
    assert (answer.status_code, "Dat lukt nu even niet" in answer.content.decode()) == (503, True)


async def test_who_cannot_be_signed_out_is_told_and_keeps_what_ends_the_session(lies: Citizen, between: Between):
    cookie = lies.client.cookies[cookies.SESSION].value
    between.hold()
    answer = await lies.client.post("/afmelden/", headers=SAME_ORIGIN)
    assert (answer.status_code, answer["Retry-After"], cookies.SESSION in answer.cookies) == (503, "5", False)
    assert "u bent nog aangemeld" in answer.content.decode()
    between.let_go()
    await asyncio.wait_for(asyncio.gather(pool.wait_for_answer(), pool.wait_for_answer(pool.KEYS)), 5)
    answer = await lies.client.post("/afmelden/", headers=SAME_ORIGIN)
    assert (answer.status_code, answer.cookies[cookies.SESSION].value) == (303, "")
    assert await sessions.find(cookie, now=datetime.now(UTC)) is None


async def test_who_was_signed_in_still_is_when_it_is_back(lies: Citizen, between: Between):
    between.hold()
    assert [status for _, status, *_ in await looks(lies.client, *FOR_THE_SIGNED_IN)] == [503] * 4
    between.let_go()
    await asyncio.wait_for(asyncio.gather(pool.wait_for_answer(), pool.wait_for_answer(pool.KEYS)), 5)
    assert await looks(lies.client, "/profiel/") == [("/profiel/", 200, "", False)]
