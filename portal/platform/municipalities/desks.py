"""Whom somebody turns to when what the register says of them is wrong: the desk of the municipality they live in."""

from typing import Literal, NamedTuple

from . import contacts, known
from .contacts import DeskContact
from .known import Region

# In a municipality, abroad, in none that the register names, or we could not ask.
Where = Literal["here", "abroad", "nowhere", "not_now"]


class Desk(NamedTuple):
    """A desk as pages name it. town: the municipality; contact: None where the operator has no line about it.

    code: the NIS code of the municipality, "" where it is not known.
    country and post are of somebody abroad, in the register's own words, or "".
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
        """Tell whether the Flemish information line can refer people on: it knows of no desk outside Flanders."""
        return self.region is Region.FLANDERS

    @property
    def has_way(self) -> bool:
        """Tell whether the desk itself can be called or written to."""
        return self.contact is not None and bool(self.contact.phone or self.contact.mail)


NOT_NOW = Desk("not_now")
NOWHERE = Desk("nowhere")


def desk_of(code: str, name: str) -> Desk:
    """Find the desk of a municipality by its NIS code, or by its name where the code is not said."""
    one = known.by_code().get(code) if code else known.find(name)
    code = one.code if one else code
    town = name or (one.name if one else "")
    region = known.region_of(code)
    if not town:
        return NOWHERE
    return Desk("here", town, contacts.installed().get(code), region, code=code)


def abroad(country: str, post: str) -> Desk:
    """Say that somebody lives abroad; what is not known of it is ""."""
    return Desk("abroad", country=country, post=post)
