"""Start the house with known sources, and look at overviews; shared by benchmarks of the overview."""

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
# Settings that raise the budgets of a citizen and of a network: in a benchmark one person does the work of many.
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
        """The id of the portal's one process."""
        return self.house.child("portal").process.pid

    def connect(self) -> HTTPConnection:
        """Make a connection to the portal, which opens with its first request."""
        return HTTPConnection(urlsplit(self.house.portal).netloc, timeout=20)

    def sign_in(self, person: str = bodies.PERSON) -> str:
        """Sign in as a person of the benchmarks; return the session cookie's value."""
        return browser.sign_in(self.house.portal, person)

    def forget(self) -> None:
        """Delete all kept answers, so that the next overview asks every source."""
        self.owner.execute("truncate sources_answer")

    def turn(self, source: bodies.Source, mode: str, latency_ms: int = 0) -> None:
        """Set the switch of a source in the town. mode: as "ok", "hang" or "503"."""
        turn(self.house, source.switch, mode, latency_ms)

    def drop_connections(self) -> None:
        """Have the town close all TLS connections."""
        ask_town(self.house, "PUT", "/tls", {"mode": "refused"})
        ask_town(self.house, "DELETE", "/tls")

    def state(self) -> dict[str, dict[str, Any]]:
        """Ask the town for the state of each source, by its switch: `asked`, `under_way` and more."""
        sources: dict[str, dict[str, Any]] = ask_town(self.house, "GET", "/state")["sources"]
        return sources

    def check_asked(self, cookie: str) -> None:
        """Raise UnexpectedAnswerError unless an overview asks each source once and nobody else."""
        before = self.state()
        self.forget()
        with closing(self.connect()) as connection:
            browser.overview(connection, cookie, len(self.sources))
        times = {name: state["asked"] - before[name]["asked"] for name, state in self.state().items()}
        if {name: n for name, n in times.items() if n} != {source.switch: 1 for source in self.sources}:
            raise browser.UnexpectedAnswerError(f"an overview asks {times}")


def turn(house: House, switch: str, mode: str, latency_ms: int = 0) -> None:
    """Set a switch in the town. mode: as "ok", "hang" or "503"."""
    ask_town(house, "PUT", f"/faults/{switch}", {"mode": mode, "latency_ms": latency_ms})


def ask_town(house: House, method: str, path: str, content: object = None) -> Any:
    """Send the town a request, with JSON if given; return the JSON that it answers."""
    with closing(HTTPConnection(urlsplit(house.town).netloc, timeout=10)) as connection:
        connection.request(method, path, None if content is None else json.dumps(content))
        response = connection.getresponse()
        text = response.read()
    if response.status not in (200, 201):
        raise browser.UnexpectedAnswerError(f"the town answers {method} {path} with status {response.status}")
    return json.loads(text)


@contextmanager
def gather(wanted: bodies.SourceMix = TWENTY) -> Iterator[Path]:
    """Make a folder with the wanted bodies, which lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="mbp-bench-") as path:
        folder = Path(path)
        bodies.gather(folder, wanted)
        yield folder


@contextmanager
def scene_from(
    folder: Path, settings: Mapping[str, str] | None = None, *, raised: Mapping[str, str] = RAISED
) -> Iterator[Scene]:
    """Start the house with the bodies of a folder only.

    settings: environment variables that win over all others. raised: budgets (RAISED), which are printed to stderr.
    """
    if raised:
        sys.stderr.write(f"raised: {' '.join(f'{name}={value}' for name, value in raised.items())}\n")
    only = {"AGENCIES_PATH": str(folder), "DJANGO_SETTINGS_MODULE": "benchmarks.settings", **raised}
    with (
        running_house({**only, **(settings or {})}) as house,
        closing(psycopg.connect(house.urls.owner, autocommit=True)) as owner,
    ):
        yield Scene(house, bodies.sources_of(folder), owner)


@contextmanager
def scene_of(
    wanted: bodies.SourceMix, settings: Mapping[str, str] | None = None, *, raised: Mapping[str, str] = RAISED
) -> Iterator[Scene]:
    """Start the house with the wanted bodies only."""
    with gather(wanted) as folder, scene_from(folder, settings, raised=raised) as scene:
        yield scene
