"""Keep the reports that bodies got, each under its idempotency key; on disk before they are confirmed."""

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

End = Literal["new", "again", "contradicts"]


class Report(msgspec.Struct, frozen=True):
    """Hold one report: how often it came, how often other content came under its key, how often its body spoke of it.

    `said` is what came of the last of those.
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
    """Hold all reports, in a file that outlives the town, or in memory."""

    def __init__(self, file: Path | None) -> None:
        self._rows = sqlite3.connect(file or ":memory:", isolation_level=None)
        # SQLite is closed with the town that holds it, in whichever way that ends.
        weakref.finalize(self, self._rows.close)
        self._rows.execute("pragma journal_mode = wal")
        self._rows.execute("pragma synchronous = full")
        self._rows.execute(_TABLE)

    def take(self, body: str, key: str, reference: str, content: bytes, now: str) -> End:
        """Take one in; the same key again has no effect but to be counted."""
        known = self._rows.execute(
            "select reference, content from reports where body = ? and key = ?", (body, key)
        ).fetchone()
        if known is None:
            self._rows.execute(
                "insert into reports (body, key, reference, content, received_at) values (?, ?, ?, ?, ?)",
                (body, key, reference, content, now),
            )
            return "new"
        is_same = known == (reference, content)
        column = "came" if is_same else "contradicted"
        self._rows.execute(f"update reports set {column} = {column} + 1 where body = ? and key = ?", (body, key))  # noqa: S608 - ours
        return "again" if is_same else "contradicts"

    def all(self) -> list[Report]:
        """List them, oldest first."""
        rows = self._rows.execute(f"select {_COLUMNS} from reports order by received_at, key")  # noqa: S608 - of constants
        return [
            Report(body, key, reference, msgspec.Raw(content), received_at, came, contradicted, numbered, said)
            for body, key, reference, content, received_at, came, contradicted, numbered, said in rows
        ]

    def find(self, body: str, key: str) -> Report | None:
        """Find one."""
        return next((report for report in self.all() if (report.body, report.key) == (body, key)), None)

    def next_number(self, body: str, key: str) -> int:
        """Count one more status of a body about a report, and give its number."""
        self._rows.execute("update reports set numbered = numbered + 1 where body = ? and key = ?", (body, key))
        (number,) = self._rows.execute(
            "select numbered from reports where body = ? and key = ?", (body, key)
        ).fetchone()
        return int(number)

    def note(self, body: str, key: str, said: str) -> None:
        """Remember how the portal answered the last status of a body."""
        self._rows.execute("update reports set said = ? where body = ? and key = ?", (said, body, key))

    def clear(self) -> None:
        """Throw all away."""
        self._rows.execute("delete from reports")
