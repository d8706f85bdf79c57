"""How soon the page with 150 dossiers of seven bodies is complete, while the source of all takes 200 ms.

Measured from before the question to the page's last byte. Each look asks anew, as the page does.
"""

import json
import time
import urllib.request
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from deploy.local.house import House, running_house

from . import browser
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, round_off

PERSON = "69702131821"  # of the town: 150 dossiers
DOSSIERS = 150
SOURCE = "dossiers"
LATENCY_MS = 200
WARM_UP = 5
LOOKS = 30
# One person, and one network, goes faster here than any does.
FAST = {"PAGES_BURST": "100000", "PAGES_PER_CITIZEN_SECOND": "100000", "VISITORS_BURST": "100000"}


def measure() -> Figure:
    """Measure thirty looks, one at a time."""
    with running_house(FAST) as house:
        address = urlsplit(house.portal)
        cookie = browser.sign_in(house.portal, PERSON)
        _turn(house)
        with closing(HTTPConnection(address.hostname or "", address.port, timeout=30)) as connection:
            seconds = [_look(connection, cookie) for _ in range(WARM_UP + LOOKS)][WARM_UP:]
    return Figure(
        "dossiers_150_s",
        median(seconds),
        "s",
        0.35,
        {"p95": round_off(p95(seconds)), "max": round_off(max(seconds)), "samples": len(seconds)},
    )


def _turn(house: House) -> None:
    said = json.dumps({"mode": "ok", "latency_ms": LATENCY_MS}).encode()
    request = urllib.request.Request(f"{house.town}/faults/{SOURCE}", said, method="PUT")
    request.add_header("Content-Type", "application/json")
    with urllib.request.urlopen(request, timeout=10):
        pass


def _look(connection: HTTPConnection, cookie: str) -> float:
    started = time.perf_counter()
    connection.request("GET", "/dossiers/", headers={"Cookie": f"{SESSION}={cookie}"})
    page = connection.getresponse().read()
    took = time.perf_counter() - started
    if page.count(b"<article") != DOSSIERS or not page.rstrip().endswith(b"</html>"):
        raise UnexpectedAnswerError(f"the page has {page.count(b'<article')} dossiers")
    return took
