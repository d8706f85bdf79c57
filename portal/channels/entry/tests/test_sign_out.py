"""Signing out ends the session here first, and says so when the provider cannot be reached. Also: extending a
session.
"""

from datetime import UTC, datetime, timedelta

import pytest

from portal.channels.entry.tests.conftest import ADULT, ORIGIN
from portal.platform.access import cookies, sessions
from portal.platform.access.types import Assurance, Identity, SignInMeans
from portal.platform.language import middleware as language

pytestmark = pytest.mark.security

JAN = Identity(ADULT, "Jan", "Peeters", SignInMeans.EID, Assurance.HIGH, "subject-1")


@pytest.fixture
async def session(database, browser):
    opened, cookie = await sessions.open_session(JAN, now=datetime.now(UTC))
    browser.cookies[cookies.SESSION] = cookie
    return opened


async def still_there(browser) -> bool:
    value = browser.cookies[cookies.SESSION].value
    return await sessions.find(value, now=datetime.now(UTC)) is not None


async def test_sign_out_ends_the_session_here_and_at_the_provider(town, browser, session):
    cookie = browser.cookies[cookies.SESSION].value
    answer = await browser.send("/afmelden/", {"form_token": session.form_token})
    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{town.origin}/op/v1/logout?client_id=")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert answer.cookies[cookies.SESSION]["max-age"] == 0
    assert await sessions.find(cookie, now=datetime.now(UTC)) is None


async def test_sign_out_takes_every_cookie_of_a_sign_in_and_leaves_the_language(town, browser, session):
    ours = [name for one in cookies.DECLARED if one.domain == cookies.OUR_HOST for name in one.names]
    held = [name.replace("*", end) for name in ours for end in ("a", "b")[: 1 + name.count("*")]]
    for name in set(held) - {cookies.SESSION}:
        browser.cookies[name] = "secret"
    browser.cookies[language.COOKIE] = "en"
    answer = await browser.send("/afmelden/", {"form_token": session.form_token})
    assert sorted(answer.cookies) == sorted(held)
    assert {(one.value, one["max-age"], one["path"], one["secure"]) for one in answer.cookies.values()} == {
        ("", 0, "/", True)
    }


@pytest.mark.parametrize("mode", ["503", "hang"])
async def test_sign_out_without_the_provider_ends_the_session_and_says_so(town, browser, session, mode):
    cookie = browser.cookies[cookies.SESSION].value
    await town.put("/faults/toegangsbeheer", mode=mode, latency_ms=0)
    answer = await browser.send("/afmelden/", {"form_token": session.form_token})
    assert (answer.status_code, answer["Location"]) == (303, "/afgemeld/?aanbieder=niet-bereikt")
    assert await sessions.find(cookie, now=datetime.now(UTC)) is None
    page = await browser.get(answer["Location"])
    assert "misschien nog aangemeld" in page.content.decode()


async def test_sign_out_asks_first_when_it_is_only_visited(browser, session):
    page = await browser.get("/afmelden/")
    assert (page.status_code, session.form_token in page.content.decode()) == (200, True)
    assert await still_there(browser)


async def test_sign_out_of_another_site_does_nothing(browser, session):
    data = {"form_token": session.form_token}
    answer = await browser.post("/afmelden/", data, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert await still_there(browser)


async def test_sign_out_from_a_page_of_an_earlier_session_signs_out(town, browser, session):
    value = browser.cookies[cookies.SESSION].value
    answer = await browser.send("/afmelden/", {"form_token": "of-the-session-before"})
    assert (answer.status_code, answer["Location"].startswith(f"{town.origin}/op/v1/logout?")) == (303, True)
    assert await sessions.find(value, now=datetime.now(UTC)) is None


async def test_sign_out_without_a_session_still_ends_the_one_at_the_provider(town, browser):
    answer = await browser.send("/afmelden/")
    assert "/op/v1/logout?" in answer["Location"]
    assert (await browser.get("/afmelden/"))["Location"] == "/afgemeld/"


async def test_signed_out_advises_to_close_the_browser(database, browser):
    page = (await browser.get("/afgemeld/?state=x")).content.decode()
    assert ("U bent afgemeld" in page, "Sluit uw browser af" in page) == (True, True)


async def test_signed_out_after_expiry_says_so_and_forgets_the_cookie(database, browser):
    _, browser.cookies[cookies.SESSION] = await sessions.open_session(
        JAN, now=datetime.now(UTC) - timedelta(minutes=16)
    )
    sent = await browser.get("/uw-gegevens/gezin/")
    assert sent["Location"] == "/afgemeld/?verlopen=1&naar=%2Fuw-gegevens%2Fgezin%2F"
    page = await browser.get(sent["Location"])
    assert page.cookies[cookies.SESSION]["max-age"] == 0
    shown = page.content.decode()
    again = 'href="/aanmelden/?naar=%2Fuw-gegevens%2Fgezin%2F"'
    assert ("Uw sessie is afgelopen" in shown, again in shown) == (True, True)


async def test_signed_out_does_not_lie_to_who_is_still_signed_in(browser, session):
    page = await browser.get("/afgemeld/?verlopen=1")
    assert "U bent nog aangemeld" in page.content.decode()
    assert await still_there(browser)


async def test_extend_leads_back_to_the_page(browser, session):
    data = {"form_token": session.form_token, "naar": "/uw-gegevens/gezin/"}
    answer = await browser.send("/sessie/verlengen/", data)
    assert (answer.status_code, answer["Location"]) == (303, "/uw-gegevens/gezin/")


async def test_extend_leads_nowhere_else(browser, session):
    data = {"form_token": session.form_token, "naar": "https://evil.example/"}
    assert (await browser.send("/sessie/verlengen/", data))["Location"] == "/"


async def test_extend_tells_a_script_until_when(browser, session):
    data = {"form_token": session.form_token}
    answer = await browser.send("/sessie/verlengen/", data, Accept="application/json")
    until = datetime.fromisoformat(answer["X-Session-Expires"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert session.expires_at <= until <= session.ends_at


async def test_extend_of_a_session_that_ended_says_so(database, browser):
    answer = await browser.send("/sessie/verlengen/", {"naar": "/hulp/"})
    assert answer["Location"] == "/afgemeld/?verlopen=1&naar=%2Fhulp%2F"
    answer = await browser.send("/sessie/verlengen/", Accept="application/json")
    assert (answer.status_code, ORIGIN in str(answer.headers)) == (401, False)


async def test_extend_needs_a_form(browser, session):
    assert (await browser.get("/sessie/verlengen/")).status_code == 405
