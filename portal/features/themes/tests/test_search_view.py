"""The search page as a browser asks for it: what it refuses, what it gives back, and what leaves no trace."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
import pytest_asyncio
from django.test import AsyncClient, override_settings

from portal.features.themes import gathering
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.sources import processing
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Ready

pytestmark = pytest.mark.security

OURS = {"origin": "http://localhost:8000", "sec-fetch-site": "same-origin"}
PAGE = "/uw-gegevens/zoeken/"
FISH = Fact("fish", "Vis & <i>vangst</i>", "Snoek <script>", "text", "Vangst/Vis")


@pytest.fixture(autouse=True)
def host_of_test_clients():
    """Serve the host that Django's test clients ask for."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


class Visitor:
    """Somebody signed in, with the browser they use."""

    def __init__(self, session, cookie) -> None:
        self.session = session
        self.client = AsyncClient()
        self.client.cookies[cookies.SESSION] = cookie

    async def seeks(self, words, **values):
        return await self.client.post(
            PAGE, {"form_token": self.session.form_token, "woorden": words, **values}, headers=OURS
        )


@pytest_asyncio.fixture
async def visitor(database) -> Visitor:
    me = Identity("84651421235", "Jan", "Peeters", SignInMeans.ITSME, Assurance.HIGH, uuid4().hex)
    visitor = Visitor(*await sessions.open_session(me, now=datetime.now(UTC)))
    await processing.keep(visitor.session, (gathering.all_entries()[0], Ready((FISH,), datetime.now(UTC))))
    return visitor


async def test_found_words_are_marked_and_everything_is_escaped(visitor):
    page = await visitor.seeks("SNOEK <script>")
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "<dd><mark>Snoek</mark> <mark>&lt;script&gt;</mark></dd>" in text
    assert "<dt>Vis &amp; &lt;i&gt;vangst&lt;/i&gt;</dt>" in text
    assert 'value="SNOEK &lt;script&gt;"' in text
    assert "<title>Zoeken in uw gegevens - Mijn Burgerprofiel</title>" in text


async def test_what_was_not_asked_is_named_and_not_said_to_be_absent(visitor):
    text = (await visitor.seeks("karper")).content.decode()
    assert "Wij vonden “karper” niet in wat wij konden doorzoeken. Het kan dus wel bestaan." in text
    for entry in gathering.all_entries()[1:]:
        assert entry.dataset.title.replace("&", "&amp;") in text
    assert "Vraag alles op en zoek" in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Vul in wat u zoekt."),
        (" \u200b\x00 ", "Vul in wat u zoekt."),
        ("a", "Gebruik minstens 2 letters of cijfers."),
        ("…..", "Gebruik minstens 2 letters of cijfers."),
        ("ab" * 51, "Gebruik hoogstens 100 tekens. U gebruikte er 102."),
        ("ab" * 50_000, "Gebruik hoogstens 100 tekens. U gebruikte er 100000."),
    ],
)
async def test_what_cannot_be_sought_is_refused_plainly(visitor, words, said):
    page = await visitor.seeks(words)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert text.count('role="status"') == 0
    assert len(text) < 20_000


async def test_words_in_an_address_are_not_read(visitor):
    text = (await visitor.client.get(f"{PAGE}?woorden=snoek")).content.decode()
    assert "snoek" not in text.lower()


async def test_without_the_form_token_nothing_is_searched(visitor):
    answer = await visitor.client.post(PAGE, {"woorden": "snoek"}, headers=OURS)
    assert (answer.status_code, "Snoek" in answer.content.decode()) == (403, False)


async def test_signed_out_there_is_no_search(database):
    for answer in (await AsyncClient().get(PAGE), await AsyncClient().post(PAGE, {"woorden": "x"}, headers=OURS)):
        assert answer.status_code == 303
        assert answer["Location"].startswith("/aanmelden/")


async def test_words_leave_no_trace_in_the_log(visitor, caplog):
    await visitor.seeks("kanariepiet snoek")
    await visitor.seeks("kanariepiet" * 20)
    assert "themes:search" in caplog.text
    assert "kanarie" not in caplog.text.lower()
