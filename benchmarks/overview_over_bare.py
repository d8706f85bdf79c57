"""Processor time of an overview of twenty sources, against a bare fetch of the same twenty answers.

Three scenes are measured in the same way: twenty MAGDA sources, ten MAGDA and ten JSON sources
(`overview_mixed_over_bare`), and the real bodies of the town as they are, which is reported as `own` with the first.
Before measuring, the town is asked whether an overview asks each source once.

Three processes ask the same model town for the same person and take turns: the portal, a portal that signs its
questions, and `benchmarks.bare`, which uses no code of ours. What town, browser and database use does not count,
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
from .scene import TWENTY, Scene, scene_from, scene_of
from .stage import until

OVER_BARE, SIGNED = 3.0, 1.25  # the targets: ratios of at most
PAIRS = 25
WARM_UP = 30
PER_SAMPLE = 20  # overviews: about a second of processor, a hundred clock ticks
# For the throughput of one process: people at the same time, and overviews of each.
PEOPLE, EACH = 4, 40


def measure() -> tuple[Figure, Figure]:
    """Measure twenty MAGDA sources: over a bare fetch, and signed over unsigned."""
    over, signed = _measure("overview_over_bare", TWENTY)
    return replace(over, more={**over.more, "own": _own()}), signed


def measure_mixed() -> Figure:
    """Measure ten MAGDA and ten JSON sources."""
    return _measure("overview_mixed_over_bare", SourceMix(magda=10, rest=10))[0]


def _own() -> dict[str, object]:
    """Measure the real bodies of the town as they are, in the same way."""
    portal, bare_ms = [], []
    with (
        tempfile.TemporaryDirectory(prefix="mbp-bench-") as path,
        _bodies_of_the_town(Path(path)) as scene,
        closing(scene.connect()) as connection,
        beside(scene, "bare", _setup_of(scene)) as bare,
    ):
        cookie = scene.sign_in()
        portal_cpu_ms(scene, scene.portal_pid, connection, cookie, WARM_UP)
        cpu_ms(bare, WARM_UP)
        scene.check_asked(cookie)
        for _ in range(PAIRS):
            portal.append(portal_cpu_ms(scene, scene.portal_pid, connection, cookie, PER_SAMPLE)[0])
            bare_ms.append(cpu_ms(bare, PER_SAMPLE))
        tiles = len(scene.sources)
    return {"tiles": tiles, "over_bare": round_off(median(ratios(portal, bare_ms))), **_over(portal, bare_ms)}


@contextmanager
def _bodies_of_the_town(folder: Path) -> Iterator[Scene]:
    gather_own(folder)
    with scene_from(folder) as scene:
        yield scene


def _over(portal: list[float], bare_ms: list[float]) -> dict[str, object]:
    """Give the quartiles of the ratios of pairs, and the medians of both."""
    return {
        "quartiles": quartiles(ratios(portal, bare_ms)),
        "overview_cpu_ms": round_off(median(portal)),
        "bare_cpu_ms": round_off(median(bare_ms)),
        "pairs": len(portal),
    }


def _measure(name: str, wanted: SourceMix) -> tuple[Figure, Figure]:
    """Measure alternating pairs, then the throughput."""
    with scene_of(wanted) as scene, closing(scene.connect()) as connection:
        cookie = scene.sign_in()
        with beside(scene, "bare", _setup_of(scene)) as bare, _signing(scene) as (signing_pid, signing_connection):
            portal_cpu_ms(scene, scene.portal_pid, connection, cookie, WARM_UP)
            portal_cpu_ms(scene, signing_pid, signing_connection, cookie, WARM_UP)
            cpu_ms(bare, WARM_UP)
            scene.check_asked(cookie)
            portal, database, bare_ms, signed, loops = [], [], [], [], []
            for _ in range(PAIRS):
                cpu, database_cpu = portal_cpu_ms(scene, scene.portal_pid, connection, cookie, PER_SAMPLE)
                portal.append(cpu)
                database.append(database_cpu)
                bare_ms.append(cpu_ms(bare, PER_SAMPLE))
                signed.append(portal_cpu_ms(scene, signing_pid, signing_connection, cookie, PER_SAMPLE)[0])
                loops.append(answer_s(bare, "loop") * 1000)
        more = {
            **_over(portal, bare_ms),
            "bare_over_loop": round_off(median(bare_ms) / median(loops)),
            "call_cpu_ms": round_off(median(portal) / len(scene.sources)),
            "database_cpu_ms": round_off(median(database)),
            "overviews_per_s": round_off(_throughput(scene)),
            "sources": dict(Counter(source.transport for source in scene.sources)),
            "answers_bytes": sum(source.answer.stat().st_size for source in scene.sources),
        }
        values = ratios(signed, portal)
        return (
            Figure(name, median(ratios(portal, bare_ms)), "ratio", OVER_BARE, more),
            Figure(
                "signed_over_unsigned",
                median(values),
                "ratio",
                SIGNED,
                {
                    "quartiles": quartiles(values),
                    "overview_cpu_ms_signed": round_off(median(signed)),
                    "pairs": len(values),
                },
            ),
        )


def _setup_of(scene: Scene) -> str:
    """Make the setup line of `benchmarks.bare`: the portal's own questions, and its certificate."""
    environment = dict(scene.house.environment)
    questions = subprocess.run(
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
            "questions": json.loads(questions.stdout),
        }
    )


@contextmanager
def _signing(scene: Scene) -> Iterator[tuple[int, HTTPConnection]]:
    """Start a second portal that signs its questions (RSA with SHA-256); give its process and a connection.

    Town and database are the same, and so is the session: one cookie opens both.
    """
    (port,) = free_ports(1)
    with scene.house.log.with_name("signing.log").open("wb") as log:
        child = spawn(
            "signing",
            portal_server(port, grace=1),
            {**scene.house.environment, "MAGDA_SIGNATURE": "sha256"},
            ROOT,
            log=log.fileno(),
        )
        try:
            until(lambda: answers_http(port), "the portal that signs", PATIENCE)
            with closing(HTTPConnection("localhost", port, timeout=20)) as connection:
                yield child.process.pid, connection
        finally:
            stop_all([child])


def _throughput(scene: Scene) -> float:
    """Let several people open overviews at once, one after another each; return the overviews per second of all."""
    cookies = [scene.sign_in() for _ in range(PEOPLE)]
    failed: list[Exception] = []

    def look(cookie: str) -> None:
        try:
            with (
                closing(scene.connect()) as connection,
                psycopg.connect(scene.house.urls.owner, autocommit=True) as owner,
            ):
                for _ in range(EACH):
                    # The answers of other people are removed too: they were written at the end of their overviews.
                    owner.execute("truncate sources_answer")
                    browser.overview(connection, cookie, len(scene.sources))
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
