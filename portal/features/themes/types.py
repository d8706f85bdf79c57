"""The nouns of the overview: themes, and a tile as a page shows it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome

# Why bodies are asked, as the journal and its register say it.
LOOK = Purpose("look at own data", _("U bekijkt uw eigen gegevens."))
LOOK_AT_CHILD = Purpose("look at a child's data", _("Een ouder bekijkt de gegevens van een kind."))

# How much a page shows of a dataset: its lead, every item's lead, or everything.
Depth = Literal["lead", "theme", "all"]


class Theme(StrEnum):
    """The themes, in the order people see them. The value stands in URLs and manifests."""

    FAMILY = "gezin"
    WORK = "werk"
    EDUCATION = "onderwijs"
    BENEFITS = "voordelen"


TITLES = {
    Theme.FAMILY: _("U en uw gezin"),
    Theme.WORK: _("Werk"),
    Theme.EDUCATION: _("Onderwijs"),
    Theme.BENEFITS: _("Voordelen & belastingen"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One of several of the same: a household member, a diploma; href: of its own page, or "".

    is_reader: it is about the one who reads. left_out: facts that only its own page shows.
    """

    title: str
    facts: Sequence[Fact]
    detail: Sequence[Fact]
    href: str = ""
    is_reader: bool = False
    left_out: int = 0


class Order(StrEnum):
    """How a long list is put in order. The value stands in addresses."""

    SOURCE = "bron"
    NEWEST = "nieuwste"
    OLDEST = "oudste"
    TITLE = "titel"


@dataclass(frozen=True, slots=True)
class Choice:
    """What somebody wants to see of one long list: AGENCY.DATASET, words that must occur, an order."""

    dataset: str = ""
    text: str = ""
    order: Order = Order.SOURCE


@dataclass(frozen=True, slots=True)
class Listing:
    """How a long list is shown now: how many of how many, by which choice, and what orders there are, in words."""

    total: int
    shown: int
    choice: Choice
    orders: Mapping[Order, str]


@dataclass(frozen=True, slots=True)
class Window:
    """What of a long answer a page shows: from the first (from 0) up to `end`, of how many of what.

    before, after: the part with which the page before, or after, begins.
    """

    first: int
    end: int
    total: int
    many: str
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Block:
    """Facts that belong together, with the heading the manifest gives them, if any."""

    heading: str
    facts: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Period:
    """What was so for a time: what it is called, the time in words, and what else is said of it.

    parts: the facts, cut where the same is said of another (a second parent). begin and end as the body gives them.
    called, dated: the facts that the title and the words are made of, where there are any.
    """

    title: str
    words: str
    parts: Sequence[Sequence[Fact]]
    begin: IncompleteDate | None = None
    end: IncompleteDate | None = None
    called: Fact | None = None
    dated: Fact | None = None


@dataclass(frozen=True, slots=True)
class Chapter:
    """All periods of one kind (addresses), the newest first."""

    heading: str
    periods: Sequence[Period]


@dataclass(frozen=True, slots=True, repr=False)
class Relative:
    """A person in a tree of descent. birth_date as a fact has it; number "" when the body does not give it."""

    number: str
    name: str
    relation: str
    birth_date: str
    is_deceased: bool


@dataclass(frozen=True, slots=True, repr=False)
class Tree:
    """Who stands above and below a person. kinds: what the body says of the descent when it names no parents."""

    root: Relative
    parents: Sequence[Relative]
    children: Sequence[Relative]
    kinds: Sequence[str]
    unknown: str
    help: str


# Whether a parent may see a child's profile, and if not, why.
Verdict = Literal["allowed", "adult", "age_not_known", "not_confirmed"]


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text in a drawing, at its base line."""

    x: int
    y: int
    text: str
    is_name: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A person in a drawing; kind: person, deceased, you or gap."""

    x: int
    y: int
    width: int
    height: int
    kind: str
    words: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Line:
    """What joins two boxes."""

    x1: int
    y1: int
    x2: int
    y2: int
    is_weak: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A tree with its places, in units of the drawing."""

    width: int
    height: int
    boxes: Sequence[Box]
    lines: Sequence[Line]
    headings: Sequence[Words]


@dataclass(frozen=True, slots=True)
class Listed:
    """A relative as the list beside the drawing has them; href: of what is known of their profile, or "".

    may_be_seen: whether, as far as is known before asking, that profile can be opened.
    """

    name: str
    details: Sequence[str]
    href: str = ""
    may_be_seen: bool = False


@dataclass(frozen=True, slots=True)
class Family:
    """A tree, as drawn (None when there is nobody to draw) and as listed; left_out: people that are not listed."""

    tree: Tree
    drawing: Drawing | None
    parents: Sequence[Listed]
    children: Sequence[Listed]
    is_own: bool
    left_out: int = 0


@dataclass(frozen=True, slots=True, repr=False)
class Look:
    """Who looks: a citizen at their own data, or a parent at a child's; where a child's profile is; and the day.

    number: the national number of who looks, or "".
    address_of: a child's number -> an address; None where no profile is to be linked. item_address: a dataset and
    what one item of it is -> an address. choice: of the one list that is filtered.
    """

    is_about_child: bool = False
    number: str = ""
    address_of: Callable[[str], str] | None = None
    today: date | None = None
    item_address: Callable[[Entry, bytes], str] | None = None
    choice: Choice = Choice()


# What a reader hears of a part that is missing; several reasons are the same to them.
Why = Literal[
    "no_answer",
    "refused",
    "unusable",
    "silent",
    "late",
    "not_now",
    "off",
    "maintenance",
    "many",
    "long",
    "unread",
    "assurance",
]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of an answer for one cause: why, of whom, and until when if that is known."""

    why: Why
    names: Sequence[str]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Tile:
    """Everything a tile's template needs; `meanings` says, by its path, what a fact means for people.

    when_nothing and explanation are the manifest's words: what to do when there is nothing, what one must know.
    source and basis: the body and the legal basis, as they stand in a sentence of the page.
    """

    entry: Entry
    outcome: Outcome
    name: str
    source: str
    basis: str
    when_nothing: str = ""
    explanation: str = ""
    highlights: Sequence[Fact] = ()
    items: Sequence[Item] = ()
    listing: Listing | None = None
    blocks: Sequence[Block] = ()
    chapters: Sequence[Chapter] = ()
    family: Family | None = None
    is_about_child: bool = False
    notes: Sequence[str] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
    window: Window | None = None
    may_help_to_ask_again: bool = True


@dataclass(frozen=True, slots=True)
class Summary:
    """What the closing line tells: how many datasets, how many came whole, and which came in part or not at all."""

    asked: int
    whole: int
    partial: Sequence[str]
    silent: Sequence[str]


@dataclass(frozen=True, slots=True)
class Group:
    """A theme on the overview: its tiles under one heading."""

    id: str
    title: str
    href: str
    entries: Sequence[Entry]
