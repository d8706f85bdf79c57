"""Each page of the URL table, as its examples come to it: one load in a browser for all that is checked of it.

axe and the Nu checker find nothing, in light and dark, on a phone and a desk. It fits a small screen and large
letters, prints without what is for clicking, loads nothing from elsewhere, keeps nothing in the browser, and leads
to help.
"""

import json

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page

from portal.platform.access.types import Audience
from tests.walks import table
from tests.walks.example import Person
from tests.walks.reader import Reader
from tests.walks.somebody import People

from .conftest import OPERATOR_KEY
from .looks import in_each_look, in_the_browser, look_enlarged, on_paper
from .nu import messages

PEOPLE = (Audience.ANYONE, Audience.CITIZEN, Audience.OPERATOR)
ROOMS = sorted(
    {address.room for address, example in table.every_example(*PEOPLE) if example.is_page and not example.is_file}
)


class Browsing(Reader):
    """Somebody of the walk at a browser, with what the page asked elsewhere."""

    def __init__(self, context: BrowserContext, page: Page, people: People) -> None:
        super().__init__(context, page, people)
        self.elsewhere: list[str] = []
        page.on("request", self._note)

    def _note(self, request) -> None:
        if not request.url.startswith(("http://localhost:", "data:")):
            self.elsewhere.append(request.url)

    async def looks(self) -> list[str]:
        """List what is wrong with the page that is open, in every way in which one looks at it."""
        wrong = await in_the_browser(self.page)
        for looks in (in_each_look, on_paper, look_enlarged):
            wrong += await looks(self.page)
        await self.page.emulate_media(color_scheme="light")
        await self.page.set_viewport_size({"width": 1280, "height": 900})
        return wrong


@pytest_asyncio.fixture
async def browsing(browser, people: People):
    context = await browser.new_context(http_credentials={"username": "beheer", "password": OPERATOR_KEY})
    context.set_default_timeout(60_000)
    yield Browsing(context, await context.new_page(), people)
    await context.close()


@pytest.mark.parametrize("room", ROOMS)
async def test_every_page_is_fit_for_everyone(browsing: Browsing, room: str):
    wrong: list[str] = []
    sources: dict[str, str] = {}
    for address, example in table.every_example(*PEOPLE):
        if address.room != room or not example.is_page or example.is_file:
            continue
        path, answer = await browsing.comes_to(address, example)
        if not answer.headers["content-type"].startswith("text/html"):
            assert address.audience is Audience.OPERATOR, address.name
            continue
        at = f"{address.name} {path} {json.dumps(dict(example.form or {}))} as {example.person}"
        if answer.status != example.status:
            wrong.append(f"{at}: {answer.status}")
        if address.is_streamed and example.person and answer.status == 200:
            await browsing.page.locator(".closing").first.wait_for()
        sources[at] = await answer.text()
        wrong += [f"{at}: {each}" for each in await browsing.looks()]
    assert wrong == []
    assert await messages(sources) == []
    assert browsing.elsewhere == []
    assert sources


@pytest.mark.parametrize("person", ["", Person.complete])
async def test_page_that_is_not_there_is_fit_for_everyone(browsing: Browsing, person: str):
    await browsing.becomes(await browsing.people.who(person))
    answer = await browsing.page.goto(f"{(await browsing.people.who(person)).house.portal}/bestaat-niet/")
    source = await answer.text()
    assert (answer.status, await browsing.looks(), await messages({"404": source})) == (404, [], [])
