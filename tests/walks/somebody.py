"""Visitors of the running portal without a browser: over HTTP, with the cookies that a browser would keep."""

import asyncio
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from http.cookies import SimpleCookie
from urllib.parse import urljoin, urlsplit

import aiohttp
from multidict import CIMultiDictProxy
from yarl import URL

from deploy.local.house import House

from .example import Example, Person
from .table import Address

HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
# Who is under guardianship signs in with the card of their own.
_MEANS = {Person.under_guardianship: "eid"}
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
Form = Mapping[str, str]


@dataclass(frozen=True)
class Answer:
    """An answer: its status, headers and whole body, and the path that was asked."""

    path: str
    status: int
    headers: CIMultiDictProxy[str]
    content: bytes

    @property
    def text(self) -> str:
        """Read it as text."""
        return self.content.decode("utf-8", "replace")

    @property
    def location(self) -> str:
        """Give the Location of a redirect; "" for any other answer."""
        return self.headers.get("Location", "")

    @property
    def is_html(self) -> bool:
        """Tell whether it is a page."""
        return self.headers.get("Content-Type", "").startswith("text/html")

    def hidden(self) -> dict[str, str]:
        """Read the hidden fields of its forms; of fields with the same name, the last."""
        return {name: unescape(value) for name, value in HIDDEN.findall(self.text)}


class Somebody:
    """A person with a browser of their own. `person`: their national number, or "" for who is not signed in."""

    def __init__(self, house: House, http: aiohttp.ClientSession, person: str = "") -> None:
        self.house = house
        self.person = person
        self.cookies: dict[str, str] = {}
        self.set_cookies: set[str] = set()
        self.http = http
        self._token = ""

    async def asks(
        self, method: str, path: str, *, data: object = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request to the portal, and read the whole answer; no redirect is followed."""
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        whole = {**SAME_ORIGIN, **(cookie if self.cookies else {}), **(headers or {})}
        address = URL(self.house.portal + path, encoded=True)
        async with self.http.request(method, address, data=data, headers=whole, allow_redirects=False) as came:
            for header in came.headers.getall("Set-Cookie", []):
                self._keep(SimpleCookie(header))
            return Answer(path, came.status, came.headers, await came.read())

    def _keep(self, given: SimpleCookie) -> None:
        for name, morsel in given.items():
            self.set_cookies.add(name)
            if morsel["max-age"] == "0" or not morsel.value:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = morsel.value

    async def gets(self, path: str) -> Answer:
        """Open a page."""
        return await self.asks("GET", path)

    async def posts(self, path: str, form: Form, *, photo: bytes | None = None) -> Answer:
        """Send a form as a page of ours does, with the session's token and a key."""
        whole = {**await self.marks(), **form}
        if photo is None:
            return await self.asks("POST", path, data=whole)
        parts = aiohttp.FormData(whole)
        parts.add_field("photo", photo, filename="ik.jpg", content_type="image/jpeg")
        return await self.asks("POST", path, data=parts)

    async def marks(self) -> dict[str, str]:
        """Give the token and a new key, which each form of the session carries; nothing when nobody is signed in."""
        if not self.person:
            return {}
        if not self._token:
            self._token = (await self.gets("/sessies/")).hidden()["form_token"]
        return {"form_token": self._token, "form_key": secrets.token_urlsafe(16)}

    async def signs_in(self, means: str = "itsme") -> "Somebody":
        """Sign in at the town's provider."""
        page = (await self.gets("/aanmelden/")).location
        async with self.http.get(URL(page, encoded=True)) as came:
            hidden = {name: unescape(value) for name, value in HIDDEN.findall(await came.text())}
        who = {**hidden, "other_person": self.person, "means": means}
        login = urljoin(page, "/op/v1/auth/login")
        async with self.http.post(login, data=who, allow_redirects=False) as sent:
            back = urlsplit(sent.headers["Location"])
        came_back = await self.gets(f"{back.path}?{back.query}")
        assert (came_back.status, len(self.cookies)) == (303, 2), came_back.location
        return self

    async def comes_to(self, address: Address, example: Example) -> Answer:
        """Do what is done before an example, then open it or send its form."""
        found = dict(await example.prepare(self))
        if example.form is None:
            return await self.gets(address.path(example, found))
        form = {**example.form, **{name: value for name, value in found.items() if name not in address.parts}}
        return await self.posts(address.bare_path(example, found) + example.query_with({}), form)

    async def mailed_code(self, address: str) -> str:
        """Wait for the last code that was mailed to an address."""
        for _ in range(1800):
            async with self.http.get(f"{self.house.town}/mail/messages") as came:
                mails = [mail for mail in json.loads(await came.text()) if mail["recipients"] == [address]]
            codes = [code[0] for mail in mails if (code := re.search(r"^[0-9]{6}$", mail["text"], re.MULTILINE))]
            if codes:
                return codes[-1]
            await asyncio.sleep(0.1)
        raise AssertionError("no code came")


class People:
    """The visitors of pages, by national number, each signed in once; "" is nobody."""

    def __init__(self, house: House, http: aiohttp.ClientSession) -> None:
        self._house, self._http = house, http
        self._here: dict[str, Somebody] = {}

    async def who(self, person: str) -> Somebody:
        """Give the visitor of a national number, the same one each time."""
        if person not in self._here:
            self._here[person] = await self.another(person)
        return self._here[person]

    async def another(self, person: str) -> Somebody:
        """Give a new visitor, with cookies of their own, signed in anew."""
        one = Somebody(self._house, self._http, person)
        return await one.signs_in(_MEANS.get(person, "itsme")) if person else one
