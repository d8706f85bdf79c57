"""Types that the rooms of the themes share: the themes, the viewer, and how much a page shows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext_noop as _

from portal.platform.journal.types import Purpose
from portal.platform.sources.catalogue import DatasetEntry

# Why bodies are asked, in the journal and its register.
LOOK = Purpose("look at own data", _("U bekijkt uw eigen gegevens."))
LOOK_AT_CHILD = Purpose("look at a child's data", _("Een ouder bekijkt de gegevens van een kind."))

# How much a page shows of a dataset: its lead (overview), the lead of every item (theme), or all (its own page).
Depth = Literal["lead", "theme", "all"]


class Theme(StrEnum):
    """The themes in the order of pages. The value stands in addresses and manifests."""

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
    """The filter of one long list. dataset: AGENCY.DATASET. text: words that must occur in an item."""

    dataset: str = ""
    text: str = ""
    order: Order = Order.SOURCE


@dataclass(frozen=True, slots=True, repr=False)
class Viewer:
    """For whom a page is made: a citizen who looks at their own data, or a parent at a child's.

    number: the national number of the viewer, or "". address_of: gives the address of a child's profile by the
    child's number; None where none is linked. today: in Belgium. item_address: gives the address of an item by its
    dataset and its identity (`lists.identities_of`). choice: the filter of a list.
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
