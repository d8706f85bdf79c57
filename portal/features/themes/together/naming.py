"""Compare the name of a sign-in with the name that a body gives, by the keys of its manifest. No I/O."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.ui.values import readable

from ..section import PersonNameKeys
from . import comparing
from .comparing import Agreement


@dataclass(frozen=True, slots=True, repr=False)
class NameComparison:
    """Two names of a citizen. known_as: the body's, given name first. differs: they are not names of one person."""

    signed_in_as: str
    known_as: str
    differs: bool


def compare_name(given: str, family: str, facts: Iterable[Fact], keys: PersonNameKeys) -> NameComparison:
    """Compare the name of a sign-in with the facts of an answer, as names of two sources are compared.

    A body may have several given and family names: all given names, and the usual one.
    """
    first = {key: readable(fact.value, fact.kind) for key, fact in first_by_key(facts).items()}
    known_given = [first[key] for key in keys.given if key in first]
    known_family = [first[key] for key in keys.family if key in first]
    signed_in = comparing.PersonName(given, family)
    known = [comparing.PersonName(*pair) for pair in product(known_given or [""], known_family or [""])]
    return NameComparison(
        signed_in_as=f"{given} {family}".strip(),
        known_as=" ".join((*known_given[:1], *known_family[:1])),
        differs=all(comparing.compare_names(signed_in, name) is Agreement.DIFFERENT for name in known),
    )
