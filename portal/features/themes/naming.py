"""Lay the name somebody signed in with beside the name a body knows them by, by the roles the manifest gives."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from portal.platform.sources.reading.facts import Fact

from . import comparing
from .comparing import Agreement
from .section import PersonName


@dataclass(frozen=True, slots=True, repr=False)
class Naming:
    """Two names of one person. known_as: the body's, given name first; differs: they are not the same name."""

    signed_in_as: str
    known_as: str
    differs: bool


def naming_of(given: str, family: str, facts: Iterable[Fact], roles: PersonName) -> Naming:
    """Compare the name of a sign-in with what an answer says, as names of two sources are compared.

    A body may know several of each: the given names in full, and the usual one.
    """
    first: dict[str, str] = {}
    for fact in facts:
        first.setdefault(fact.key, fact.value)
    known_given = [first[key] for key in roles.given if key in first]
    known_family = [first[key] for key in roles.family if key in first]
    signed_in = comparing.PersonName(given, family)
    known = [comparing.PersonName(*pair) for pair in product(known_given or [""], known_family or [""])]
    return Naming(
        signed_in_as=f"{given} {family}".strip(),
        known_as=" ".join((*known_given[:1], *known_family[:1])),
        differs=all(comparing.names(signed_in, name) is Agreement.DIFFERENT for name in known),
    )
