"""How much one citizen, who does the worst that budgets allow, slows down another.

The other looks at their overview, every source asked anew, one at a time: alone, while the first does all that
`worst_citizen` knows in several sessions, and alone again. Both come from the same address, as behind a carrier's.
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
SETTLE_S = 3.0  # for the attack to be in full swing
REST_S = 0.1


def measure() -> Figure:
    """Measure quiet, attacked, quiet."""
    with scene_of(TWENTY, raised={}) as on:
        other = browser.sign_in(on.house.portal, OTHER)
        worst = [on.sign_in() for _ in range(SESSIONS)]
        _samples(on, other, WARM_UP)
        quiet = _samples(on, other, IDLE)
        command = [sys.executable, "-m", "benchmarks.worst_citizen", str(ATTACK_S), on.house.portal, *worst]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as attack:
            time.sleep(SETTLE_S)
            began, used = time.monotonic(), processor.cpu_s(on.portal_pid)
            busy = _samples(on, other, BUSY, until=time.monotonic() + ATTACK_S - SETTLE_S - 2)
            share = (processor.cpu_s(on.portal_pid) - used) / (time.monotonic() - began)
            said, _ = attack.communicate(timeout=ATTACK_S + 60)
        if attack.returncode:
            raise UnexpectedAnswerError("the attack broke off")
        time.sleep(SETTLE_S)
        quiet += _samples(on, other, IDLE)
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
            "attack": json.loads(said),
        },
    )


def _samples(on: Scene, cookie: str, count: int, until: float | None = None) -> list[float]:
    """Look so many times, or until then; returns milliseconds from question to end."""
    taken: list[float] = []
    with (
        closing(on.connect()) as connection,
        closing(on.house.cluster.superuser(on.house.database)) as past_walls,
    ):
        while len(taken) < count and (until is None or time.monotonic() < until):
            # Row by row: emptying the table would wait for the attacker, and make all others wait.
            past_walls.execute("delete from sources_answer")
            taken.append(_overview_ms(on, connection, cookie))
            time.sleep(REST_S)
    return taken


def _overview_ms(on: Scene, connection: HTTPConnection, cookie: str) -> float:
    started = time.perf_counter()
    connection.request("GET", browser.OVERVIEW, headers={"Cookie": f"{browser.SESSION}={cookie}"})
    response = connection.getresponse()
    page = response.read()
    took = time.perf_counter() - started
    if response.status != 200 or page.count(b"data-outcome=") != len(on.sources):
        raise UnexpectedAnswerError(f"overview: status {response.status}, {page.count(b'data-outcome=')} tiles")
    return took * 1000
