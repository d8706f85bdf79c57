"""Lay the name somebody signed in with beside the name a body knows them by, by the roles the manifest gives."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.platform.kit.folding import folded
from portal.platform.sources.manifest import PersonName
from portal.platform.sources.reading.facts import Fact

_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, repr=False)
class Naming:
    """Two names of one person. known_as: the body's, given name first; differs: they are not the same name."""

    signed_in_as: str
    known_as: str
    differs: bool


def naming_of(given: str, family: str, facts: Iterable[Fact], roles: PersonName) -> Naming:
    """Compare the name of a sign-in with what an answer says; a part that one of the two does not have is left out.

    A sign-in may hold fewer given names than the body: the first of them, or the usual one.
    """
    first: dict[str, str] = {}
    for fact in facts:
        first.setdefault(fact.key, fact.value)
    known_given = [first[key] for key in roles.given if key in first]
    known_family = [first[key] for key in roles.family if key in first]
    is_same = _is_one_of(given, known_given, may_be_shorter=True) and _is_one_of(
        family, known_family, may_be_shorter=False
    )
    return Naming(
        signed_in_as=f"{given} {family}".strip(),
        known_as=" ".join((*known_given[:1], *known_family[:1])),
        differs=not is_same,
    )


def _is_one_of(name: str, known: Sequence[str], *, may_be_shorter: bool) -> bool:
    words, names = _words(name), [each for text in known if (each := _words(text))]
    if not words or not names:
        return True
    return any((each[: len(words)] if may_be_shorter else each) == words for each in names)


def _words(name: str) -> list[str]:
    """Cut a name into words, however it is joined: `Jean-Pierre` is `Jean Pierre`."""
    return _WORD.findall(folded(name))
