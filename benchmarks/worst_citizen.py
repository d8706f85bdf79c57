"""The worst that one citizen does to a portal, as a program of its own: pages, PDFs, photos, requests half sent.

    python -m benchmarks.worst_citizen SECONDS PORTAL COOKIE...

It does so in all their sessions at once, until the time is over. How many requests had which status goes to stdout,
as one line of JSON by kind and status. A refused request is tried again after a short pause, as a script would.
"""

import asyncio
import io
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from html import unescape
from urllib.parse import urlsplit

import aiohttp
from PIL import Image

from .browser import OVERVIEW, SESSION, hidden_in

STREAMS, DATASETS, PDFS, PHOTOS = 24, 8, 8, 16
HALF_HEADS, HALF_BODIES = 100, 40
BREATH_S = 0.05  # before another request when one was refused
HOLD_S = 1.0  # before another connection when a half-sent request ended
PHOTO = "/profiel/foto/wijzigen/"
SIDE = 4800  # pixels: a picture of 23 million pixels, nearly the most that is accepted
_TILE = re.compile(r'href="(/uw-gegevens/bron/[^"?#/]+/[^"?#/]+/)"')

Once = Callable[[], Awaitable[int]]  # makes one request; returns its status, 0 for none


class Citizen:
    """One citizen with many sessions, who asks whatever they may."""

    def __init__(self, http: aiohttp.ClientSession, portal: str, cookies: list[str], seconds: float) -> None:
        self.http = http
        self.portal = portal
        self.cookies = cookies
        self.until = time.monotonic() + seconds
        self.results: Counter[str] = Counter()

    def headers(self, at: int) -> dict[str, str]:
        """Give the headers of a request in one of the sessions."""
        return {"Cookie": f"{SESSION}={self.cookies[at % len(self.cookies)]}"}

    async def again_and_again(self, kind: str, once: Once) -> None:
        """Make requests until the time is over, and count their results by kind and status."""
        while time.monotonic() < self.until:
            try:
                status = await once()
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                self.results[f"{kind} {type(error).__name__}"] += 1
                status = 0
            else:
                self.results[f"{kind} {status}"] += 1
            if status != 200:
                await asyncio.sleep(BREATH_S)

    def page_reader(self, path: str, at: int) -> Once:
        """Give a function that requests a page and reads all of it."""

        async def once() -> int:
            async with self.http.get(self.portal + path, headers=self.headers(at)) as answer:
                await answer.read()
                return answer.status

        return once

    async def send_photos(self, at: int, picture: bytes) -> None:
        """Send the same large picture again and again, each from a form of its own."""
        headers = {**self.headers(at), "Origin": self.portal, "Sec-Fetch-Site": "same-origin"}

        async def once() -> int:
            async with self.http.get(self.portal + PHOTO, headers=self.headers(at)) as answer:
                hidden = hidden_in(await answer.text())
                if answer.status != 200:
                    return answer.status
            form = aiohttp.FormData({name: unescape(value) for name, value in hidden.items()})
            form.add_field("photo", picture, filename="a.png", content_type="image/png")
            async with self.http.post(
                self.portal + PHOTO, data=form, headers=headers, allow_redirects=False
            ) as answer:
                return answer.status

        await self.again_and_again("photo", once)

    def half_sender(self, begin: bytes, drip: bytes) -> Once:
        """Give a function that sends the beginning of a request, then a little at a time, until the portal closes."""
        at = urlsplit(self.portal)

        async def once() -> int:
            reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
            try:
                writer.write(begin.replace(b"HOST", at.netloc.encode()))
                while time.monotonic() < self.until and not reader.at_eof():
                    writer.write(drip)
                    await writer.drain()
                    with suppress(TimeoutError):
                        async with asyncio.timeout(1):
                            line = await reader.readline()
                            return int(line.split()[1]) if line.startswith(b"HTTP/1.1 ") else 0
                return 0
            finally:
                writer.close()
                # A proxy stops whoever opens connections without end; this attacker holds them open.
                await asyncio.sleep(HOLD_S)

        return once


async def attack(seconds: float, portal: str, cookies: list[str]) -> Counter[str]:
    """Make requests of all kinds at once; return the counts by kind and status."""
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").resize((SIDE, SIDE)).save(file, "PNG")
    picture = file.getvalue()
    connector, timeout = aiohttp.TCPConnector(limit=0), aiohttp.ClientTimeout(total=30)
    jar = aiohttp.DummyCookieJar()
    async with aiohttp.ClientSession(connector=connector, timeout=timeout, cookie_jar=jar) as http:
        citizen = Citizen(http, portal, cookies, seconds)
        async with http.get(portal + OVERVIEW, headers=citizen.headers(0)) as answer:
            pages = sorted(set(_TILE.findall(await answer.text())))
        work = [citizen.again_and_again("overview", citizen.page_reader(OVERVIEW, n)) for n in range(STREAMS)]
        work += [
            citizen.again_and_again("dataset", citizen.page_reader(pages[n % len(pages)], n)) for n in range(DATASETS)
        ]
        pdfs = [f"{page}pdf/" for page in pages]
        work += [citizen.again_and_again("pdf", citizen.page_reader(pdfs[n % len(pdfs)], n)) for n in range(PDFS)]
        work += [citizen.send_photos(n, picture) for n in range(PHOTOS)]
        head = b"GET / HTTP/1.1\r\nHost: HOST\r\n"
        body = b"POST /contact/ HTTP/1.1\r\nHost: HOST\r\nContent-Length: 100000\r\n\r\n"
        work += [citizen.again_and_again("head", citizen.half_sender(head, b"X: y\r\n")) for _ in range(HALF_HEADS)]
        work += [citizen.again_and_again("body", citizen.half_sender(body, b"x")) for _ in range(HALF_BODIES)]
        await asyncio.gather(*work)
        return citizen.results


if __name__ == "__main__":
    results = asyncio.run(attack(float(sys.argv[1]), sys.argv[2], sys.argv[3:]))
    sys.stdout.write(json.dumps(dict(sorted(results.items()))) + "\n")
