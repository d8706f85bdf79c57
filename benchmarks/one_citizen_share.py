"""How much one citizen, who does the worst that budgets allow, slows down another.

The other opens their overview again and again, every source asked anew: first alone, then while the first does all
that `worst_citizen` knows in several sessions, then alone again. Both come from the same address, as customers of one
carrier do.
The value is the median under attack over the median of both quiet times. No budget is raised. On a busy machine all
times are long and the ratio is unreliable: `portal_cpu_share` then says what the attack costs, in seconds of the
portal's processor time per second.
"""

import json
import subprocess
import sys
import time
from contextlib import closing
from http.client import HTTPConnection

from . import browser, processor
from .browser import UnexpectedAnswerError
from .figures import Figure, median, p95, round_off
from .scene import TWENTY, Scene, scene_of

OTHER = "79721833131"  # of whom the real bodies in the scene have answers
SESSIONS = 5
WARM_UP, IDLE, BUSY = 10, 30, 60
ATTACK_S = 30.0
SETTLE_S = 3.0  # for the attack to reach its full strength, and to fade
REST_S = 0.1  # between two overviews


def measure() -> Figure:
    """Measure three times: quiet, under attack, quiet."""
    with scene_of(TWENTY, raised={}) as scene:
        other = browser.sign_in(scene.house.portal, OTHER)
        worst = [scene.sign_in() for _ in range(SESSIONS)]
        _samples(scene, other, WARM_UP)
        quiet = _samples(scene, other, IDLE)
        command = [sys.executable, "-m", "benchmarks.worst_citizen", str(ATTACK_S), scene.house.portal, *worst]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as attack:
            time.sleep(SETTLE_S)
            began, used = time.monotonic(), processor.cpu_s(scene.portal_pid)
            busy = _samples(scene, other, BUSY, until=time.monotonic() + ATTACK_S - SETTLE_S - 2)
            share = (processor.cpu_s(scene.portal_pid) - used) / (time.monotonic() - began)
            printed, _ = attack.communicate(timeout=ATTACK_S + 60)
        if attack.returncode:
            raise UnexpectedAnswerError("the attack broke off")
        time.sleep(SETTLE_S)
        quiet += _samples(scene, other, IDLE)
    return Figure(
        "one_citizen_share",
        median(busy) / median(quiet),
        "ratio",
        2.0,
        {
            "quiet_ms": round_off(median(quiet)),
            "attacked_ms": round_off(median(busy)),
            "attacked_p95_ms": round_off(p95(busy)),
            "portal_cpu_share": round_off(share),
            "samples": [len(quiet), len(busy)],
            "attack": json.loads(printed),
        },
    )


def _samples(scene: Scene, cookie: str, count: int, until: float | None = None) -> list[float]:
    """Open so many overviews, or fewer until a moment; return the milliseconds of each, from request to last byte."""
    samples: list[float] = []
    with (
        closing(scene.connect()) as connection,
        closing(scene.house.cluster.superuser(scene.house.database)) as past_walls,
    ):
        while len(samples) < count and (until is None or time.monotonic() < until):
            # Row by row: emptying the table would wait for the attacker, and make all others wait.
            past_walls.execute("delete from sources_answer")
            samples.append(_overview_ms(scene, connection, cookie))
            time.sleep(REST_S)
    return samples


def _overview_ms(scene: Scene, connection: HTTPConnection, cookie: str) -> float:
    started = time.perf_counter()
    connection.request("GET", browser.OVERVIEW, headers={"Cookie": f"{browser.SESSION}={cookie}"})
    response = connection.getresponse()
    page = response.read()
    took = time.perf_counter() - started
    if response.status != 200 or page.count(b"data-outcome=") != len(scene.sources):
        raise UnexpectedAnswerError(f"overview: status {response.status}, {page.count(b'data-outcome=')} tiles")
    return took * 1000
