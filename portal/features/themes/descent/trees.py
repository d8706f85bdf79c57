"""Make a tree of descent from the facts of an answer; the manifest says which fact keys it needs (`TreeKeys`).

No I/O. A tree holds one person, their parents and their children, never their siblings.
"""

from collections.abc import Mapping, Sequence

from django.utils.translation import gettext as _

from portal.platform.kit import incomplete_date
from portal.platform.language import dates
from portal.platform.language.translations import InDutch, mark_like
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact, first_by_key
from portal.platform.ui.values import readable

from ..section import PeopleKeys, TreeKeys
from .types import DescentTree, Relative

YES = "ja"


def tree_of(facts: Sequence[Fact], keys: TreeKeys) -> DescentTree:
    """Make the tree of the person whom an answer is about; names and dates may be missing."""
    own = first_by_key(facts)
    parents, children = _people(facts, keys.parents), _people(facts, keys.children)
    municipality = _words(own, keys.town) or keys.nowhere
    return DescentTree(
        root=Relative(
            number=_value(own, keys.number),
            name=_name(own, keys.name),
            relation="",
            birth_date=_value(own, keys.birth_date),
            is_deceased=keys.death_date in own,
        ),
        parents=parents,
        children=children,
        kinds=() if parents else _kinds(facts, keys.kind),
        unknown=mark_like(keys.unknown, keys.unknown.replace("${town}", municipality)),
        help=mark_like(keys.help, keys.help.replace("${town}", municipality)),
    )


def details_of(person: Relative) -> list[str]:
    """Write the lines below the name of a person, for the drawing and for the list."""
    lines = [person.relation] if person.relation else []
    lines.append(birth_line(person.birth_date))
    if person.is_deceased:
        lines.append(_("overleden"))
    return [line for line in lines if line]


def birth_line(value: str) -> str:
    """Write a birth date, complete or not, as a line of text; "" for no value."""
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


def _people(facts: Sequence[Fact], people: PeopleKeys) -> list[Relative]:
    """Group the facts by person: those below one occurrence of the element `people.path` are about one person."""
    by_person: dict[str, list[Fact]] = {}
    for fact in facts:
        person = paths.as_far_as(people.path, fact.path)
        if person:
            by_person.setdefault(person, []).append(fact)
    return [_relative(first_by_key(of_person), people) for of_person in by_person.values()]


def _relative(own: Mapping[str, Fact], people: PeopleKeys) -> Relative:
    return Relative(
        number=_value(own, people.number),
        name=_name(own, people.name),
        relation=people.words.get(_value(own, people.sex), people.one),
        birth_date=_value(own, people.birth_date),
        is_deceased=_value(own, people.deceased) == YES,
    )


def _kinds(facts: Sequence[Fact], key: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(InDutch(readable(fact.value, fact.kind)) for fact in facts if fact.key == key))


def _value(own: Mapping[str, Fact], key: str) -> str:
    """Give the value of a fact as the body wrote it, to compare it or ask by it; "" without such a fact."""
    return own[key].value if key in own else ""


def _words(own: Mapping[str, Fact], key: str) -> str:
    """Give the value of a fact as people read it, a national number masked; "" without such a fact."""
    return readable(own[key].value, own[key].kind) if key in own else ""


def _name(own: Mapping[str, Fact], keys: Sequence[str]) -> str:
    return " ".join(_words(own, key) for key in keys if key in own) or _("naam niet vermeld")
