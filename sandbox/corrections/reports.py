"""Store the reports and requests that bodies received, each under its idempotency key.

They are on disk before their receipt is confirmed, so that a test can kill the town and look for what it lost.
"""

import sqlite3
import weakref
from pathlib import Path
from typing import Literal

import msgspec

_TABLE = """
create table if not exists reports (
    body text not null,
    key text not null,
    reference text not null,
    content blob not null,
    received_at text not null,
    came integer not null default 1,
    contradicted integer not null default 0,
    numbered integer not null default 0,
    said text not null default '',
    primary key (body, key)
)
"""
_COLUMNS = "body, key, reference, content, received_at, came, contradicted, numbered, said"

Novelty = Literal["new", "again", "contradicts"]


class Report(msgspec.Struct, frozen=True):
    """Hold one report or request that a body received.

    `came` counts how often it was sent, `contradicted` how often other content was sent under its key, `numbered` the
    statuses that the body sent about it; `said` is the last of those, and how the portal answered it.
    """

    body: str
    key: str
    reference: str
    content: msgspec.Raw
    received_at: str
    came: int
    contradicted: int
    numbered: int
    said: str


class Reports:
    """Hold all reports, in an SQLite file that outlives the town, or in memory."""

    def __init__(self, file: Path | None) -> None:
        self._database = sqlite3.connect(file or ":memory:", isolation_level=None)
        # The connection closes when the town is garbage-collected: nothing else ends every town of the tests.
        weakref.finalize(self, self._database.close)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = full")
        self._database.execute(_TABLE)

    def take(self, body: str, key: str, reference: str, content: bytes, now: str) -> Novelty:
        """Store one, unless its key is known: then count whether it is the same or contradicts what is stored.

        `body` is the body that received it, `reference` its kenmerk, `content` its JSON, `now` an ISO 8601 time.
        """
        known = self._database.execute(
            "select reference, content from reports where body = ? and key = ?", (body, key)
        ).fetchone()
        if known is None:
            self._database.execute(
                "insert into reports (body, key, reference, content, received_at) values (?, ?, ?, ?, ?)",
                (body, key, reference, content, now),
            )
            return "new"
        is_same = known == (reference, content)
        column = "came" if is_same else "contradicted"
        self._database.execute(f"update reports set {column} = {column} + 1 where body = ? and key = ?", (body, key))  # noqa: S608 - ours
        return "again" if is_same else "contradicts"

    def all(self) -> list[Report]:
        """List all, oldest first."""
        rows = self._database.execute(f"select {_COLUMNS} from reports order by received_at, key")  # noqa: S608 - of constants
        return [
            Report(body, key, reference, msgspec.Raw(content), received_at, came, contradicted, numbered, said)
            for body, key, reference, content, received_at, came, contradicted, numbered, said in rows
        ]

    def find(self, body: str, key: str) -> Report | None:
        """Find the report of a body under an idempotency key; None when there is none."""
        return next((report for report in self.all() if (report.body, report.key) == (body, key)), None)

    def next_number(self, body: str, key: str) -> int:
        """Give the number (volgnummer) of the next status of a body about a report, counting from 1."""
        self._database.execute("update reports set numbered = numbered + 1 where body = ? and key = ?", (body, key))
        (number,) = self._database.execute(
            "select numbered from reports where body = ? and key = ?", (body, key)
        ).fetchone()
        return int(number)

    def note(self, body: str, key: str, text: str) -> None:
        """Remember the last status of a body about a report, and how the portal answered it."""
        self._database.execute("update reports set said = ? where body = ? and key = ?", (text, body, key))

    def clear(self) -> None:
        """Throw all away."""
        self._database.execute("delete from reports")
