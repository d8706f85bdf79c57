"""Find the desk that can correct the population register: that of the municipality where somebody lives."""

from typing import Literal, NamedTuple

from . import contacts, known
from .contacts import DeskContact
from .known import Region

# In a municipality, abroad, in none that the register names, or we could not ask.
Where = Literal["here", "abroad", "nowhere", "not_now"]


class Desk(NamedTuple):
    """The desk of somebody, as pages name it.

    town, code: the municipality and its NIS code, "" where it is not known. region: None without a NIS code.
    contact: None where the operator's file has no line about it. country, post: of somebody abroad, the country and
    the diplomatic post in the register's own words, or "".
    """

    where: Where
    town: str = ""
    contact: DeskContact | None = None
    region: Region | None = None
    country: str = ""
    post: str = ""
    code: str = ""

    @property
    def has_referral(self) -> bool:
        """Tell whether the Flemish information line (1700) can refer people on: it knows no desk outside Flanders."""
        return self.region is Region.FLANDERS

    @property
    def has_way(self) -> bool:
        """Tell whether the desk itself can be called or written to."""
        return self.contact is not None and bool(self.contact.phone or self.contact.mail)


NOT_NOW = Desk("not_now")
NOWHERE = Desk("nowhere")


def desk_of(code: str, name: str) -> Desk:
    """Find the desk of a municipality by its NIS code; where that is "", by its Dutch or French name.

    A name that is given stays as it is, also where we know no such municipality. NOWHERE where no name is given, and
    the code leads to none.
    """
    municipality = known.by_code().get(code) if code else known.find(name)
    code = municipality.code if municipality else code
    town = name or (municipality.name if municipality else "")
    region = known.region_of(code)
    if not town:
        return NOWHERE
    return Desk("here", town, contacts.installed().get(code), region, code=code)


def desk_abroad(country: str, post: str) -> Desk:
    """Give the desk of somebody who lives abroad. country, post: "" where it is not known."""
    return Desk("abroad", country=country, post=post)
