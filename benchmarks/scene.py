"""The house with known sources behind it, and somebody who looks at their overview."""

import json
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg

from deploy.local.house import House, running_house

from . import bodies, browser

TWENTY = bodies.SourceMix()
RAISED = dict.fromkeys(
    (
        "CONNECTIONS_PER_NETWORK",
        "HALF_SENT_PER_NETWORK",
        "PAGES_BURST",
        "PAGES_PER_CITIZEN",
        "PAGES_PER_CITIZEN_SECOND",
        "RETURNS_PER_NETWORK",
        "SESSIONS_PER_CITIZEN",
        "VISITORS_BURST",
        "VISITORS_PER_NETWORK_SECOND",
    ),
    "100000",
)


@dataclass(frozen=True)
class Scene:
    """A running house, its sources, and a connection to the database as its owner."""

    house: House
    sources: list[bodies.Source]
    owner: psycopg.Connection

    @property
    def portal_pid(self) -> int:
        """The portal's one process."""
        return self.house.child("portal").process.pid

    def connect(self) -> HTTPConnection:
        """Make a connection to the portal; it opens by itself."""
        return HTTPConnection(urlsplit(self.house.portal).netloc, timeout=20)

    def sign_in(self, person: str = bodies.PERSON) -> str:
        """Sign in as a person of the benchmarks; return the session cookie's value."""
        return browser.sign_in(self.house.portal, person)

    def forget(self) -> None:
        """Remove all kept answers, so that the next overview asks every source."""
        self.owner.execute("truncate sources_answer")

    def turn(self, source: bodies.Source, mode: str, latency_ms: int = 0) -> None:
        """Turn the switch of a source in the town."""
        turn(self.house, source.switch, mode, latency_ms)

    def drop_connections(self) -> None:
        """Let the town end all connections over TLS."""
        ask_town(self.house, "PUT", "/tls", {"mode": "refused"})
        ask_town(self.house, "DELETE", "/tls")

    def state(self) -> dict[str, dict[str, Any]]:
        """Ask the town how each source is doing: `asked`, `under_way` and more."""
        sources: dict[str, dict[str, Any]] = ask_town(self.house, "GET", "/state")["sources"]
        return sources

    def check_asked(self, cookie: str) -> None:
        """Raise UnexpectedAnswerError unless an overview asks each source once and nobody else."""
        before = self.state()
        self.forget()
        with closing(self.connect()) as connection:
            browser.overview(connection, cookie, len(self.sources))
        times = {name: it["asked"] - before[name]["asked"] for name, it in self.state().items()}
        if {name: n for name, n in times.items() if n} != {source.switch: 1 for source in self.sources}:
            raise browser.UnexpectedAnswerError(f"an overview asks {times}")


def turn(house: House, switch: str, mode: str, latency_ms: int = 0) -> None:
    """Turn a switch in the town."""
    ask_town(house, "PUT", f"/faults/{switch}", {"mode": mode, "latency_ms": latency_ms})


def ask_town(house: House, method: str, path: str, said: object = None) -> Any:
    """Ask the town something, or tell it; returns what it answers."""
    with closing(HTTPConnection(urlsplit(house.town).netloc, timeout=10)) as connection:
        connection.request(method, path, None if said is None else json.dumps(said))
        response = connection.getresponse()
        text = response.read()
    if response.status not in (200, 201):
        raise browser.UnexpectedAnswerError(f"the town answers {method} {path} with status {response.status}")
    return json.loads(text)


@contextmanager
def gather(wanted: bodies.SourceMix = TWENTY) -> Iterator[Path]:
    """Put the wanted bodies into a folder that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="mbp-bench-") as made:
        folder = Path(made)
        bodies.gather(folder, wanted)
        yield folder


@contextmanager
def scene(
    folder: Path, given: Mapping[str, str] | None = None, *, raised: Mapping[str, str] = RAISED
) -> Iterator[Scene]:
    """Start the house with the bodies of `folder` only; `given` wins over its environment.

    raised: the budgets of a citizen and a network, which are printed, as one person here does the work of many.
    """
    if raised:
        sys.stderr.write(f"raised: {' '.join(f'{name}={value}' for name, value in raised.items())}\n")
    only = {"AGENCIES_PATH": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.settings", **raised}
    with (
        running_house({**only, **(given or {})}) as house,
        closing(psycopg.connect(house.urls.owner, autocommit=True)) as owner,
    ):
        yield Scene(house, bodies.sources_of(folder), owner)


@contextmanager
def scene_of(
    wanted: bodies.SourceMix, given: Mapping[str, str] | None = None, *, raised: Mapping[str, str] = RAISED
) -> Iterator[Scene]:
    """Start the house with the wanted bodies only."""
    with gather(wanted) as folder, scene(folder, given, raised=raised) as on:
        yield on
