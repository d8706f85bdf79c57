"""How soon the overview begins while one of its sources hangs.

Measured from before the connection is made to the first byte of the page itself, not of the HTTP head. The browser
then reads until the tiles of all other sources are there, and disconnects, so that the portal is idle again.
"""

import re
import socket
import time
from urllib.parse import urlsplit

from .browser import OVERVIEW, SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .scene import TWENTY, Scene, scene_of

TARGET = 25.0  # milliseconds
WARM_UP = 10
SAMPLES = 60
REST_S = 0.1  # between two overviews
_OUTCOME = re.compile(rb'data-outcome="\w+"')
# The first line of a chunk is its size; the page follows it.
_BEGUN = re.compile(rb"\r\n\r\n[0-9a-fA-F]+\r\n.", re.DOTALL)


def measure() -> Figure:
    """Measure sixty overviews, one at a time."""
    with scene_of(TWENTY) as scene:
        cookie = scene.sign_in()
        scene.turn(scene.sources[-1], "hang")
        samples = [_first_byte_ms(scene, cookie) for _ in range(WARM_UP + SAMPLES)][WARM_UP:]
        return Figure(
            "first_byte_ms",
            median(samples),
            "ms",
            TARGET,
            {"p95": round_off(p95(samples)), "max": round_off(max(samples)), "samples": len(samples)},
        )


def _first_byte_ms(scene: Scene, cookie: str) -> float:
    address = urlsplit(scene.house.portal)
    question = f"GET {OVERVIEW} HTTP/1.1\r\nHost: {address.netloc}\r\nCookie: {SESSION}={cookie}\r\n\r\n".encode()
    scene.forget()
    page = b""
    begun = None
    started = time.perf_counter()
    with socket.create_connection(("127.0.0.1", address.port or 80), timeout=10) as connection:
        connection.sendall(question)
        while len(_OUTCOME.findall(page)) < len(scene.sources) - 1:
            received = connection.recv(65536)
            now = time.perf_counter()
            if not received:
                raise UnexpectedAnswerError(f"the overview broke off after {len(page)} bytes")
            page += received
            if begun is None and _BEGUN.search(page):
                begun = now
    time.sleep(REST_S)
    if begun is None or not page.startswith(b"HTTP/1.1 200"):
        raise UnexpectedAnswerError(page.split(b"\r\n", 1)[0].decode())
    return (begun - started) * 1000
