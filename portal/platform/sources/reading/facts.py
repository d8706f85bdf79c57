"""The fact: one thing that a body says about a person, flat, with its place in the answer."""

from collections.abc import Iterable
from typing import Literal

import msgspec

Kind = Literal["text", "date", "moment", "national_number", "number", "code", "note"]

# Kinds of facts that identify somebody or something for offices, and that people seldom know by heart.
OFFICIAL: frozenset[Kind] = frozenset(("national_number", "code"))


class Fact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One datum as a citizen may see it.

    key:    what it is, in English snake_case, stable (`birth_date`); several facts may share a key.
    label:  what the citizen reads before the value, in Dutch.
    value:  the value as text. Dates are `YYYY-MM-DD` with `00` for what the body does not know
            (`1971-00-00`), whatever form the body itself uses.
    kind:   how to show the value. `note` is a remark about the answer rather than a datum.
    path:   where it stood in the answer, below the content element, with a 1-based index on elements
            that repeat: `Bewijzen/Bewijs[2]/Basis/VolledigeNaam`. Facts of one item begin with its path.
    """

    key: str
    label: str
    value: str
    kind: Kind
    path: str


def first_by_key(facts: Iterable[Fact]) -> dict[str, Fact]:
    """Give the first fact of each key, in the order in which they come."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(fact.key, fact)
    return first
