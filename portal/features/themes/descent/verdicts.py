"""Judge whether a parent may see the profile of a child. No I/O."""

from datetime import date

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import ADULT_YEARS, birthday

from .types import ChildVerdict, DescentTree, Relative


def is_minor(birth_date: str, today: date) -> bool | None:
    """Tell whether somebody is under age on a day.

    None when the date leaves that open: it is incomplete, absent or cannot be read, or lies ahead (2091 for 1991).
    """
    when = incomplete_date.read(birth_date)
    earliest, latest = (when.earliest(), when.latest()) if when else (None, None)
    if earliest is None or latest is None or earliest > today:
        return None
    if today < birthday(earliest, ADULT_YEARS):
        return True
    return False if today >= birthday(latest, ADULT_YEARS) else None


def verdict_of_parent(child: Relative, today: date) -> ChildVerdict:
    """Judge by the parent's own answer: about a child who is or may be of age nobody is asked.

    A child who died is allowed at any age here; `verdict_of_child` then wants the child's own answer to say so too,
    unless that shows a minor.
    """
    if child.is_deceased:
        return "allowed"
    return _verdict(child.birth_date, today)


def verdict_of_child(child: DescentTree, named: Relative, parents: frozenset[str], today: date) -> ChildVerdict:
    """Judge by the child's own answer: it must be about that child, name the parent, and tell of a minor or a death.

    named: the child as the parent's answer has it; parents: every national number of the parent.
    """
    if child.root.number != named.number or not parents.intersection(parent.number for parent in child.parents):
        return "not_confirmed"
    if child.root.is_deceased:
        return "allowed"
    verdict = _verdict(child.root.birth_date, today)
    # The parent's answer says that the child died: then the page may not say that the child can sign in itself.
    return "death_not_confirmed" if named.is_deceased and verdict != "allowed" else verdict


def _verdict(birth_date: str, today: date) -> ChildVerdict:
    under_age = is_minor(birth_date, today)
    if under_age is None:
        return "age_not_known"
    return "allowed" if under_age else "adult"
