"""Types of an answer as a page shows it: its tile, and the parts of a tile."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.catalogue import Agency, DatasetEntry
from portal.platform.sources.gaps import MissingParts
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome

from ..descent.types import Family
from ..types import ListFilter, Order


class FactRow(msgspec.Struct, frozen=True):
    """A row in a list of facts. period: since or until when the fact holds, in words; dates: the facts that say so.

    label: replaces the fact's own label, where the row is a period and nothing else. anchor: the fact's key, on the
    first row of a page with that key.
    """

    fact: Fact
    period: str = ""
    dates: Sequence[Fact] = ()
    label: str = ""
    anchor: str = ""


class Fold(msgspec.Struct, frozen=True):
    """Facts in one fold: its heading, and a list of rows for each element. place: the path of what contains them all.

    parts: the name of each list that is one of several inside an item ("Boek: De avonden"), else "".
    """

    heading: str
    lists: Sequence[Sequence[FactRow]]
    place: str = ""
    parts: Sequence[str] = ()


class Ranking(msgspec.Struct, frozen=True):
    """The rows of a page in their order: those that people come for, the folds, and last those for offices."""

    essential: Sequence[FactRow] = ()
    folds: Sequence[Fold] = ()
    technical: Sequence[FactRow] = ()


class Item(msgspec.Struct, frozen=True):
    """An item of an answer: a household member, a diploma. href: of its own page, or "".

    is_reader: it is about the viewer. left_out: how many facts only its own page shows. place: the path of its
    element. ranked: its rows in their order, once the page is arranged.
    """

    title: str
    facts: Sequence[Fact]
    detail: Sequence[Fact]
    href: str = ""
    is_reader: bool = False
    left_out: int = 0
    place: str = ""
    ranked: Ranking | None = None


class Listing(msgspec.Struct, frozen=True):
    """A long list: how many items it has and shows, its filter, and the words of the orders to choose from."""

    total: int
    shown: int
    choice: ListFilter
    orders: Mapping[Order, str]


class Window(msgspec.Struct, frozen=True):
    """The part of a long answer on a page: from `first` (from 0) to before `end`, of `total`. many: their plural.

    before, after: the number of the part with which the previous and the next page begin.
    """

    first: int
    end: int
    total: int
    many: str
    before: int | None
    after: int | None


class FactGroup(msgspec.Struct, frozen=True):
    """Facts that belong together, with the heading the manifest gives them, if any. place: of their element."""

    heading: str
    facts: Sequence[Fact]
    place: str = ""


class Period(msgspec.Struct, frozen=True):
    """One period of a history: its title, its dates in words, and the other facts about it.

    parts: the facts in lists, in none of which a label comes twice (a second parent begins a new list). begin and end
    as the body gives them. called: the fact that the title is made of, if any. place: the path of its element.
    ranked: the rows of the parts in their order, once the page is arranged.
    """

    title: str
    words: str
    parts: Sequence[Sequence[Fact]]
    begin: IncompleteDate | None = None
    end: IncompleteDate | None = None
    called: Fact | None = None
    place: str = ""
    ranked: Ranking | None = None


class Chapter(msgspec.Struct, frozen=True):
    """All periods of one kind (addresses), the newest first. is_folded: none has an essential fact."""

    heading: str
    periods: Sequence[Period]
    is_folded: bool = False


class Tile(msgspec.Struct, frozen=True):
    """A dataset on a page: all that its template needs.

    name: of the outcome (`outcomes.name_of`). source, basis: the body and the legal basis, as they stand in a
    sentence. when_nothing, explanation: of the manifest (`TileKeys`). meanings: what facts mean for people, by their
    paths. is_kept_back: the answer has facts about a child, none of which a parent may see.
    """

    entry: DatasetEntry
    outcome: Outcome
    name: str
    source: str
    basis: str
    when_nothing: str = ""
    explanation: str = ""
    highlights: Sequence[Fact] = ()
    items: Sequence[Item] = ()
    listing: Listing | None = None
    blocks: Sequence[FactGroup] = ()
    ranked: Ranking | None = None
    chapters: Sequence[Chapter] = ()
    family: Family | None = None
    is_about_child: bool = False
    is_kept_back: bool = False
    notes: Sequence[str] = ()
    meanings: Mapping[str, str] = {}
    gaps: Sequence[MissingParts] = ()
    window: Window | None = None
    may_help_to_ask_again: bool = True


class AskedDataset(msgspec.Struct, frozen=True):
    """A dataset that a page asked for: when, and whether an answer came."""

    entry: DatasetEntry
    at: datetime | None
    has_answered: bool


class ConsultedBody(msgspec.Struct, frozen=True):
    """A body that a page asked, and for what."""

    agency: Agency
    asked: Sequence[AskedDataset]


class PageSummary(msgspec.Struct, frozen=True):
    """The closing line of a page: how many datasets it asked for, and how many came whole, in part or not at all.

    known: how many have facts about the citizen. partial, silent: titles. again: the names (AGENCY.DATASET) of those
    for which it may help to ask again. bodies: those that were asked, in the page's order.
    """

    asked: int
    whole: int
    known: int
    partial: Sequence[str]
    silent: Sequence[str]
    again: Sequence[str] = ()
    bodies: Sequence[ConsultedBody] = ()
