"""People of the walks in a browser: they visit an example, after what is done before it over HTTP."""

from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Response

from .example import Example
from .somebody import People, Somebody
from .table import Address

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


class Reader:
    """A page of a browser that gets the cookies of several people, one after the other."""

    def __init__(self, context: BrowserContext, page: Page, people: People) -> None:
        self.context = context
        self.page = page
        self.people = people

    async def comes_to(self, address: Address, example: Example) -> tuple[str, Response]:
        """Visit an example, after what is done before it; returns its path and the response."""
        who = await self.people.who(example.person)
        found = dict(await example.prepare(who))
        await self.becomes(who)
        if example.form is None:
            path = address.path(example, found)
            answer = await self.page.goto(who.house.portal + path)
            assert answer
            return path, answer
        path = address.bare_path(example, found)
        fields = {**await who.marks(), **example.form, **{k: v for k, v in found.items() if k not in address.parts}}
        await self.page.goto(who.house.portal + "/cookies/")
        async with self.page.expect_navigation() as sent:
            await self.page.evaluate(SEND, [path, fields])
        return path, await sent.value

    async def becomes(self, who: Somebody) -> None:
        """Have the cookies of somebody, and no others."""
        # A page that is open hears when it is somebody else's (`live.js`), and would leave while the next is opened.
        await self.page.goto("about:blank")
        await self.context.clear_cookies()
        host = urlsplit(who.house.portal).hostname or ""
        await self.context.add_cookies(
            [
                {"name": name, "value": value, "domain": host, "path": "/", "secure": True, "httpOnly": True}
                for name, value in who.cookies.items()
            ]
        )
