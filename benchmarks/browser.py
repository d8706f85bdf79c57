"""A small browser for benchmarks: signs in at the model town, reads overviews, and keeps cookies by hand.

Cookies named `__Host-` are `Secure`; browsers accept them from http://localhost, Python's cookie jar does not.
"""

import re
from collections import Counter
from html import unescape
from http.client import HTTPConnection, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urljoin, urlsplit

SESSION = "__Host-mbp-sessie"
OVERVIEW = "/uw-gegevens/"
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)"')
_OUTCOME = re.compile(rb'data-outcome="(\w+)"')
MOST_HOPS = 10


class UnexpectedAnswerError(Exception):
    """The house answered something that makes the measurement worthless."""


class _Visit:
    """A visit of a browser over two origins, portal and provider, with the cookies of each."""

    def __init__(self) -> None:
        self.cookies: dict[str, dict[str, str]] = {}

    def open(self, address: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """Open an address and follow redirects, until a page or our session cookie comes; return the last address and
        text.
        """
        for _ in range(MOST_HOPS):
            parts = urlsplit(address)
            body = urlencode(form) if form is not None else None
            connection = HTTPConnection(parts.netloc, timeout=10)
            cookies = self.cookies.setdefault(parts.netloc, {})
            headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
            if body is not None:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request("GET" if body is None else "POST", f"{parts.path}?{parts.query}", body, headers)
            response = connection.getresponse()
            text = response.read().decode()
            connection.close()
            _take(response, cookies)
            location = response.headers.get("Location")
            if SESSION in cookies or not location:
                return address, text
            address, form = urljoin(address, location), None
        raise UnexpectedAnswerError(f"more than {MOST_HOPS} redirects, last to {urlsplit(address).path}")


def _take(response: HTTPResponse, cookies: dict[str, str]) -> None:
    for header in response.headers.get_all("Set-Cookie", []):
        for name, morsel in SimpleCookie(header).items():
            cookies[name] = morsel.value


def sign_in(portal: str, person: str) -> str:
    """Sign in as this national number with itsme, over HTTP as a browser does; return the session cookie's value."""
    visit = _Visit()
    page, text = visit.open(f"{portal}/aanmelden/")
    hidden = {name: unescape(value) for name, value in _HIDDEN.findall(text)}
    last, _ = visit.open(urljoin(page, "/op/v1/auth/login"), {**hidden, "person": person, "means": "itsme"})
    cookie = visit.cookies.get(urlsplit(portal).netloc, {}).get(SESSION)
    if cookie is None:
        raise UnexpectedAnswerError(f"signing in ended at {urlsplit(last).path}")
    return cookie


def hidden_in(page: str) -> dict[str, str]:
    """Read the hidden fields of a page's forms; the values stay escaped as HTML."""
    return dict(_HIDDEN.findall(page))


def overview(connection: HTTPConnection, cookie: str, sources: int) -> None:
    """Read one overview to its end; raise UnexpectedAnswerError unless all its sources answered."""
    check(*_read(connection, cookie), sources)


def outcomes(connection: HTTPConnection, cookie: str) -> Counter[str]:
    """Read one overview to its end, and count its outcomes by name."""
    status, page = _read(connection, cookie)
    if status != 200:
        raise UnexpectedAnswerError(f"overview: status {status}")
    return outcomes_on(page)


def outcomes_on(page: bytes) -> Counter[str]:
    """Count the outcomes on a page by name."""
    return Counter(name.decode() for name in _OUTCOME.findall(page))


def check(status: int, page: bytes, sources: int) -> None:
    """Raise UnexpectedAnswerError unless this is an overview on which every source has answered."""
    counts = outcomes_on(page)
    if status != 200 or counts["ready"] + counts["nothing"] != sources:
        raise UnexpectedAnswerError(f"overview: status {status}, outcomes {dict(counts)}, {sources} sources")


def _read(connection: HTTPConnection, cookie: str) -> tuple[int, bytes]:
    connection.request("GET", OVERVIEW, headers={"Cookie": f"{SESSION}={cookie}"})
    response = connection.getresponse()
    return response.status, response.read()
