"""Visitors beside those whom a benchmark measures, in a process of their own, so that neither slows the other.

    python -m benchmarks.bystanders signing PORTAL COUNT
    python -m benchmarks.bystanders strangers PORTAL COUNT FILE

signing: somebody without a session opens the address of signing in COUNT times, one after another; with 0 until the
input ends. Prints the milliseconds of each, as JSON. strangers: COUNT people, each of another network, have FILE
checked again and again until the input ends; when told to come back later, they do. Prints how often each status
came, as JSON.
"""

import asyncio
import json
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from .browser import UnexpectedAnswerError

PAUSE_S = 0.1  # between two checks of a stranger; half of it between two sign-ins


def main(role: str, portal: str, count: int, *files: str) -> object:
    """Play a role, and return what is to be printed."""
    over = threading.Event()
    if role == "strangers" or not count:
        threading.Thread(target=_await_end_of_input, args=(over,), daemon=True).start()
    if role == "strangers":
        return asyncio.run(_strangers(portal, count, Path(files[0]).read_bytes(), over))
    return _signing(portal, count, over)


def _await_end_of_input(over: threading.Event) -> None:
    sys.stdin.read()
    over.set()


def _signing(portal: str, count: int, over: threading.Event) -> list[float]:
    times: list[float] = []
    while not over.is_set() and (not count or len(times) < count):
        with closing(HTTPConnection(urlsplit(portal).netloc, timeout=60)) as connection:
            connection.connect()
            started = time.perf_counter()
            connection.request("GET", "/aanmelden/")
            response = connection.getresponse()
            response.read()
            times.append((time.perf_counter() - started) * 1000)
        if response.status not in (302, 303):
            raise UnexpectedAnswerError(f"signing in: status {response.status}")
        over.wait(PAUSE_S / 2)
    return times


async def _strangers(portal: str, count: int, file: bytes, over: threading.Event) -> Counter[int]:
    statuses: Counter[int] = Counter()
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=120)
    ) as http:
        tasks = [asyncio.create_task(_stranger(http, portal, number, file, statuses)) for number in range(count)]
        await asyncio.to_thread(over.wait)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return statuses


async def _stranger(
    http: aiohttp.ClientSession, portal: str, number: int, file: bytes, statuses: Counter[int]
) -> None:
    headers = {"Content-Type": "application/pdf", "Accept": "application/json", "X-Forwarded-For": f"10.0.{number}.1"}
    while True:
        async with http.post(f"{portal}/controle/", data=file, headers=headers) as response:
            await response.read()
        statuses[response.status] += 1
        await asyncio.sleep(float(response.headers.get("Retry-After", PAUSE_S)))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), *sys.argv[4:])) + "\n")
