"""Sixty-four people who look at their overview at one moment, while no connection to a source is open yet.

Twenty sources each, behind one origin over mutual TLS, as at MAGDA: 1,280 questions at once. Each of the 64 is
another citizen, since no citizen opens 64 pages at a time. In the first round the portal knows no TLS session either;
before each next one the town ends all connections. The sources work, so every lost answer is a fault of ours.

The first byte is that of the page itself, not of the answer's headers, and its time begins before the browser
connects. When the heading came, and with it the whole frame, is printed beside it. All browsers are in this
process, which shares the machine with portal, town and database.
"""

import asyncio
import re
import time
from collections import Counter
from urllib.parse import urlsplit

from . import bodies
from .bodies import SourceMix
from .browser import OVERVIEW, SESSION, UnexpectedAnswerError, outcomes_on
from .figures import Figure, median, p95, round_off
from .scene import Scene, scene_of

PEOPLE = 64
ROUNDS = 5
REST_S = 0.3  # for the portal to notice that its connections ended
_HEADING = b"</h1>"
# The first line of a chunk is its size; the page follows it.
_BEGUN = re.compile(rb"\r\n\r\n[0-9a-fA-F]+\r\n.", re.DOTALL)


def measure() -> tuple[Figure, Figure]:
    """Measure five rounds: the calls without an answer, and the time of each page's first byte."""
    people = tuple(bodies.adult_number(nth) for nth in range(PEOPLE))
    with scene_of(SourceMix(has_real=False, people=people)) as scene:
        cookies = [scene.sign_in(person) for person in people]
        rounds = []
        for _ in range(ROUNDS):
            scene.forget()
            scene.drop_connections()
            time.sleep(REST_S)
            rounds.append(asyncio.run(_look(scene, cookies)))
    pages = [page for pages_of_round in rounds for page in pages_of_round]
    outcomes = sum((page.outcomes for page in pages), Counter[str]())
    calls = len(pages) * len(scene.sources)
    firsts, wholes = [page.first_ms for page in pages], [page.whole_ms for page in pages]
    return (
        Figure(
            "cold_64_own_trouble",
            calls - outcomes["ready"],
            "calls",
            0.0,
            {"calls": calls, "outcomes": dict(outcomes)},
        ),
        Figure(
            "cold_64_first_byte_ms",
            p95(firsts),
            "ms",
            200.0,
            {
                "of": "p95",
                "median": round_off(median(firsts)),
                "max": round_off(max(firsts)),
                "rounds": [round_off(p95([page.first_ms for page in pages_of_round])) for pages_of_round in rounds],
                "heading_p95_ms": round_off(p95([page.heading_ms for page in pages])),
                "whole_page_p95_ms": round_off(p95(wholes)),
                "samples": len(firsts),
            },
        ),
    )


class _PageTimes:
    """When the first byte, the heading and the last byte of a page came, in ms, and its outcomes by name."""

    def __init__(self, first_ms: float, heading_ms: float, whole_ms: float, outcomes: Counter[str]) -> None:
        self.first_ms, self.heading_ms, self.whole_ms, self.outcomes = first_ms, heading_ms, whole_ms, outcomes


async def _look(scene: Scene, cookies: list[str]) -> list[_PageTimes]:
    return await asyncio.gather(*(_page(scene, cookie) for cookie in cookies))


async def _page(scene: Scene, cookie: str) -> _PageTimes:
    address = urlsplit(scene.house.portal)
    started = time.perf_counter()
    reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
    head = f"GET {OVERVIEW} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {SESSION}={cookie}\r\n"
    writer.write(f"{head}Connection: close\r\n\r\n".encode())
    page = b""
    begun = headed = None
    while received := await reader.read(65536):
        page += received
        if begun is None and _BEGUN.search(page):
            begun = time.perf_counter()
        if headed is None and _HEADING in page:
            headed = time.perf_counter()
    ended = time.perf_counter()
    writer.close()
    if begun is None or headed is None or not page.startswith(b"HTTP/1.1 200"):
        raise UnexpectedAnswerError(page.split(b"\r\n", 1)[0].decode())
    return _PageTimes(
        (begun - started) * 1000, (headed - started) * 1000, (ended - started) * 1000, outcomes_on(page)
    )
