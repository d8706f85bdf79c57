"""Write periods in words: the one place where two dates become a sentence. No I/O."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading import paths
from portal.platform.sources.reading.facts import Fact

from .types import FactRow

# The suffix of a key: `address_since` is the date since which the fact `address` holds.
SINCE, UNTIL = "_since", "_until"


def in_words(begin: IncompleteDate | None, end: IncompleteDate | None, *, is_open: bool) -> str:
    """Write a period: "van 1 april 2006 tot 12 juni 2015", "sinds 12 juni 2015", "tot maart 2001".

    is_open: the body gives no end, and no later period follows, so that it still lasts.
    """
    start, stop = _bare(begin), _bare(end)
    if start and start == stop and begin and begin.day:
        return str(_("op %(day)s") % {"day": start})
    if start and stop:
        return str(_("van %(start)s tot %(stop)s") % {"start": start, "stop": stop})
    if stop:
        return str(_("tot %(stop)s, begin niet bekend") % {"stop": stop})
    if start and is_open:
        return str(_("sinds %(start)s") % {"start": start})
    if start:
        return str(_("vanaf %(start)s, einde niet bekend") % {"start": start})
    return str(_("datum niet bekend"))


def of_item(begin: IncompleteDate, end: IncompleteDate) -> str:
    """Write the period of an item (a career break), from its first day to its last, both included."""
    if begin == end and begin.day:
        return str(_("op %(day)s") % {"day": _bare(begin)})
    return str(_("van %(start)s tot en met %(stop)s") % {"start": _bare(begin), "stop": _bare(end)})


def rows_of(facts: Sequence[Fact], items: Items | None = None) -> list[FactRow]:
    """Make a row of each fact; the dates since and until which a fact holds join the row of that fact.

    items: the rules of the manifest, whose keys `when` and `until`, in the same order, are an item's first and last
    day.
    """
    rows: dict[int, FactRow | None] = {}
    for (begin, first), (end, last) in _pairs(facts, items):
        rows[id(begin)] = FactRow(begin, of_item(first, last), (begin, end), str(_("Periode")))
        rows[id(end)] = None
    dated = {(fact.key, _element(fact)): fact for fact in facts if fact.key.endswith((SINCE, UNTIL)) and _day(fact)}
    for fact in facts if dated else ():
        since, until = _companion(dated, fact, SINCE), _companion(dated, fact, UNTIL)
        if since or until:
            rows[id(fact)] = FactRow(fact, _validity(since, until), tuple(day for day in (since, until) if day))
            rows |= {id(day): None for day in (since, until) if day}
    in_order = (rows[id(fact)] if id(fact) in rows else FactRow(fact) for fact in facts)
    return [row for row in in_order if row]


type _DatedFact = tuple[Fact, IncompleteDate]


def _pairs(facts: Sequence[Fact], items: Items | None) -> Iterator[tuple[_DatedFact, _DatedFact]]:
    """Find the pairs of first and last day, where the answer has each of both once and knows both."""
    pairs = list(zip(items.when, items.until, strict=False)) if items else []
    keys = {key for pair in pairs for key in pair}
    by_key: dict[str, list[_DatedFact]] = {}
    for fact in facts if keys else ():
        if fact.key in keys and (day := _day(fact)):
            by_key.setdefault(fact.key, []).append((fact, day))
    for begin, end in pairs:
        first, last = by_key.get(begin, []), by_key.get(end, [])
        if len(first) == len(last) == 1:
            yield first[0], last[0]


def _companion(dated: dict[tuple[str, str], Fact], fact: Fact, suffix: str) -> Fact | None:
    """Take from `dated` the date that belongs to a fact, so that it joins the row of that fact alone."""
    key = f"{fact.key}{suffix}"
    return dated.pop((key, fact.path), None) or dated.pop((key, _element(fact)), None)


def _validity(since: Fact | None, until: Fact | None) -> str:
    if since is None:
        return str(_("tot %(stop)s") % {"stop": _bare(_day(until) if until else None)})
    return in_words(_day(since), _day(until) if until else None, is_open=until is None)


def _day(fact: Fact) -> IncompleteDate | None:
    """Read a day of which at least the year is known."""
    day = incomplete_date.read(fact.value) if fact.kind == "date" else None
    return day if day and day.year else None


def _bare(day: IncompleteDate | None) -> str:
    return dates.bare(day) if day and day.year else ""


def _element(fact: Fact) -> str:
    return paths.parent(fact.path)
