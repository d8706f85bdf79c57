"""The search page as a browser asks for it: what it refuses, what it gives back, and what leaves no trace."""

import re
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from django.test import AsyncClient, override_settings

from portal.features.themes.together import gathering
from portal.platform.sources import asking, datasets
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Ready
from tests.citizen import SAME_ORIGIN, Citizen, person, sign_in

pytestmark = pytest.mark.security

PAGE = "/uw-gegevens/zoeken/"
FISH = Fact("fish", "Vis & <i>vangst</i>", "Snoek <script>", "text", "Vangst/Vis")


@pytest.fixture(autouse=True)
def host_of_test_clients():
    """Serve the host that Django's test clients ask for."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


async def seeks(visitor: Citizen, words: str, **more: str):
    """Send the words, and go where that leads."""
    answer = await visitor.posts(PAGE, woorden=words)
    if answer.status_code != 303:
        return answer
    return await visitor.client.get(answer["Location"], more)


@pytest_asyncio.fixture
async def visitor(database) -> Citizen:
    visitor = await sign_in(person("84651421235"))
    await asking.keep(
        visitor.session, datasets.inquiry_of(gathering.all_entries()[0]), Ready((FISH,), datetime.now(UTC))
    )
    return visitor


async def test_found_words_are_marked_and_everything_is_escaped(visitor):
    page = await seeks(visitor, "SNOEK <script>")
    text = page.content.decode()
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "<dd><mark>Snoek</mark> <mark>&lt;script&gt;</mark></dd>" in text
    assert "<dt>Vis &amp; &lt;i&gt;vangst&lt;/i&gt;</dt>" in text
    assert 'value="SNOEK &lt;script&gt;"' in text
    assert "<title>Zoeken in uw gegevens - Mijn Burgerprofiel</title>" in text


async def test_what_was_not_asked_is_named_and_not_said_to_be_absent(visitor):
    text = (await seeks(visitor, "karper")).content.decode()
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
    page = await seeks(visitor, words)
    text = page.content.decode()
    assert page.status_code == 422
    assert said in text
    assert text.count('role="status"') == 0
    assert len(text) < 20_000


async def test_words_in_an_address_are_not_read(visitor):
    text = (await visitor.client.get(f"{PAGE}?woorden=snoek")).content.decode()
    assert re.findall(r'name="woorden"[^>]* value="([^"]*)"', text) == [""]
    assert ("<mark>" in text, 'role="status"' in text) == (False, False)


async def test_search_of_a_page_from_before_a_new_sign_in_goes_on(visitor):
    answer = await visitor.client.post(PAGE, {"woorden": "snoek"}, headers=SAME_ORIGIN)
    assert "Snoek" in (await visitor.client.get(answer["Location"])).content.decode()
    answer = await visitor.client.post(PAGE, {"woorden": "snoek"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


async def test_address_of_what_was_sought_is_of_one_session_and_says_nothing(visitor):
    address = (await visitor.posts(PAGE, woorden="snoek"))["Location"]
    assert re.fullmatch(rf"{PAGE}\?gezocht=[\w-]{{40,60}}", address)
    assert "Snoek" in (await visitor.gets(address)).content.decode()
    other = await sign_in(person("84651421235"))
    for changed in (address[:-4], f"{address}x", f"{PAGE}?gezocht=", f"{PAGE}?gezocht=é"):
        page = (await visitor.gets(changed)).content.decode()
        assert ("Snoek" in page, 'role="status"' in page) == (False, False)
    page = (await other.gets(address)).content.decode()
    assert 'role="status"' not in page


async def test_signed_out_there_is_no_search(database):
    for answer in (
        await AsyncClient().get(PAGE),
        await AsyncClient().post(PAGE, {"woorden": "x"}, headers=SAME_ORIGIN),
    ):
        assert answer.status_code == 303
        assert answer["Location"].startswith("/aanmelden/")


async def test_words_leave_no_trace_in_the_log(visitor, caplog):
    await seeks(visitor, "kanariepiet snoek")
    await seeks(visitor, "kanariepiet" * 20)
    assert "themes:search" in caplog.text
    assert "kanarie" not in caplog.text.lower()
