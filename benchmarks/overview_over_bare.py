"""Processor time of an overview of twenty sources, against a bare fetch of the same twenty answers.

Three scenes by one method: twenty MAGDA sources, ten MAGDA and ten JSON sources (`overview_mixed_over_bare`), and
the bodies that the town has by itself, whose tiles are those that people see: that is reported beside the twenty, as
`own`. Before measuring it is seen at the town that an overview asks each source once.

Three processes ask the same model town for the same person and take turns: the portal, a portal that signs its
questions, and `benchmarks.bare`, which knows nothing of ours. Whatever town, browser and database use does not count,
except in figures of their own.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from deploy.local.house import PATIENCE, free_ports
from deploy.local.processes import answers_http, portal_server, spawn, stop_all

from . import browser
from .beside import answer_s, beside, cpu_ms
from .bodies import PERSON, ROOT, SourceMix, gather_own
from .figures import Figure, median, quartiles, ratios, round_off
from .sampling import portal_cpu_ms
from .scene import TWENTY, Scene, scene, scene_of
from .stage import until

OVER_BARE, SIGNED = 3.0, 1.25  # at most
PAIRS = 25
WARM_UP = 30
PER_SAMPLE = 20  # overviews: about a second of processor, a hundred clock ticks
# For the throughput of one worker: people at the same time, and overviews each.
PEOPLE, EACH = 4, 40


def measure() -> tuple[Figure, Figure]:
    """Measure twenty MAGDA sources: over a bare fetch, and signed over unsigned."""
    over, signed = _measure("overview_over_bare", TWENTY)
    return replace(over, more={**over.more, "own": _own()}), signed


def measure_mixed() -> Figure:
    """Measure ten MAGDA and ten JSON sources."""
    return _measure("overview_mixed_over_bare", SourceMix(magda=10, rest=10))[0]


def _own() -> dict[str, object]:
    """Measure the bodies that the town has by itself, in the same way."""
    portal, below = [], []
    with (
        tempfile.TemporaryDirectory(prefix="mbp-bench-") as made,
        _bodies_of_the_town(Path(made)) as on,
        closing(on.connect()) as connection,
        beside(on, "bare", _task_of(on)) as bare,
    ):
        cookie = on.sign_in()
        portal_cpu_ms(on, on.portal_pid, connection, cookie, WARM_UP)
        cpu_ms(bare, WARM_UP)
        on.check_asked(cookie)
        for _ in range(PAIRS):
            portal.append(portal_cpu_ms(on, on.portal_pid, connection, cookie, PER_SAMPLE)[0])
            below.append(cpu_ms(bare, PER_SAMPLE))
        tiles = len(on.sources)
    return {"tiles": tiles, "over_bare": round_off(median(ratios(portal, below))), **_over(portal, below)}


@contextmanager
def _bodies_of_the_town(folder: Path) -> Iterator[Scene]:
    gather_own(folder)
    with scene(folder) as on:
        yield on


def _over(portal: list[float], below: list[float]) -> dict[str, object]:
    """Say how the ratios of pairs lie, and what both took."""
    return {
        "quartiles": quartiles(ratios(portal, below)),
        "overview_cpu_ms": round_off(median(portal)),
        "bare_cpu_ms": round_off(median(below)),
        "pairs": len(portal),
    }


def _measure(name: str, wanted: SourceMix) -> tuple[Figure, Figure]:
    """Measure alternating pairs, then the throughput."""
    with scene_of(wanted) as on, closing(on.connect()) as connection:
        cookie = on.sign_in()
        with beside(on, "bare", _task_of(on)) as bare, _signing(on) as (signing_pid, signing_connection):
            portal_cpu_ms(on, on.portal_pid, connection, cookie, WARM_UP)
            portal_cpu_ms(on, signing_pid, signing_connection, cookie, WARM_UP)
            cpu_ms(bare, WARM_UP)
            on.check_asked(cookie)
            portal, database, below, signed, loops = [], [], [], [], []
            for _ in range(PAIRS):
                cpu, database_cpu = portal_cpu_ms(on, on.portal_pid, connection, cookie, PER_SAMPLE)
                portal.append(cpu)
                database.append(database_cpu)
                below.append(cpu_ms(bare, PER_SAMPLE))
                signed.append(portal_cpu_ms(on, signing_pid, signing_connection, cookie, PER_SAMPLE)[0])
                loops.append(answer_s(bare, "loop") * 1000)
        more = {
            **_over(portal, below),
            "bare_over_loop": round_off(median(below) / median(loops)),
            "call_cpu_ms": round_off(median(portal) / len(on.sources)),
            "database_cpu_ms": round_off(median(database)),
            "overviews_per_s": round_off(_throughput(on)),
            "sources": dict(Counter(source.transport for source in on.sources)),
            "answers_bytes": sum(source.answer.stat().st_size for source in on.sources),
        }
        over = ratios(signed, portal)
        return (
            Figure(name, median(ratios(portal, below)), "ratio", OVER_BARE, more),
            Figure(
                "signed_over_unsigned",
                median(over),
                "ratio",
                SIGNED,
                {
                    "quartiles": quartiles(over),
                    "overview_cpu_ms_signed": round_off(median(signed)),
                    "pairs": len(over),
                },
            ),
        )


def _task_of(on: Scene) -> str:
    """Say to `benchmarks.bare` what to ask, and as whom: the questions are those of the portal."""
    environment = dict(on.house.environment)
    asked = subprocess.run(
        [sys.executable, "-m", "benchmarks.questions", PERSON],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.dumps(
        {
            "ca": environment["MAGDA_CA_FILE"],
            "certificate": environment["MAGDA_CLIENT_CERTIFICATE_FILE"],
            "key": environment["MAGDA_CLIENT_KEY_FILE"],
            "questions": json.loads(asked.stdout),
        }
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
            until(lambda: answers_http(port), "the portal that signs", PATIENCE)
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
                    # The answers of other people are removed too: they were written at the end of their overviews.
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
