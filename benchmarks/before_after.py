"""Processor time of signing in and of a kept overview, against another checkout of this project.

    make bench B=kept_cpu_before_after BEFORE=path

BEFORE is the folder of the other checkout, in which nothing needs to be installed: both run on the packages of this
one, each with a town, a database and a portal of its own. They take turns, so that other load on the machine falls on
both; which goes first changes from pair to pair. Only the portal's process counts: for a sign-in both of its
requests, for an overview the whole page, when the session has kept every answer and no source is asked.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from . import browser, processor
from .bodies import PERSON
from .figures import Figure, LeftOutError, median, quartiles, ratios, round_off

NAMES = ("signin_cpu_before_after", "kept_cpu_before_after")
SIGN_IN, KEPT = 0.85, 0.75  # the targets of NAMES: this checkout divided by the other, at most
PAIRS = 25
WARM_UP = 30
PER_SAMPLE = 40  # sign-ins or overviews: about half a second of processor
SCRIPT = Path(__file__).with_name("house_of.py")
NEEDED = "deploy/local/house.py"


@dataclass(frozen=True)
class RunningHouse:
    """A running house of either checkout, by what `house_of` prints of it.

    portal, town: their URLs. pid: of the portal's process. owner: the URL of the database for the role that owns its
    tables. sources: how many an overview asks.
    """

    portal: str
    town: str
    pid: int
    owner: str
    sources: int

    def sign_in(self) -> str:
        """Sign in; return the session cookie's value."""
        return browser.sign_in(self.portal, PERSON)

    def end_sessions(self) -> None:
        """End all sessions, so that the next sign-in finds as few as the last one did."""
        with psycopg.connect(self.owner, autocommit=True) as owner:
            owner.execute("truncate access_session cascade")

    def question_count(self) -> int:
        """Count the questions that the town was asked so far."""
        with closing(HTTPConnection(urlsplit(self.town).netloc, timeout=10)) as connection:
            connection.request("GET", "/state")
            state: dict[str, Any] = json.loads(connection.getresponse().read())
        return sum(source["asked"] for source in state["sources"].values())

    def sign_in_ms(self, count: int) -> float:
        """End all sessions and sign in so many times; return the milliseconds of processor for each sign-in."""
        self.end_sessions()
        return self._cpu_ms(self.sign_in, count)

    def kept_ms(self, cookie: str, count: int) -> float:
        """Open an overview of kept answers so many times; return the milliseconds of processor for each.

        cookie: the value of the session's. Raise UnexpectedAnswerError for an overview that lacks an answer.
        """
        with closing(HTTPConnection(urlsplit(self.portal).netloc, timeout=20)) as connection:
            return self._cpu_ms(lambda: browser.overview(connection, cookie, self.sources), count)

    def _cpu_ms(self, work: Callable[[], object], count: int) -> float:
        before = processor.cpu_s(self.pid)
        for _ in range(count):
            work()
        return (processor.cpu_s(self.pid) - before) / count * 1000


def measure() -> tuple[Figure, Figure]:
    """Measure alternating pairs of both checkouts.

    Raise LeftOutError without another checkout, UnexpectedAnswerError where a house does not start or an overview is
    not what it should be.
    """
    before, after = _before(), Path(__file__).resolve().parents[1]
    with ExitStack() as held:
        houses = [held.enter_context(_run_house(checkout)) for checkout in (before, after)]
        for house in houses:
            house.sign_in_ms(WARM_UP)
        sign_ins = _pairs([partial(house.sign_in_ms, PER_SAMPLE) for house in houses])
        looks: list[Callable[[], float]] = []
        for house in houses:
            cookie = house.sign_in()
            # The first overview asks the sources, later ones find every answer kept.
            house.kept_ms(cookie, 1)
            questions_before = house.question_count()
            house.kept_ms(cookie, WARM_UP)
            if house.question_count() != questions_before:
                raise browser.UnexpectedAnswerError("a kept overview asks sources")
            looks.append(partial(house.kept_ms, cookie, PER_SAMPLE))
        return (
            _figure(NAMES[0], SIGN_IN, sign_ins),
            _figure(NAMES[1], KEPT, _pairs(looks)),
        )


def _before() -> Path:
    """Find the other checkout; raise LeftOutError where there is none."""
    path = os.environ.get("BEFORE", "")
    if not path:
        raise LeftOutError(f"{' and '.join(NAMES)} need another checkout to compare with: BEFORE=path")
    folder = Path(path).resolve()
    if not (folder / NEEDED).is_file():
        raise LeftOutError(f"BEFORE={path} is no checkout of this project: it has no {NEEDED}")
    return folder


@contextmanager
def _run_house(checkout: Path) -> Iterator[RunningHouse]:
    """Run the house of a checkout, in processes of its own, on the packages of this checkout."""
    with subprocess.Popen(
        [sys.executable, str(SCRIPT)], cwd=checkout, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdin
        assert child.stdout
        description = child.stdout.readline()
        if not description:
            raise browser.UnexpectedAnswerError(f"the house of {checkout} did not start; stderr says why")
        try:
            yield RunningHouse(**json.loads(description))
        finally:
            child.stdin.close()


def _pairs(samples: list[Callable[[], float]]) -> list[tuple[float, float]]:
    """Take PAIRS samples of both, as (before, after); which is taken first changes from pair to pair."""
    first, second = samples
    pairs = []
    for number in range(PAIRS):
        if number % 2:
            after = second()
            pairs.append((first(), after))
        else:
            pairs.append((first(), second()))
    return pairs


def _figure(name: str, target: float, pairs: list[tuple[float, float]]) -> Figure:
    before, after = [first for first, _ in pairs], [second for _, second in pairs]
    values = ratios(after, before)
    return Figure(
        name,
        median(values),
        "ratio",
        target,
        {
            "quartiles": quartiles(values),
            "before_cpu_ms": round_off(median(before)),
            "after_cpu_ms": round_off(median(after)),
            "pairs": len(pairs),
        },
    )
