"""A sign-in that must be anew: only a proof that was given in it counts."""

from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from portal.channels.entry.tests.conftest import ADULT
from portal.platform.access import cookies

pytestmark = pytest.mark.security

NOT_DONE = "/aanmelden/niet-gelukt"


def without(address: str, *names: str, **others: str) -> str:
    """Change an address as whoever sits at the browser can."""
    parts = urlsplit(address)
    left = {name: value for name, value in parse_qsl(parts.query) if name not in names}
    return parts._replace(query=urlencode(left | others)).geturl()


async def test_sign_in_anew_without_proof_of_when_is_refused(town, browser, count):
    """Whoever sits at the browser may take out of the address that the provider is to ask anew."""
    await browser.go_and_sign_in(town, ADULT)
    session = browser.cookies[cookies.SESSION].value
    there = await browser.get("/aanmelden/?opnieuw=1&naar=/profiel/e-mail/")
    back = await town.choose(without(there["Location"], "prompt", "max_age"), ADULT, "itsme")
    answer = await browser.get(back)
    assert answer["Location"] == f"{NOT_DONE}/not_anew/?naar=%2Fprofiel%2Fe-mail%2F"
    # Who was signed in stays so, and as long ago as before.
    assert (browser.cookies[cookies.SESSION].value, count("access_session")) == (session, 1)


async def test_return_of_an_ordinary_sign_in_is_not_taken_for_one_anew(town, browser, count):
    anew = await browser.get("/aanmelden/?opnieuw=1&naar=/profiel/e-mail/")
    ordinary = await browser.get("/aanmelden/")
    state = dict(parse_qsl(urlsplit(anew["Location"]).query))["state"]
    back = await town.choose(ordinary["Location"], ADULT, "eid")
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    answer = await browser.get(f"/aanmelden/terug/?code={code}&state={state}")
    assert answer["Location"].startswith(f"{NOT_DONE}/expired/")  # its verifier is another's
    assert count("access_session") == 0
