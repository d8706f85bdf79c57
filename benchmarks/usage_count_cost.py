"""How much of the processor it takes to count that a kept overview was opened.

Two portals show the same session's overview of twenty sources, all of it kept, in turn: one as it is, and one that
counts nothing (PAGES_UNCOUNTED). The first writes its counts each minute. Measured is the processor time of portal
and database, by the kernel's clock of each process; the value is the median of the ratios of the pairs.
"""

from contextlib import closing
from http.client import HTTPConnection

from deploy.local.processes import stop_all

from . import browser
from .bell_cost import PAIRS, PER_SAMPLE, WARM_UP, pair, question_count, second_portal
from .figures import Figure, median, quartiles, ratios, round_off
from .scene import TWENTY, scene_of

TARGET = 1.05
COUNTED = "select coalesce(sum(opened), 0) from tallies_page where route = 'themes:overview'"


def measure() -> Figure:
    """Measure alternating pairs."""
    with (
        scene_of(TWENTY) as scene,
        second_portal(scene, {"PAGES_UNCOUNTED": "1"}) as (pid, port),
        closing(scene.connect()) as line,
        closing(HTTPConnection("localhost", port, timeout=20)) as other,
    ):
        stop_all([scene.house.child("worker")])
        cookie = scene.sign_in()
        sides = ((line, scene.portal_pid), (other, pid))
        for connection, _ in sides:
            for _ in range(WARM_UP):
                browser.overview(connection, cookie, len(scene.sources))
        questions_before = question_count(scene)
        pairs = [pair(scene, sides, cookie, first=number % 2) for number in range(PAIRS)]
        if question_count(scene) != questions_before:
            raise browser.UnexpectedAnswerError("a kept overview asks sources")
        ((counted,),) = scene.house.rows(COUNTED)
    ours, without = [sum(each[0]) for each in pairs], [sum(each[1]) for each in pairs]
    values = ratios(ours, without)
    return Figure(
        "usage_count_cost",
        median(values),
        "ratio",
        TARGET,
        {
            "quartiles": quartiles(values),
            "of_sums": round_off(sum(ours) / sum(without)),
            "ms": [round_off(median(ours)), round_off(median(without))],
            "pairs": PAIRS,
            "overviews_a_sample": PER_SAMPLE,
            "written_meanwhile": int(counted),
        },
    )
