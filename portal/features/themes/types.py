"""The nouns that the rooms of the themes share: the themes, and who looks at how much of what."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.sources.catalogue import DatasetEntry

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


class Order(StrEnum):
    """How a long list is put in order. The value stands in addresses."""

    SOURCE = "bron"
    NEWEST = "nieuwste"
    OLDEST = "oudste"
    TITLE = "titel"


@dataclass(frozen=True, slots=True)
class ListFilter:
    """What somebody wants to see of one long list: AGENCY.DATASET, words that must occur, an order."""

    dataset: str = ""
    text: str = ""
    order: Order = Order.SOURCE


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
    item_address: Callable[[DatasetEntry, bytes], str] | None = None
    choice: ListFilter = ListFilter()


@dataclass(frozen=True, slots=True)
class DatasetGroup:
    """Datasets under one heading: a theme on the overview, a body on the page of a theme."""

    id: str
    title: str
    href: str
    entries: Sequence[DatasetEntry]
