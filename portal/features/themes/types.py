"""The nouns of the overview: themes, and a tile as a page shows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_noop as _

from portal.platform.sources.catalogue import Entry
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Outcome

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
    """One of several of the same: a household member, a diploma."""

    title: str
    facts: Sequence[Fact]
    detail: Sequence[Fact]


@dataclass(frozen=True, slots=True)
class Block:
    """Facts that belong together, with the heading the manifest gives them, if any."""

    heading: str
    facts: Sequence[Fact]


# What a reader hears of a part that is missing; several reasons are the same to them.
Why = Literal[
    "no_answer", "refused", "unusable", "silent", "late", "not_now", "off", "maintenance", "many", "assurance"
]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing of an answer for one cause: why, of whom, and until when if that is known."""

    why: Why
    names: Sequence[str]
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Tile:
    """Everything a tile's template needs; `meanings` says, by its path, what a fact means for people."""

    entry: Entry
    outcome: Outcome
    name: str
    highlights: Sequence[Fact] = ()
    items: Sequence[Item] = ()
    blocks: Sequence[Block] = ()
    notes: Sequence[str] = ()
    meanings: Mapping[str, str] = field(default_factory=dict)
    gaps: Sequence[Gap] = ()
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
