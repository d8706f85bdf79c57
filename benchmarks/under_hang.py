"""How five hundred readers of a source that hangs slow down other people, and how much memory each of them takes.

One process of the portal has 500 connections of one session, each with a page of the one dataset whose source hangs;
the limits of a source are raised so that all questions are sent. A manifest allows a deadline of at most 5 s, so the
pages end after 5 s and are opened again. In each round, samples are taken between the moment when the town has all
questions and the moment when the first page ends: somebody without a session opens the address of signing in, once at
a time, and gets the redirect to the provider. A slow or busy machine has less time left when the last question has
arrived, or none; the next round then has fewer pages, and rounds go on until there are enough samples. The figure
says how many pages there were.
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
SOURCE_LIMITS = {"SOURCES_AT_ONCE": "1000", "SOURCES_CONNECTIONS": "1000", "SOURCES_BREAKER_CALLS": "1000000"}
SIGN_IN = "/aanmelden/"


def measure() -> tuple[Figure, Figure]:
    """Measure four rounds; memory in the first, since later rounds can reuse memory of earlier ones."""
    with hanging_scene() as (scene, source, cookie):
        return asyncio.run(_measure(scene, source, cookie))


@contextmanager
def hanging_scene() -> Iterator[tuple[Scene, Source, str]]:
    """Start a portal whose one source hangs; give scene, source, and the cookie of a session without answers."""
    with scene_of(SourceMix(magda=1, has_real=False, deadline_s=DEADLINE_S), SOURCE_LIMITS) as scene:
        cookie = scene.sign_in()
        scene.check_asked(cookie)
        scene.forget()
        (source,) = scene.sources
        scene.turn(source, "hang")
        yield scene, source, cookie


async def _measure(scene: Scene, source: Source, cookie: str) -> tuple[Figure, Figure]:
    for _ in range(WARM_UP):
        await _sign_in_ms(scene)
    idle = [await _sign_in_ms(scene) for _ in range(IDLE)]
    before = memory_kb(scene.portal_pid)
    busy: list[float] = []
    memory: list[float] = []
    opened_s: list[float] = []
    after_rounds: list[float] = []
    pages_at_once: list[int] = []
    count, tries = PAGES, 0
    while (len(memory) < ROUNDS or len(busy) < LEAST) and (tries := tries + 1) <= TRIES:
        samples: list[float] = []
        async with _open_pages(scene, source, cookie, count) as pages:
            if pages.first_end is None:
                memory.append((memory_kb(scene.portal_pid) - before) / count)
                opened_s.append(pages.opened_s)
                pages_at_once.append(count)
                samples = await _while_all_wait(scene, pages)
        after_rounds.append((memory_kb(scene.portal_pid) - before) / count)
        busy += samples
        if len(samples) < TOO_FEW:
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
            "after_rounds": [round_off(kb) for kb in after_rounds],
        },
    )
    return ratio, stream


class Pages:
    """The open pages of a round. first_end: when the first ended; opened_s: how long it took to open them all."""

    def __init__(self) -> None:
        self.opened_s = 0.0
        self.opening = asyncio.Semaphore(OPENING)
        self.first_end: float | None = None

    async def read(self, scene: Scene, path: str, cookie: str) -> None:
        """Open one page and read it to its end."""
        async with self.opening:
            reader, writer = await ask(scene, path, cookie)
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
async def _open_pages(scene: Scene, source: Source, cookie: str, count: int) -> AsyncIterator[Pages]:
    """Open all pages; the block begins when the town has all questions or a page ended. Then wait until all ended."""
    pages = Pages()
    path = page_of(source)
    started = time.perf_counter()
    tasks = [asyncio.create_task(pages.read(scene, path, cookie)) for _ in range(count)]
    try:
        await all_wait(scene, source, pages, count)
        pages.opened_s = time.perf_counter() - started
        yield pages
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    until = time.perf_counter() + DEADLINE_S
    while open_count := await _waiting(scene, source):
        if time.perf_counter() > until:
            raise UnexpectedAnswerError(f"{open_count} questions are under way after all pages ended")
        await asyncio.sleep(PAUSE_S)


def page_of(source: Source) -> str:
    """Give the path of the page that asks this source alone."""
    return "/uw-gegevens/bron/{}/{}/".format(*source.name.split("."))


async def all_wait(scene: Scene, source: Source, pages: Pages, count: int) -> bool:
    """Wait until the town has so many open questions; False when a page ended first."""
    while pages.first_end is None:
        if await _waiting(scene, source) == count:
            return True
        await asyncio.sleep(PAUSE_S)
    return False


async def _waiting(scene: Scene, source: Source) -> int:
    """Ask the town how many open questions a source has."""
    state = await asyncio.to_thread(scene.state)
    return int(state[source.switch]["under_way"])


async def _while_all_wait(scene: Scene, pages: Pages) -> list[float]:
    """Collect the times of the address of signing in, in ms, as long as no page has ended."""
    samples: list[float] = []
    while len(samples) < MOST:
        sample = await _sign_in_ms(scene)
        if pages.first_end is not None:
            break
        samples.append(sample)
    return samples


async def _sign_in_ms(scene: Scene) -> float:
    started = time.perf_counter()
    reader, writer = await ask(scene, SIGN_IN)
    answer = await reader.read()
    took = time.perf_counter() - started
    writer.close()
    if not answer.startswith(b"HTTP/1.1 302"):
        raise UnexpectedAnswerError(f"{SIGN_IN}: {answer.split(b'\r\n', 1)[0].decode()}")
    return took * 1000


async def ask(scene: Scene, path: str, cookie: str = "") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Request a page of the portal, over a connection of its own."""
    address = urlsplit(scene.house.portal)
    reader, writer = await asyncio.open_connection("127.0.0.1", address.port)
    with_cookie = f"Cookie: {SESSION}={cookie}\r\n" if cookie else ""
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n{with_cookie}Connection: close\r\n\r\n".encode())
    return reader, writer


def memory_kb(pid: int) -> int:
    """Read the resident memory of a process, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:"))
