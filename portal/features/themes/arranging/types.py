"""The nouns of an answer as a page shows it: its tile, and what that is made of."""

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
    """A line in a list of facts. period: since or until when it is so, in words, which `dates` say.

    label: what stands for the fact's own, where the line says a period and nothing else. anchor: its key, in the
    first line of a page with that key.
    """

    fact: Fact
    period: str = ""
    dates: Sequence[Fact] = ()
    label: str = ""
    anchor: str = ""


class Fold(msgspec.Struct, frozen=True):
    """Facts in one fold: its heading, and the rows of each element. place: the element that contains them all.

    parts: what each list is of, where that is one of several inside an item ("Boek: De avonden"); else "".
    """

    heading: str
    lists: Sequence[Sequence[FactRow]]
    place: str = ""
    parts: Sequence[str] = ()


class Ranking(msgspec.Struct, frozen=True):
    """The rows of a page in order of use: those that people come for, the folds, and last those for offices."""

    essential: Sequence[FactRow] = ()
    folds: Sequence[Fold] = ()
    technical: Sequence[FactRow] = ()


class Item(msgspec.Struct, frozen=True):
    """One of several of the same: a household member, a diploma; href: of its own page, or "".

    is_reader: it is about the one who reads. left_out: facts that only its own page shows. place: the element of the
    answer that it is. ranked: what of it stands first, once a page is arranged.
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
    """A long list: how many items it has and shows, the choice that was made, and the orders on offer, in words."""

    total: int
    shown: int
    choice: ListFilter
    orders: Mapping[Order, str]


class Window(msgspec.Struct, frozen=True):
    """The part of a long answer on a page: `first` (from 0) up to `end`, of `total`; many: what is counted, in words.

    before, after: the part with which the page before, or after, begins.
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

    parts: the facts, cut where the same is said of another (a second parent). begin and end as the body gives them.
    called, dated: the facts that the title and the words are made of, where there are any. place: of its element.
    ranked: what of the parts stands first, once a page is arranged.
    """

    title: str
    words: str
    parts: Sequence[Sequence[Fact]]
    begin: IncompleteDate | None = None
    end: IncompleteDate | None = None
    called: Fact | None = None
    dated: Fact | None = None
    place: str = ""
    ranked: Ranking | None = None


class Chapter(msgspec.Struct, frozen=True):
    """All periods of one kind (addresses), the newest first. is_folded: none of them says what people come for."""

    heading: str
    periods: Sequence[Period]
    is_folded: bool = False


class Tile(msgspec.Struct, frozen=True):
    """Everything a tile's template needs; `meanings` says, by its path, what a fact means for people.

    when_nothing and explanation are the manifest's words: what to do when there is nothing, what one must know.
    source and basis: the body and the legal basis, as they stand in a sentence of the page.
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
    """What the closing line tells: how many datasets, how many came whole, and which came in part or not at all.

    known: how many say something about the citizen. again: the names (AGENCY.DATASET) of those for which asking once
    more may help. bodies: who was asked, in the page's order.
    """

    asked: int
    whole: int
    known: int
    partial: Sequence[str]
    silent: Sequence[str]
    again: Sequence[str] = ()
    bodies: Sequence[ConsultedBody] = ()
