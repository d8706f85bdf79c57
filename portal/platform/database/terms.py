"""What each table holds, and until when: `[terms]` of the `rights.toml` in each room, read in this one place.

Each table has an entry `[terms.TABLE]` with

of      whose it is: "citizen", "visitor" (somebody who need not be signed in) or "nobody"
holds   what stands in it, as a citizen would say it
term    until when, in whole sentences
ends    SQL expression on a row: the moment at which its term is over, null while that is not known
stays   SQL expression on a row of a table without such a moment: whether the row is still needed
swept   how often rows past their term are deleted, as an SQL interval

and has `holds` and `term` in other languages, each in a table of its own (`en`). `ends` and `stays` are evaluated in
the role `worker`, which must see the columns that they name. A row of a table with neither is kept until its citizen,
or whoever runs the portal, removes it.
"""

import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import msgspec

from portal.platform.feature import installed
from portal.platform.kit.errors import PortalError
from portal.platform.language import translations
from portal.platform.language.current import current
from portal.platform.language.offer import DUTCH
from portal.platform.language.translations import WrongTranslation

from . import pool

PLATFORM = Path(__file__).resolve().parents[1]
FILE = "rights.toml"

Text = Annotated[translations.Text, msgspec.Meta(min_length=3)]


class TermsRefused(PortalError):
    """The terms that a room wrote for its tables cannot be used."""

    code = "terms"


class RetentionTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one table holds, and until when; the module's docstring explains each field."""

    of: Literal["citizen", "visitor", "nobody"]
    holds: Text
    term: Text
    ends: str = ""
    stays: str = ""
    swept: str = ""


class TableTerm(NamedTuple):
    """A table and its term. room: the folder of the room that made it, by its name."""

    table: str
    room: str
    term: RetentionTerm


class OverdueCounts(NamedTuple):
    """How many rows of a table are past their term.

    now: those that the last sweep but one should have deleted. then: those past their term at another moment.
    """

    now: int
    then: int


def terms() -> Sequence[TableTerm]:
    """List every table with its term, in the language that holds, by room and then as the rooms wrote them.

    Tables of features that this installation switched off are among them: their rows are still there. Raise
    TermsRefused.
    """
    return _terms(current())


async def count_overdue(owner: TableTerm, then: datetime) -> OverdueCounts:
    """Count the rows of a table that are past their term, for the worker. then: the other moment (UTC).

    The clock is the database's.
    """
    term, table = owner.term, owner.table
    # Tables with such terms are in the main database (tests/house asserts it).
    if term.ends:
        late = f"count(*) filter (where ({term.ends}) < now() - 2 * interval '{term.swept}')"
        statement = f"select {late}, count(*) filter (where ({term.ends}) < %(then)s) from {table}"  # noqa: S608 - of our own files
    elif term.stays:
        statement = f"select count(*), count(*) from {table} where not ({term.stays})"  # noqa: S608 - of our own files
    else:
        return OverdueCounts(0, 0)
    async with pool.long_transaction() as conn:
        (counts,) = await (await conn.execute(statement.encode(), {"then": then})).fetchall()
    return OverdueCounts(*counts)


def read(file: Path, language: str = DUTCH) -> Mapping[str, RetentionTerm]:
    """Read the terms that one room wrote, by table, in a language; raise TermsRefused."""
    written = tomllib.loads(file.read_text("utf-8")).get("terms", {})
    try:
        return {table: _read(entry, language) for table, entry in written.items()}
    except (msgspec.ValidationError, WrongTranslation, ValueError) as error:
        raise TermsRefused(f"{file}: {error}") from error


def files() -> Mapping[str, Path]:
    """Find the `rights.toml` of each room of the platform and of each feature, by the room's name."""
    rooms = [folder for folder in sorted(PLATFORM.iterdir()) if folder.is_dir()]
    rooms += [installed.folder_of(feature) for feature in installed.every_feature()]
    return {room.name: room / FILE for room in rooms if (room / FILE).exists()}


@cache
def _terms(language: str) -> Sequence[TableTerm]:
    return tuple(
        TableTerm(table, room, term) for room, file in files().items() for table, term in read(file, language).items()
    )


def _read(written: Mapping[str, object], language: str) -> RetentionTerm:
    term = translations.read(written, RetentionTerm, language)
    if bool(term.ends) != bool(term.swept) or (term.ends and term.stays):
        raise ValueError(f"`{term.holds}`: write `ends` with `swept`, or `stays`, or none of them")
    return term
