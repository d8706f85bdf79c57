"""What five hundred readers of a source that hangs do to the others, and what memory each of them takes.

One worker, 500 connections of one session, each with a page of the one dataset whose source hangs; breaker and
bulkhead are raised so that all of them are really asked. A manifest allows a deadline of at most 5 s, so the pages
end after 5 and are opened again: what is measured lies in each round between the moment that the town has all
questions before it and the moment that the first page ends. The way to sign in is then asked for, one at a time, by
somebody without a session; the answer is the redirect to the provider. A machine that is slower, or busy, has less
time left when the last question has arrived, or none: then the next round has fewer pages, and rounds go on until
there are samples enough. How many pages there were is part of the figure.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from .bodies import Source, SourceMix
from .browser import SESSION, UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .scene import Scene, scene_of

PAGES = 500
DEADLINE_S = 5.0
ROUNDS, TRIES = 4, 30
WARM_UP, IDLE = 100, 400
LEAST = 100  # samples in all
MOST = 200  # samples a round
TOO_FEW = 10  # samples of a round, after which the next has fewer pages
OPENING = 50  # pages that are opened at once, before waiting for their first bytes
PAUSE_S = 0.05  # between two looks at the town
RAISED = {"SOURCES_AT_ONCE": "1000", "SOURCES_CONNECTIONS": "1000", "SOURCES_BREAKER_CALLS": "1000000"}
SIGN_IN = "/aanmelden/"


def measure() -> tuple[Figure, Figure]:
    """Measure four rounds; the memory in the first, when nothing can have been kept from an earlier one."""
    with hanging() as (on, source, cookie):
        return asyncio.run(_measure(on, source, cookie))


@contextmanager
def hanging() -> Iterator[tuple[Scene, Source, str]]:
    """Start a portal whose one source hangs; give both, and the cookie of who is signed in with nothing kept."""
    with scene_of(SourceMix(magda=1, has_real=False, deadline_s=DEADLINE_S), RAISED) as on:
        cookie = on.sign_in()
        on.check_asked(cookie)
        on.forget()
        (source,) = on.sources
        on.turn(source, "hang")
        yield on, source, cookie


async def _measure(on: Scene, source: Source, cookie: str) -> tuple[Figure, Figure]:
    for _ in range(WARM_UP):
        await _sign_in_ms(on)
    idle = [await _sign_in_ms(on) for _ in range(IDLE)]
    before = memory_kb(on.portal_pid)
    busy: list[float] = []
    memory: list[float] = []
    opened_s: list[float] = []
    rested: list[float] = []
    pages_at_once: list[int] = []
    count, tries = PAGES, 0
    while (len(memory) < ROUNDS or len(busy) < LEAST) and (tries := tries + 1) <= TRIES:
        came: list[float] = []
        async with _open_pages(on, source, cookie, count) as pages:
            if pages.first_end is None:
                memory.append((memory_kb(on.portal_pid) - before) / count)
                opened_s.append(pages.opened_s)
                pages_at_once.append(count)
                came = await _while_all_wait(on, pages)
        rested.append((memory_kb(on.portal_pid) - before) / count)
        busy += came
        if len(came) < TOO_FEW:
            count = count * 3 // 4
    if len(busy) < LEAST:
        raise UnexpectedAnswerError(f"only {len(busy)} samples while all pages waited, in {len(memory)} rounds")
    ratio = Figure(
        "signin_under_hang_ratio",
        median(busy) / median(idle),
        "ratio",
        3.0,
        {
            "idle_ms": round_off(median(idle)),
            "busy_ms": round_off(median(busy)),
            "idle_p95_ms": round_off(p95(idle)),
            "busy_p95_ms": round_off(p95(busy)),
            "samples": len(busy),
            "pages": pages_at_once,
            "deadline_s": DEADLINE_S,
            "opening_s": [round_off(seconds) for seconds in opened_s],
            "rounds_lost": tries - len(memory),
        },
    )
    stream = Figure(
        "stream_memory_kb",
        memory[0],
        "kB",
        150.0,
        {
            "pages": pages_at_once,
            "before_kb": before,
            "rounds": [round_off(kb) for kb in memory],
            "after_rounds": [round_off(kb) for kb in rested],
        },
    )
    return ratio, stream


class Pages:
    """The open pages of a round: when the first ended, and how long it took to open them all."""

    def __init__(self) -> None:
        self.opened_s = 0.0
        self.opening = asyncio.Semaphore(OPENING)
        self.first_end: float | None = None

    async def read(self, on: Scene, path: str, cookie: str) -> None:
        """Open one page and read it to its end."""
        async with self.opening:
            reader, writer = await ask(on, path, cookie)
            head = await reader.readuntil(b"\r\n\r\n")
        try:
            if not head.startswith(b"HTTP/1.1 200"):
                raise UnexpectedAnswerError(head.split(b"\r\n", 1)[0].decode())
            while await reader.read(65536):
                pass
        finally:
            self.first_end = self.first_end or time.perf_counter()
            writer.close()


@asynccontextmanager
async def _open_pages(on: Scene, source: Source, cookie: str, count: int) -> AsyncIterator[Pages]:
    """Open all pages; the block begins when the town has all questions, or one ended; all end before this does."""
    pages = Pages()
    path = page_of(source)
    started = time.perf_counter()
    tasks = [asyncio.create_task(pages.read(on, path, cookie)) for _ in range(count)]
    try:
        await all_wait(on, source, pages, count)
        pages.opened_s = time.perf_counter() - started
        yield pages
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    until = time.perf_counter() + DEADLINE_S
    while left := await _waiting(on, source):
        if time.perf_counter() > until:
            raise UnexpectedAnswerError(f"{left} questions are under way after all pages ended")
        await asyncio.sleep(PAUSE_S)


def page_of(source: Source) -> str:
    """Give the address of the page that asks this source alone."""
    return "/uw-gegevens/bron/{}/{}/".format(*source.name.split("."))


async def all_wait(on: Scene, source: Source, pages: Pages, count: int) -> bool:
    """Wait until the town has so many questions before it; False when a page ended first."""
    while pages.first_end is None:
        if await _waiting(on, source) == count:
            return True
        await asyncio.sleep(PAUSE_S)
    return False


async def _waiting(on: Scene, source: Source) -> int:
    """Ask the town how many questions it has before it."""
    state = await asyncio.to_thread(on.state)
    return int(state[source.switch]["under_way"])


async def _while_all_wait(on: Scene, pages: Pages) -> list[float]:
    """Collect the way to sign in, in ms, as long as no page has ended."""
    samples: list[float] = []
    while len(samples) < MOST:
        sample = await _sign_in_ms(on)
        if pages.first_end is not None:
            break
        samples.append(sample)
    return samples


async def _sign_in_ms(on: Scene) -> float:
    started = time.perf_counter()
    reader, writer = await ask(on, SIGN_IN)
    answer = await reader.read()
    took = time.perf_counter() - started
    writer.close()
    if not answer.startswith(b"HTTP/1.1 302"):
        raise UnexpectedAnswerError(f"{SIGN_IN}: {answer.split(b'\r\n', 1)[0].decode()}")
    return took * 1000


async def ask(on: Scene, path: str, cookie: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Ask the portal for a page, over a connection of its own."""
    address = urlsplit(on.house.portal)
    reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
    with_cookie = f"Cookie: {SESSION}={cookie}\r\n" if cookie else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{with_cookie}Connection: close\r\n\r\n".encode())
    return reader, writer


def memory_kb(pid: int) -> int:
    """Read how much memory of a process is resident."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
