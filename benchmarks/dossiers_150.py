"""How soon the page with 150 dossiers of seven bodies is complete, while the source of all dossiers takes 200 ms.

Measured from before the request to the page's last byte. The page asks the source anew each time.
"""

import time
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from deploy.local.house import running_house

from . import browser
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .scene import RAISED, turn

PERSON = "69702131821"  # of the town: 150 dossiers
DOSSIERS = 150
SOURCE = "dossiers"
LATENCY_MS = 200
WARM_UP = 5
LOOKS = 30


def measure() -> Figure:
    """Measure thirty looks, one at a time."""
    with running_house(RAISED) as house:
        address = urlsplit(house.portal)
        cookie = browser.sign_in(house.portal, PERSON)
        turn(house, SOURCE, "ok", LATENCY_MS)
        with closing(HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
            seconds = [_look(connection, cookie) for _ in range(WARM_UP + LOOKS)][WARM_UP:]
    return Figure(
        "dossiers_150_s",
        median(seconds),
        "s",
        0.35,
        {"p95": round_off(p95(seconds)), "max": round_off(max(seconds)), "samples": len(seconds)},
    )


def _look(connection: HTTPConnection, cookie: str) -> float:
    started = time.perf_counter()
    connection.request("GET", "/dossiers/", headers={"Cookie": f"{SESSION}={cookie}"})
    page = connection.getresponse().read()
    took = time.perf_counter() - started
    if page.count(b"<article") != DOSSIERS or not page.rstrip().endswith(b"</html>"):
        raise UnexpectedAnswerError(f"the page has {page.count(b'<article')} dossiers")
    return took
