"""How many events of the eBox a second the worker takes in, against a bare writer of the same rows.

The events are of 500 citizens who linked their eBox, each about a document of its own, so that a page of 200 events
opens up to 200 boxes. To take them in, the worker reads them from the town over mutual TLS, marks them, opens the
boxes, writes the journal, seals the notices and stores them with their mails. The bare writer (`bare_events`) only
writes as many rows, in pages of the same size.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from deploy.local.environment import for_worker
from deploy.local.house import running_house
from deploy.local.processes import stop_all

from .bodies import ROOT, adult_number
from .ebox_scene import add_events, link
from .figures import Figure, median, quartiles, ratios, round_off
from .scene import RAISED

RATIO = 0.35
CITIZENS, ROUNDS, PER_ROUND, PAGE = 500, 5, 2000, 200


def measure() -> Figure:
    """Measure alternating pairs; give the ratio of the rates."""
    people = [adult_number(serial) for serial in range(CITIZENS)]
    with running_house(RAISED) as house:
        stop_all([house.child("worker")])
        link(house.environment, people)
        values = for_worker(house.environment)
        bare_arguments = ("bare_events", str(PER_ROUND), str(CITIZENS), str(PAGE))
        with _start(values, "ebox_taking") as ours, _start(values, *bare_arguments) as floor:
            pairs = []
            # The first pair warms both up.
            for number in range(ROUNDS + 1):
                events = ((people[at % CITIZENS], f"BENCH/{number}/{at}") for at in range(PER_ROUND))
                add_events(int(house.town.rpartition(":")[2]), events)
                count, seconds = json.loads(_answer(ours))
                if count != PER_ROUND:
                    raise RuntimeError(f"{count} events of {PER_ROUND} were taken in")
                pairs.append((PER_ROUND / seconds, PER_ROUND / float(_answer(floor))))
    rates = ratios([own for own, _ in pairs[1:]], [bare for _, bare in pairs[1:]])
    more: dict[str, object] = {
        "a_second": round_off(median([own for own, _ in pairs[1:]])),
        "bare_a_second": round_off(median([bare for _, bare in pairs[1:]])),
        "quartiles": quartiles(rates),
    }
    return Figure("ebox_events_ratio", median(rates), "ratio", RATIO, more, least=True)


def _answer(process: "subprocess.Popen[str]") -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return process.stdout.readline()


@contextmanager
def _start(values: Mapping[str, str], *arguments: str) -> Iterator["subprocess.Popen[str]"]:
    line = [sys.executable, "-m", f"benchmarks.{arguments[0]}", *arguments[1:]]
    with subprocess.Popen(
        line, env=values, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
