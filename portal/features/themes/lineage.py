"""Read a tree of descent out of flat facts, by the roles the manifest gives their keys; judge who may see a child.

Decisions without I/O. Siblings are never in it: a tree holds one person, those above and those below.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from portal.platform.access.rules import ADULT_YEARS, birthday
from portal.platform.kit import incomplete_date
from portal.platform.language import dates
from portal.platform.language.translations import InDutch, like
from portal.platform.sources.reading.facts import Fact

from .section import People
from .section import Tree as Roles
from .types import Relative, Tree, Verdict

YES = "ja"
_INDEX = re.compile(r"\[\d+\]")


def tree_of(facts: Sequence[Fact], roles: Roles) -> Tree:
    """Read who stands above and below the person an answer is about."""
    own = _first(facts)
    parents, children = _people(facts, roles.parents), _people(facts, roles.children)
    town = own.get(roles.town) or roles.nowhere
    return Tree(
        root=Relative(
            number=own.get(roles.number, ""),
            name=_name(own, roles.name),
            relation="",
            birth_date=own.get(roles.birth_date, ""),
            is_deceased=roles.death_date in own,
        ),
        parents=parents,
        children=children,
        kinds=() if parents else tuple(dict.fromkeys(InDutch(f.value) for f in facts if f.key == roles.kind)),
        unknown=like(roles.unknown, roles.unknown.replace("${town}", town)),
        help=like(roles.help, roles.help.replace("${town}", town)),
    )


def details_of(one: Relative) -> list[str]:
    """Say of a person, line by line, what both the drawing and the list say below the name."""
    lines = [one.relation] if one.relation else []
    lines.append(born(one.birth_date))
    if one.is_deceased:
        lines.append(_("overleden"))
    return [line for line in lines if line]


def born(value: str) -> str:
    """Say when somebody was born; "" when nothing was said about it."""
    if not value:
        return ""
    when = incomplete_date.read(value)
    if when is None or not when.year:
        return str(_("geboortedatum onbekend"))
    words = dates.in_words(when)
    if when.day:
        return str(_("geboren op %(date)s") % {"date": words})
    # A year alone is already "in 1971".
    return str((_("geboren in %(date)s") if when.month else _("geboren %(date)s")) % {"date": words})


def is_minor(birth_date: str, today: date) -> bool | None:
    """Tell whether somebody is surely under age on a day; None when the date leaves it open."""
    when = incomplete_date.read(birth_date)
    earliest, latest = (when.earliest(), when.latest()) if when else (None, None)
    if earliest is None or latest is None:
        return None
    if today < birthday(earliest, ADULT_YEARS):
        return True
    return False if today >= birthday(latest, ADULT_YEARS) else None


def verdict_of_parent(child: Relative, today: date) -> Verdict:
    """Judge by the parent's own answer alone: nothing is asked about a child who is surely, or maybe, of age.

    Who died is looked at all the same: that they did must then stand in their own answer.
    """
    if child.is_deceased:
        return "allowed"
    return _verdict(child.birth_date, today)


def verdict_of_child(child: Tree, asked: str, parents: frozenset[str], today: date) -> Verdict:
    """Judge by the child's own answer: about them, naming the parent, and they are under age or have died.

    asked: the number that was asked about; parents: every number by which the register knows who signed in.
    """
    if child.root.number != asked or not parents.intersection(parent.number for parent in child.parents):
        return "not_confirmed"
    return "allowed" if child.root.is_deceased else _verdict(child.root.birth_date, today)


def _verdict(birth_date: str, today: date) -> Verdict:
    under_age = is_minor(birth_date, today)
    if under_age is None:
        return "age_not_known"
    return "allowed" if under_age else "adult"


def _people(facts: Sequence[Fact], people: People) -> list[Relative]:
    """Cut the facts by the element that stands for a person, wherever it repeats."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        place = _place(fact.path, people.path)
        if place:
            found.setdefault(place, []).append(fact)
    return [_relative(_first(of_one), people) for of_one in found.values()]


def _relative(own: Mapping[str, str], people: People) -> Relative:
    return Relative(
        number=own.get(people.number, ""),
        name=_name(own, people.name),
        relation=people.words.get(own.get(people.sex, ""), people.one),
        birth_date=own.get(people.birth_date, ""),
        is_deceased=own.get(people.deceased) == YES,
    )


def _place(path: str, element: str) -> str:
    """Find the part of a path, indexes and all, that ends with an element; "" when it does not stand in it."""
    parts = path.split("/")
    wanted = element.split("/")
    plain = [_INDEX.sub("", part) for part in parts]
    for end in range(len(wanted), len(parts) + 1):
        if plain[end - len(wanted) : end] == wanted:
            return "/".join(parts[:end])
    return ""


def _first(facts: Sequence[Fact]) -> dict[str, str]:
    found: dict[str, str] = {}
    for fact in facts:
        found.setdefault(fact.key, fact.value)
    return found


def _name(own: Mapping[str, str], keys: Sequence[str]) -> str:
    return " ".join(own[key] for key in keys if key in own) or _("naam niet vermeld")
