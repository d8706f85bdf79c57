"""What the SQL of migrations defines of a table beside its columns, keys and indexes; each model has it as `sql`."""

from collections.abc import Mapping
from typing import NamedTuple


class TableSql(NamedTuple):
    """A table's rules, as SQL. A house test lets the database parse them, and compares them with those of the real
    table.

    is_unlogged: the table reaches no write-ahead log, no replica and no physical back-up, and is empty after a crash.
    defaults: by column, what the database puts there when nothing is given. checks: what holds for every row.
    """

    is_unlogged: bool = False
    defaults: Mapping[str, str] = {}
    checks: tuple[str, ...] = ()
