"""The list of own sessions, ending them, and showing once more who one is."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from portal.channels.entry.tests.conftest import ADULT
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.journal.types import Occasion
from portal.platform.language import middleware as language

TRACE = "00000000-0000-4000-8000-000000000007"

pytestmark = pytest.mark.security

LIST = "/sessies/"
IDENTITY = Identity(
    insz=ADULT,
    given_name="Jan",
    family_name="Peeters",
    means=SignInMeans.ITSME,
    assurance=Assurance.HIGH,
    provider_subject="s",
)


@pytest.fixture
async def session(database, browser):
    opened, cookie = await sessions.open_session(IDENTITY, now=datetime.now(UTC), device="Firefox op Linux")
    browser.cookies[cookies.SESSION] = cookie
    return opened


async def another(insz: str = ADULT):
    now = datetime.now(UTC) - timedelta(minutes=3)
    identity = replace(IDENTITY, insz=insz, means=SignInMeans.EID)
    return await sessions.open_session(identity, now=now, device="Safari op iPhone")


async def test_list_names_means_and_device_of_each(browser, session):
    await another()
    page = (await browser.get(LIST)).content.decode()
    assert re.findall(r"<dt>(?:Aangemeld met|Toestel)</dt><dd>(.*?)</dd>", page) == [
        "itsme", "Firefox op Linux", "eID en kaartlezer", "Safari op iPhone",
    ]  # fmt: skip


async def test_list_names_devices_in_the_language_of_its_reader(browser, session):
    await another()
    browser.cookies[language.COOKIE] = "en"
    page = (await browser.get(LIST)).content.decode()
    assert re.findall(r"<dt>(?:Signed in with|Device)</dt><dd>(.*?)</dd>", page) == [
        "itsme", "Firefox on Linux", "eID and card reader", "Safari on iPhone",
    ]  # fmt: skip


async def test_list_says_so_when_there_are_no_others(browser, session):
    await another("84651421235")
    page = (await browser.get(LIST)).content.decode()
    assert (page.count("U bent nergens anders aangemeld."), page.count("Safari")) == (1, 0)


async def test_ending_one_leaves_the_rest(browser, session):
    _, ended = await another()
    _, kept = await another()
    page = (await browser.get(LIST)).content.decode()
    listed = await sessions.list_own(session, Occasion(session.citizen_id, datetime.now(UTC), TRACE))
    handles = re.findall(r'name="handle" value="(.*?)"', page)
    assert handles == [one.handle for one in listed if not one.is_this_one]
    first = await sessions.find(ended, now=datetime.now(UTC))
    answer = await browser.send("/sessies/beeindigen/", {"form_token": session.form_token, "handle": handles[0]})
    assert (answer.status_code, answer["Location"]) == (303, "/sessies/?gedaan=beeindigd")
    left = [await sessions.find(cookie, now=datetime.now(UTC)) for cookie in (ended, kept)]
    assert (first is not None, left.count(None)) == (True, 1)
    again = await browser.send("/sessies/beeindigen/", {"form_token": session.form_token, "handle": handles[0]})
    assert again["Location"] == "/sessies/?gedaan=niet-gevonden"


async def test_session_of_another_citizen_cannot_be_ended(browser, session, caplog):
    theirs, their_cookie = await another("84651421235")
    for handle in [
        *(
            one.handle
            for one in await sessions.list_own(theirs, Occasion(theirs.citizen_id, datetime.now(UTC), TRACE))
        ),
        "",
        "x" * 5000,
    ]:
        answer = await browser.send("/sessies/beeindigen/", {"form_token": session.form_token, "handle": handle})
        assert answer["Location"] == "/sessies/?gedaan=niet-gevonden"
    assert await sessions.find(their_cookie, now=datetime.now(UTC)) is not None
    assert len([line for line in caplog.messages if line.startswith("refused: not theirs to see: session ")]) == 3


async def test_ending_all_others_leaves_this_one(browser, session):
    _, mine = await another()
    _, theirs = await another("84651421235")
    answer = await browser.send("/sessies/andere-beeindigen/", {"form_token": session.form_token})
    assert answer["Location"] == "/sessies/?gedaan=andere-beeindigd"
    now = datetime.now(UTC)
    assert [await sessions.find(cookie, now=now) is None for cookie in (mine, theirs)] == [True, False]
    assert (await browser.get(LIST)).status_code == 200


@pytest.mark.parametrize("path", ["/sessies/beeindigen/", "/sessies/andere-beeindigen/"])
async def test_ending_needs_the_token_of_this_session(browser, session, path):
    theirs, _ = await another("84651421235")
    for token in ("", theirs.form_token):
        assert (await browser.send(path, {"form_token": token})).status_code == 403


async def test_list_is_for_who_is_signed_in(database, browser):
    answer = await browser.get(LIST)
    assert (answer.status_code, answer["Location"]) == (303, "/aanmelden/?naar=%2Fsessies%2F")


async def test_signing_in_again_asks_the_provider_to_ask_again(town, browser, session):
    page = (await browser.get("/aanmelden/opnieuw/?naar=/sessies/")).content.decode()
    assert 'href="/aanmelden/?opnieuw=1&amp;naar=%2Fsessies%2F"' in page
    there = await browser.get("/aanmelden/?opnieuw=1&naar=%2Fsessies%2F")
    assert (there.status_code, "max_age=0&prompt=login" in there["Location"]) == (302, True)
    back = await browser.get(await town.choose(there["Location"], ADULT, "eid"))
    assert (back.status_code, back["Location"]) == (303, LIST)
    now = datetime.now(UTC)
    found = await sessions.find(browser.cookies[cookies.SESSION].value, now=now)
    assert found is not None
    # The session before it is gone, and the new one is fresh.
    (only,) = await sessions.list_own(found, Occasion(found.citizen_id, now, TRACE))
    assert (only.is_this_one, now - found.identity.authenticated_at < timedelta(minutes=1)) == (True, True)


async def test_going_on_at_the_provider_is_no_fresh_sign_in(town, browser, database):
    """Whoever finds a browser that the provider still knows presses "go on" there: that shows nothing."""
    there = await browser.get("/aanmelden/")
    first = await browser.get(await town.choose(there["Location"], ADULT, "itsme"))
    shown_at = (await sessions.find(browser.cookies[cookies.SESSION].value, now=datetime.now(UTC))).identity
    assert (first.status_code, shown_at.authenticated_at is None) == (303, False)
    assert (await browser.get("/profiel/e-mail/")).status_code == 200
    session = await sessions.find(browser.cookies[cookies.SESSION].value, now=datetime.now(UTC))
    for shown_at in (None, datetime.now(UTC) - timedelta(minutes=21)):
        identity = replace(session.identity, authenticated_at=shown_at)
        _, browser.cookies[cookies.SESSION] = await sessions.open_session(identity, now=datetime.now(UTC))
        answer = await browser.get("/profiel/e-mail/")
        assert (answer.status_code, answer["Location"]) == (303, "/aanmelden/opnieuw/?naar=%2Fprofiel%2Fe-mail%2F")


async def test_oldest_of_too_many_ends_and_no_one_elses(database, browser, session):
    now = datetime.now(UTC)
    opened = [
        (await sessions.open_session(IDENTITY, now=now - timedelta(minutes=9, seconds=-n)))[0] for n in range(4)
    ]
    await sessions.open_session(replace(IDENTITY, insz="84651421235"), now=now - timedelta(minutes=10))
    assert await sessions.close_oldest(session, 5, now=now) == 0
    assert await sessions.close_oldest(session, 3, now=now) == 2
    assert [await sessions.is_live(one, now=now) for one in (*opened, session)] == [False, False, True, True, True]


async def test_session_that_ended_by_itself_is_not_one_too_many(database, browser, session):
    now = datetime.now(UTC)
    await sessions.open_session(IDENTITY, now=now - timedelta(hours=1))
    assert await sessions.close_oldest(session, 1, now=now) == 0


async def test_list_says_that_the_oldest_was_ended_and_leads_on(browser, session):
    page = (await browser.get(f"{LIST}?gedaan=oudste-beeindigd&naar=/profiel/")).content.decode()
    assert "U kunt op 20 plaatsen tegelijk aangemeld zijn." in page
    assert '<a class="button" href="/profiel/">Ga verder</a>' in page
    page = (await browser.get(f"{LIST}?gedaan=oudste-beeindigd&naar=//evil.example/")).content.decode()
    assert '<a class="button" href="/">Ga verder</a>' in page
