"""How many notices a second the portal takes in one by one, against a bare application.

64 connections, each of which sends a notice as soon as its last one is answered; each notice is about a dossier of
its own, for one of 500 citizens of whom half have keys. The portal answers once the notice is sealed and committed.
The bare application (`bare_push`) checks no token and no rules; it seals as much, and writes the same batches with
the same function of the same database. Both are one process with the same HTTP server, and take turns. No worker
runs.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import uvloop

from deploy.local.house import House, free_ports, running_house
from deploy.local.processes import answers_http, stop_all

from . import processor
from .bodies import ROOT, adult_number
from .figures import Figure, median, p95, quartiles, ratios, round_off
from .notices import bundle, send_all, set_up, token
from .scene import RAISED
from .stage import until

RATE, P95 = 0.5, 2.0
CONNECTIONS, CITIZENS = 64, 500
ROUNDS, PER_ROUND, WARM_UP = 25, 2000, 1000


class RoundFigures(NamedTuple):
    """Of a round: notices a second, the 95th percentile of their delays, and the processor time of a notice."""

    rate: float
    p95_ms: float
    cpu_ms: float


def measure() -> tuple[Figure, Figure]:
    """Measure alternating pairs; give the ratio of the rates, and that of the delays."""
    people = [adult_number(serial) for serial in range(CITIZENS)]
    with running_house(RAISED) as house:
        stop_all([house.child("worker")])
        publics = set_up(house.environment, {"keys": people[: CITIZENS // 2]})
        publics[""] = publics[people[0]]
        with _bare(house, publics) as (address, bare_pid):
            sides = ((house.portal, house.child("portal").process.pid), (address, bare_pid))
            for number, (origin, pid) in enumerate(sides):
                _round(house, origin, pid, people, f"warm {number}", WARM_UP)
            pairs = [_pair(house, sides, people, number) for number in range(ROUNDS)]
    ours, bare = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    rates = ratios([each.rate for each in ours], [each.rate for each in bare])
    delays = ratios([each.p95_ms for each in ours], [each.p95_ms for each in bare])
    more: dict[str, object] = {
        "a_second": round_off(median([each.rate for each in ours])),
        "bare_a_second": round_off(median([each.rate for each in bare])),
        "p95_ms": round_off(median([each.p95_ms for each in ours])),
        "bare_p95_ms": round_off(median([each.p95_ms for each in bare])),
        "cpu_ms": round_off(median([each.cpu_ms for each in ours])),
        "bare_cpu_ms": round_off(median([each.cpu_ms for each in bare])),
        "notices": ROUNDS * PER_ROUND,
    }
    return (
        Figure(
            "push_single_per_s", median(rates), "ratio", RATE, {"quartiles": quartiles(rates), **more}, least=True
        ),
        Figure("push_single_p95_ratio", median(delays), "ratio", P95, {"quartiles": quartiles(delays), **more}),
    )


@contextmanager
def _bare(house: House, publics: dict[str, str]) -> Iterator[tuple[str, int]]:
    (port,) = free_ports(1)
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bare_push", str(port)], cwd=ROOT, stdin=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        child.stdin.write(json.dumps({"database": house.urls.portal, "publics": publics}) + "\n")
        child.stdin.flush()
        try:
            until(lambda: answers_http(port), "the bare application")
            yield f"http://127.0.0.1:{port}", child.pid
        finally:
            child.terminate()


def _pair(
    house: House, sides: tuple[tuple[str, int], tuple[str, int]], people: list[str], number: int
) -> tuple[RoundFigures, RoundFigures]:
    figures = {}
    for side in (0, 1) if number % 2 else (1, 0):
        figures[side] = _round(house, *sides[side], people, f"{number} {side}", PER_ROUND)
    return figures[0], figures[1]


def _round(house: House, origin: str, pid: int, people: list[str], name: str, count: int) -> RoundFigures:
    contents = [json.dumps(bundle(f"{name} {at}", people[at % len(people)])).encode() for at in range(count)]
    access_token = token(house.environment, house.portal)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        used = processor.cpu_s(pid)
        began = time.perf_counter()
        delays = runner.run(send_all(origin, access_token, contents, CONNECTIONS))
        seconds = time.perf_counter() - began
        used = processor.cpu_s(pid) - used
    return RoundFigures(count / seconds, p95(delays) * 1000, used / count * 1000)
