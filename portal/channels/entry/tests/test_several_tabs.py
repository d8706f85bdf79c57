"""Several tabs, double clicks, speculative loads: one browser that sends a request more than once."""

import asyncio

import pytest

from portal.channels.entry.tests.conftest import ADULT, SOURCE
from portal.platform.access import cookies

pytestmark = pytest.mark.security


async def test_come_back_twice_leads_on_and_opens_no_second_session(town, browser, count):
    there = await browser.get("/aanmelden/?naar=/hulp/")
    (name,) = cookies.pending_names(there.cookies)
    back = await town.choose(there["Location"], ADULT, "eid")
    assert (await browser.get(back))["Location"] == "/hulp/"
    # Reload, or a second tab: where they wanted to be, also when the session's cookie did not reach the browser.
    session = browser.cookies.pop(cookies.SESSION)
    for is_kept in (True, False):
        if not is_kept:
            browser.cookies[name] = there.cookies[name].value
        again = await browser.get(back)
        assert (again["Location"], cookies.SESSION in again.cookies) == ("/hulp/", False)
    # Back, long after: whoever is signed in has nothing to hear about it.
    browser.cookies.clear()
    browser.cookies[cookies.SESSION] = session.value
    assert (await browser.get(back))["Location"] == "/"
    assert count("access_session") == 1


async def test_come_back_twice_at_once_gives_both_the_same_session(town, browser, count):
    """A double click: the browser uses the second answer only."""
    there = await browser.get("/aanmelden/?naar=/hulp/")
    back = await town.choose(there["Location"], ADULT, "eid")
    await town.put(f"/faults/{SOURCE}", mode="ok", latency_ms=200)
    answers = await asyncio.gather(*(browser.get(back) for _ in range(3)))
    assert [answer["Location"] for answer in answers] == ["/hulp/"] * 3
    assert len({answer.cookies[cookies.SESSION].value for answer in answers}) == 1
    assert count("access_session") == 1


async def test_come_back_is_worked_on_to_the_end_when_its_browser_leaves(town, browser, count):
    there = await browser.get("/aanmelden/?naar=/hulp/")
    back = await town.choose(there["Location"], ADULT, "eid")
    await town.put(f"/faults/{SOURCE}", mode="ok", latency_ms=300)
    first = asyncio.create_task(browser.get(back))
    await asyncio.sleep(0.15)
    first.cancel()
    second = await browser.get(back)
    assert (second["Location"], cookies.SESSION in second.cookies) == ("/hulp/", True)
    assert count("access_session") == 1


async def test_several_tabs_sign_in_at_once_each_to_its_own_page(town, browser, count):
    pages = ["/hulp/", "/cookies/", "/profiel/", "/sessies/", "/uw-gegevens/gezin/"]
    began = await asyncio.gather(*(browser.get(f"/aanmelden/?naar={page}") for page in pages[:2]))
    began += [await browser.get(f"/aanmelden/?naar={page}") for page in pages[2:]]
    back = [await town.choose(there["Location"], ADULT, "eid") for there in began]
    assert [(await browser.get(address))["Location"] for address in back] == pages
    assert count("access_session") == 1


async def test_sign_ins_beyond_five_make_the_browser_forget_the_oldest(town, browser):
    for _ in range(7):
        await browser.get("/aanmelden/")
    assert len([one for one in browser.cookies.values() if one.value]) == 5


@pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch"}, {"Purpose": "prefetch"}])
async def test_load_beforehand_neither_begins_nor_uses_up_a_sign_in(town, browser, count, headers):
    assert (await browser.get("/aanmelden/", headers=headers)).status_code == 503
    assert browser.cookies == {}
    there = await browser.get("/aanmelden/")
    back = await town.choose(there["Location"], ADULT, "eid")
    assert (await browser.get(back, headers=headers)).status_code == 503
    assert (await browser.get(back))["Location"] == "/"
    assert count("access_session") == 1


async def test_headers_alone_begin_no_sign_in(database, browser):
    # There is no provider here: asking it would lead to a page that explains it.
    answer = await browser.head("/aanmelden/")
    assert (answer.status_code, browser.cookies) == (200, {})
