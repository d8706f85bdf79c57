"""Processor time of an overview of twenty sources, against the same work without a server.

Two figures by one method: twenty MAGDA sources, and (`overview_mixed_cpu_ratio`) ten MAGDA and ten JSON sources.
Before measuring it is seen at the town that an overview asks each of them once.

The portal's process and the floor's (`benchmarks.floor`) ask the same model town for the same person and take turns.
Whatever town, browser and database use does not count, except in figures of their own.
"""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection

import psycopg

from deploy.local.house import PATIENCE, free_ports
from deploy.local.processes import answers_http, portal_server, spawn, stop_all

from . import browser
from .beside import beside, cpu_ms
from .bodies import ROOT, Wanted
from .figures import Figure, median, rounded
from .sampling import portal_cpu_ms
from .scene import TWENTY, Scene, scene_of

TARGET = 1.6
PAIRS = 5
WARM_UP = 30
PER_SAMPLE = 100  # overviews: about a second of processor, a hundred clock ticks
# For the throughput of one worker: people at the same time, and overviews each.
PEOPLE, EACH = 4, 40


def measure() -> Figure:
    """Measure twenty MAGDA sources."""
    return _measured("overview_cpu_ratio", TWENTY)


def measure_mixed() -> Figure:
    """Measure ten MAGDA and ten JSON sources."""
    return _measured("overview_mixed_cpu_ratio", Wanted(magda=10, rest=10))


def _measured(name: str, wanted: Wanted) -> Figure:
    """Measure five alternating pairs, then the throughput."""
    with scene_of(wanted) as on, closing(on.connect()) as connection:
        cookie = on.sign_in()
        with beside(on, "floor", cookie) as floor, _signing(on) as (signing_pid, signing_connection):
            portal_cpu_ms(on, on.portal_pid, connection, cookie, WARM_UP)
            portal_cpu_ms(on, signing_pid, signing_connection, cookie, WARM_UP)
            cpu_ms(floor, WARM_UP)
            on.check_asked(cookie)
            portal, database, below, signed = [], [], [], []
            for _ in range(PAIRS):
                cpu, database_cpu = portal_cpu_ms(on, on.portal_pid, connection, cookie, PER_SAMPLE)
                portal.append(cpu)
                database.append(database_cpu)
                below.append(cpu_ms(floor, PER_SAMPLE))
                signed.append(portal_cpu_ms(on, signing_pid, signing_connection, cookie, PER_SAMPLE)[0])
        sizes = [source.answer.stat().st_size for source in on.sources]
        ratios = [one / other for one, other in zip(portal, below, strict=True)]
        return Figure(
            name,
            median(ratios),
            "ratio",
            TARGET,
            {
                "overview_cpu_ms": rounded(median(portal)),
                "overview_cpu_ms_signed": rounded(median(signed)),
                "floor_cpu_ms": rounded(median(below)),
                "call_cpu_ms": rounded(median(portal) / len(on.sources)),
                "database_cpu_ms": rounded(median(database)),
                "overviews_per_s": rounded(_throughput(on)),
                "sources": dict(Counter(source.transport for source in on.sources)),
                "answers": {
                    "count": len(sizes),
                    "bytes_min": min(sizes),
                    "bytes_max": max(sizes),
                    "bytes_total": sum(sizes),
                },
                "pairs": [rounded(ratio) for ratio in ratios],
            },
        )


@contextmanager
def _signing(on: Scene) -> Iterator[tuple[int, HTTPConnection]]:
    """Start a second portal that signs its questions (RSA with SHA-256); give its process and a connection.

    Town and database are the same, and so is the session: one cookie opens both.
    """
    (port,) = free_ports(1)
    with on.house.log.with_name("signing.log").open("wb") as log:
        child = spawn(
            "signing",
            portal_server(port, grace=1),
            {**on.house.environment, "MAGDA_SIGNATURE": "sha256"},
            ROOT,
            log=log.fileno(),
        )
        try:
            until = time.monotonic() + PATIENCE
            while not answers_http(port):
                if time.monotonic() > until:
                    raise browser.UnexpectedAnswerError("the portal that signs did not start")
                time.sleep(0.05)
            with closing(HTTPConnection("localhost", port, timeout=20)) as connection:
                yield child.process.pid, connection
        finally:
            stop_all([child])


def _throughput(on: Scene) -> float:
    """Let several people look at once, each as soon as their last overview is complete; return overviews a second."""
    cookies = [on.sign_in() for _ in range(PEOPLE)]
    failed: list[Exception] = []

    def look(cookie: str) -> None:
        try:
            with (
                closing(on.connect()) as connection,
                psycopg.connect(on.house.urls.owner, autocommit=True) as owner,
            ):
                for _ in range(EACH):
                    # Other people's answers go too: they were written at the end of their overview.
                    owner.execute("truncate sources_answer")
                    browser.overview(connection, cookie, len(on.sources))
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=look, args=(cookie,)) for cookie in cookies]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return PEOPLE * EACH / (time.perf_counter() - started)
