"""The house with twenty sources behind it, and somebody who looks at their overview."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from deploy.local.house import House, running

from . import bodies, browser


@dataclass(frozen=True)
class Scene:
    """A running house, its sources, and a connection to the database as its owner."""

    house: House
    sources: list[bodies.Source]
    owner: psycopg.Connection

    @property
    def portal_pid(self) -> int:
        """The portal's one process."""
        return next(child.process.pid for child in self.house.children if child.name == "portal")

    def sign_in(self) -> str:
        """Sign in as the person of the benchmarks; return the session cookie's value."""
        return browser.sign_in(self.house.portal, bodies.PERSON)

    def forget(self) -> None:
        """Remove all kept answers, so that the next overview asks every source."""
        self.owner.execute("delete from sources_answer")


@contextmanager
def invented() -> Iterator[Path]:
    """Write the invented bodies into a folder that lasts as long as the block."""
    with tempfile.TemporaryDirectory(prefix="mbp-bench-") as made:
        folder = Path(made)
        bodies.invent(folder)
        yield folder


@contextmanager
def scene(folder: Path, given: Mapping[str, str] | None = None) -> Iterator[Scene]:
    """Start the house with the real bodies and those of `folder`; `given` wins over its environment."""
    sources = bodies.sources_of([bodies.REAL, folder])
    with (
        running({"AGENCIES_PATH": str(folder), **(given or {})}) as house,
        closing(psycopg.connect(house.urls.owner, autocommit=True)) as owner,
    ):
        yield Scene(house, sources, owner)
