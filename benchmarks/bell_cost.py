"""How much of the processor the bell adds to a kept overview.

Two portals show the same session's overview of twenty sources, all of it kept, in turn: one as it is, and one that
has no notifications (FEATURES), so that it counts nothing and shows no bell. The citizen has 120 unread things, more
than the bell counts. What portal and database use counts, by the kernel's clock of each process; the value is
the median of the ratios of the pairs.
"""

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from http.client import HTTPConnection

from deploy.local.house import PATIENCE, ROOT, free_ports
from deploy.local.processes import answers_http, portal_server, spawn, stop_all

from . import browser, processor
from .figures import Figure, median, quartiles, ratios, round_off
from .scene import TWENTY, Scene, scene_of
from .stage import until

TARGET = 1.05
PAIRS, PER_SAMPLE, WARM_UP = 200, 10, 40
UNREAD = 120
BELL = b'<a class="bell'
# Threads of the citizen who is signed in. They are counted and not opened, so they hold no notices.
FILL = """
insert into notifications_thread (
    citizen_id, thread, body, arrivals, newest_at, newest_number, loud_at, loud_number
) select citizen_id, gen_random_uuid(), 'ahovoks', 1, now(), 1, now(), 1
from access_session, generate_series(1, {count})
"""
FEATURE = "portal.features.notifications"


def measure() -> Figure:
    """Measure alternating pairs."""
    with (
        scene_of(TWENTY) as scene,
        second_portal(scene, _without_feature()) as (pid, port),
        closing(scene.connect()) as line,
    ):
        stop_all([scene.house.child("worker")])
        cookie = scene.sign_in()
        with (
            closing(scene.house.cluster.superuser(scene.house.database)) as past_walls,
            closing(HTTPConnection("localhost", port, timeout=20)) as other,
        ):
            past_walls.execute(FILL.format(count=UNREAD).encode())
            sides = ((line, scene.portal_pid), (other, pid))
            _check(line, cookie, has_bell=True)
            _check(other, cookie, has_bell=False)
            for connection, _ in sides:
                for _ in range(WARM_UP):
                    browser.overview(connection, cookie, len(scene.sources))
            questions_before = question_count(scene)
            pairs = [pair(scene, sides, cookie, first=number % 2) for number in range(PAIRS)]
            if question_count(scene) != questions_before:
                raise browser.UnexpectedAnswerError("a kept overview asks sources")
    ours, without = [each[0] for each in pairs], [each[1] for each in pairs]
    values = ratios([sum(each) for each in ours], [sum(each) for each in without])
    return Figure(
        "bell_cost",
        median(values),
        "ratio",
        TARGET,
        {
            "quartiles": quartiles(values),
            "of_sums": round_off(sum(sum(each) for each in ours) / sum(sum(each) for each in without)),
            "portal_ms": [round_off(median([each[0] for each in side])) for side in (ours, without)],
            "database_ms": [round_off(median([each[1] for each in side])) for side in (ours, without)],
            "pairs": PAIRS,
            "overviews_a_sample": PER_SAMPLE,
        },
    )


def _without_feature() -> dict[str, str]:
    """Give the environment of a portal without notifications."""
    from portal.config import features

    return {"FEATURES": ",".join(package for package in features.EVERY if package != FEATURE)}


@contextmanager
def second_portal(scene: Scene, settings: Mapping[str, str]) -> Iterator[tuple[int, int]]:
    """Start a second portal with other settings and the same town, databases and sessions; give its pid and port."""
    (port,) = free_ports(1)
    values = {**scene.house.environment, **settings}
    with scene.house.log.with_name("without.log").open("wb") as log:
        child = spawn("without", portal_server(port, grace=1), values, ROOT, log=log.fileno())
        try:
            until(lambda: answers_http(port), "the second portal", PATIENCE)
            yield child.process.pid, port
        finally:
            stop_all([child])


def _check(connection: HTTPConnection, cookie: str, *, has_bell: bool) -> None:
    """Raise UnexpectedAnswerError where there is a bell and should be none, or the reverse."""
    connection.request("GET", browser.OVERVIEW, headers={"Cookie": f"{browser.SESSION}={cookie}"})
    page = connection.getresponse().read()
    if (BELL in page) != has_bell or (has_bell and b"rings" not in page):
        raise browser.UnexpectedAnswerError(f"the bell: {BELL in page}")


def question_count(scene: Scene) -> int:
    """Count the questions that the town was asked so far."""
    return sum(state["asked"] for state in scene.state().values())


def pair(
    scene: Scene, sides: tuple[tuple[HTTPConnection, int], tuple[HTTPConnection, int]], cookie: str, *, first: int
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Measure both sides in turn, side `first` (0 or 1) first; return what `_cpu_ms` gives of each."""
    used = {side: _cpu_ms(scene, *sides[side], cookie) for side in (first, 1 - first)}
    return used[0], used[1]


def _cpu_ms(scene: Scene, connection: HTTPConnection, pid: int, cookie: str) -> tuple[float, float]:
    """Open PER_SAMPLE overviews; return the milliseconds of processor for each: (portal, database)."""
    connection.close()  # The portal closed the idle connection during the other's turn; HTTPConnection reopens it.
    before, database = processor.cpu_s(pid), processor.backends_cpu_s(scene.owner)
    for _ in range(PER_SAMPLE):
        browser.overview(connection, cookie, len(scene.sources))
    used = processor.cpu_s(pid) - before
    return used / PER_SAMPLE * 1000, (processor.backends_cpu_s(scene.owner) - database) / PER_SAMPLE * 1000
