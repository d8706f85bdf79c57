"""Each page of the URL table, as its examples come to it: one load in a browser for all that is checked of it.

axe and the Nu checker find nothing, in light and dark, on a phone and a desk. It fits a small screen and large
letters, prints without what is for clicking, loads nothing from elsewhere, keeps nothing in the browser, and leads
to help.
"""

import json
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, Response

from portal.platform.access.types import Audience
from tests.walks import table
from tests.walks.example import Example, Person
from tests.walks.somebody import People, Somebody
from tests.walks.table import Address

from .conftest import OPERATOR_KEY
from .looks import enlarged, in_each_look, in_the_browser, on_paper
from .nu import messages

ROOMS = sorted({address.room for address in table.addresses() if address.audience is not Audience.MACHINE})
SEND = """
([action, fields]) => {
    const form = document.body.appendChild(document.createElement("form"));
    form.method = "post";
    form.action = action;
    for (const [name, value] of Object.entries(fields)) {
        const field = form.appendChild(document.createElement("input"));
        field.type = "hidden";
        field.name = name;
        field.value = value;
    }
    form.submit();
}
"""


class Browsing:
    """Somebody of the walk at a browser: a page, what it asked elsewhere, and whose cookies it has."""

    def __init__(self, context: BrowserContext, page: Page, people: People) -> None:
        self.context = context
        self.page = page
        self.people = people
        self.elsewhere: list[str] = []
        page.on("request", self._note)

    def _note(self, request) -> None:
        if not request.url.startswith(("http://localhost:", "data:")):
            self.elsewhere.append(request.url)

    async def comes_to(self, address: Address, example: Example) -> tuple[str, Response]:
        """Come to an example with what was done before; returns its path and what answered."""
        who = await self.people.who(example.person)
        found = dict(await example.prepare(who))
        await self._is(who)
        if example.form is None:
            path = address.path(example, found)
            return path, await self.page.goto(who.house.portal + path)
        path = address.bare_path(example, found)
        fields = {**await who.marks(), **example.form, **{k: v for k, v in found.items() if k not in address.parts}}
        await self.page.goto(who.house.portal + "/cookies/")
        async with self.page.expect_navigation() as sent:
            await self.page.evaluate(SEND, [path, fields])
        return path, await sent.value

    async def _is(self, who: Somebody) -> None:
        await self.context.clear_cookies()
        host = urlsplit(who.house.portal).hostname
        await self.context.add_cookies(
            [
                {"name": name, "value": value, "domain": host, "path": "/", "secure": True, "httpOnly": True}
                for name, value in who.cookies.items()
            ]
        )

    async def looks(self) -> list[str]:
        """List what is wrong with the page that is open, in every way in which one looks at it."""
        wrong = await in_the_browser(self.page)
        for looks in (in_each_look, on_paper, enlarged):
            wrong += await looks(self.page)
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": 1280, "height": 900})
        return wrong


@pytest_asyncio.fixture
async def browsing(browser, people: People):
    context = await browser.new_context(http_credentials={"username": "beheer", "password": OPERATOR_KEY})
    context.set_default_timeout(15_000)
    yield Browsing(context, await context.new_page(), people)
    await context.close()


@pytest.mark.parametrize("room", ROOMS)
async def test_every_page_is_fit_for_everyone(browsing: Browsing, room: str):
    wrong: list[str] = []
    sources: dict[str, str] = {}
    for address, example in table.every_example(Audience.ANYONE, Audience.CITIZEN, Audience.OPERATOR):
        if address.room != room or not example.is_page or example.is_file:
            continue
        path, answer = await browsing.comes_to(address, example)
        if not answer.headers["content-type"].startswith("text/html"):
            assert address.audience is Audience.OPERATOR, address.name
            continue
        at = f"{address.name} {path} {json.dumps(dict(example.form or {}))} as {example.person}"
        if answer.status != example.status:
            wrong.append(f"{at}: {answer.status}")
        if address.is_streamed:
            await browsing.page.locator(".closing").first.wait_for()
        sources[at] = await answer.text()
        wrong += [f"{at}: {each}" for each in await browsing.looks()]
    assert wrong == []
    assert await messages(sources) == []
    assert browsing.elsewhere == []
    assert sources


@pytest.mark.parametrize("person", ["", Person.complete])
async def test_page_that_is_not_there_is_fit_for_everyone(browsing: Browsing, person: str):
    await browsing._is(await browsing.people.who(person))
    answer = await browsing.page.goto(f"{(await browsing.people.who(person)).house.portal}/bestaat-niet/")
    source = await answer.text()
    assert (answer.status, await browsing.looks(), await messages({"404": source})) == (404, [], [])
