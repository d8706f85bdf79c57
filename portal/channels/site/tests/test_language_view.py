"""The button of the frame that chooses a language: what it takes, where it leads, and who may press it."""

from collections.abc import Iterator

import pytest
from django.test import AsyncClient, override_settings

from portal.platform.language.middleware import COOKIE

pytestmark = [pytest.mark.security, pytest.mark.usefixtures("database")]

ORIGIN = "http://localhost:8000"


@pytest.fixture(autouse=True)
def reached() -> Iterator[None]:
    """Let the client's own name be one of ours."""
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        yield


async def choose(language: str, back_to: str = "/cookies/", **headers: str):
    form = {"taal": language, "naar": back_to}
    return await AsyncClient().post("/taal/", form, headers={"Origin": ORIGIN, **headers})


async def test_choice_is_a_cookie_for_as_long_as_the_browser_is_open():
    answer = await choose("en", "/hulp/?over=app")
    assert (answer.status_code, answer["Location"]) == (303, "/hulp/?over=app")
    cookie = answer.cookies[COOKIE]
    assert (cookie.value, cookie["max-age"], cookie["expires"]) == ("en", "", "")
    assert (cookie["path"], cookie["domain"], cookie["samesite"]) == ("/", "", "Lax")
    assert (cookie["secure"], cookie["httponly"]) == (True, True)


@pytest.mark.parametrize(
    "language", ["nl", "", "EN", "xx", "en; Domain=example.org", "en\r\nSet-Cookie: a=b", "en" * 2000]
)
async def test_what_is_not_on_offer_is_dutch_and_leaves_no_cookie(language):
    answer = await choose(language)
    assert (answer.status_code, list(answer.cookies)) == (303, [COOKIE])
    assert (answer.cookies[COOKIE].value, answer.cookies[COOKIE]["max-age"]) == ("", 0)


@pytest.mark.parametrize(
    "back_to",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/cookies/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/nergens/",
        "/cookies/?" + "a" * 5000,
        "",
    ],
)
async def test_choice_leads_to_a_page_of_ours_only(back_to):
    answer = await choose("en", back_to)
    assert (answer.status_code, answer["Location"]) == (303, "/")


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
async def test_another_site_chooses_no_language_for_anybody(headers):
    answer = await choose("en", **headers)
    assert (answer.status_code, dict(answer.cookies)) == (403, {})


async def test_page_is_in_the_language_that_was_chosen_and_a_wrong_cookie_is_dutch():
    for value, language, heading in [("en", "en", "Purpose"), ("en" * 2000, "nl", "Doel"), ("", "nl", "Doel")]:
        client = AsyncClient()
        client.cookies[COOKIE] = value
        answer = await client.get("/cookies/")
        assert (answer.status_code, answer["Content-Language"]) == (200, language)
        page = answer.content.decode()
        assert (f'<html lang="{language}">' in page, f"<dt>{heading}</dt>" in page) == (True, True)
