"""Arrange a history: chapters by kind, in each the newest period first, with its dates in words. No I/O."""

from collections.abc import Mapping, Sequence
from copy import replace
from datetime import date
from typing import NamedTuple

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources import itemizing
from portal.platform.sources.manifest import HistoryRules
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import NO_END
from portal.platform.ui.values import readable

from .periods import in_words
from .types import Chapter, Period

NOT_KNOWN = IncompleteDate(0, 0, 0)


def chapters_of(
    cut: Sequence[tuple[str, str, Sequence[Fact]]], headings: Mapping[str, str], history: HistoryRules
) -> list[Chapter]:
    """Arrange an answer in chapters. cut: its elements as (path, heading or "", facts), of `elements.cut`.

    Chapters come in the order of `headings`; facts without a heading come last.
    """
    single = {headings[element] for element in history.one_at_a_time}
    by_heading: dict[str, list[tuple[str, list[Fact]]]] = {heading: [] for heading in headings.values()}
    loose: list[Fact] = []
    for (path, heading), facts in _elements(cut).items():
        if heading:
            by_heading[heading].append((path, facts))
        else:
            loose += facts
    chapters = [
        Chapter(heading, _periods(elements, history, one_at_a_time=heading in single))
        for heading, elements in by_heading.items()
        if elements
    ]
    return [*chapters, Chapter("", [Period("", "", _parts(loose))])] if loose else chapters


def lead_of(chapters: Sequence[Chapter], most: int) -> list[Chapter]:
    """Keep the newest periods of the first chapter, with which a tile begins."""
    return [replace(chapter, periods=chapter.periods[:most]) for chapter in chapters[:1]]


def _periods(
    elements: Sequence[tuple[str, list[Fact]]], history: HistoryRules, *, one_at_a_time: bool
) -> list[Period]:
    """Make the periods of one chapter from its elements (path, facts), the newest first.

    one_at_a_time: a period without an end ends where the next one begins.
    """
    dated = [(_days(path, facts, history), path, facts) for path, facts in elements]
    # The sort is stable: periods that began on one day, or on an unknown day, keep the order of the body.
    dated.sort(key=lambda period: period[0].begin or NOT_KNOWN, reverse=True)
    periods: list[Period] = []
    later: IncompleteDate | None = None
    for (begin, end, date_facts), path, facts in dated:
        until = end or (later if one_at_a_time else None)
        is_last = not one_at_a_time or not periods
        words = in_words(begin, until, is_open=end is None and is_last)
        title = _title(facts, history.titles)
        in_heading = {*(fact.path for fact in date_facts), title.path if title else ""}
        rest = [fact for fact in facts if fact.path not in in_heading]
        called = readable(title.value, title.kind) if title else ""
        periods.append(Period(called, words, _parts(rest), begin, end, title, path))
        later = begin if begin and begin.year else later
    return periods


def current_facts(
    cut: Sequence[tuple[str, str, Sequence[Fact]]], headings: Mapping[str, str], history: HistoryRules, today: date
) -> list[Fact]:
    """Keep the facts that hold today: of elements whose period does, and those without a heading and so a period."""
    single = {headings[element] for element in history.one_at_a_time}
    kept: list[Fact] = []
    begun: dict[str, list[tuple[IncompleteDate, IncompleteDate | None, list[Fact]]]] = {}
    for (path, heading), facts in _elements(cut).items():
        days = _days(path, facts, history)
        begin = days.begin or NOT_KNOWN
        if not heading:
            kept += facts
        elif (first := begin.earliest()) is None or first <= today:
            begun.setdefault(heading, []).append((begin, days.end, facts))
    for heading, periods in begun.items():
        last = periods
        if heading in single and len(periods) > 1:
            newest = max(begin for begin, _, _ in periods)
            of_newest = [period for period in periods if period[0] == newest]
            # One period may end on the day on which the next begins. Without any date nothing tells which is the
            # last.
            last = [period for period in of_newest if not _is_over(period[1], today)][:1] if newest.year else []
        kept += [fact for _, end, facts in last if not _is_over(end, today) for fact in facts]
    return kept


def _is_over(end: IncompleteDate | None, today: date) -> bool:
    if end is None:
        return False
    last = end.latest()
    return last is None or last <= today  # An end without a known date counts as past.


def _elements(cut: Sequence[tuple[str, str, Sequence[Fact]]]) -> dict[tuple[str, str], list[Fact]]:
    """Collect the facts of each element, which an answer may name in several places: (path, heading) -> facts."""
    whole: dict[tuple[str, str], list[Fact]] = {}
    for path, heading, facts in cut:
        whole.setdefault((path, heading), []).extend(facts)
    return whole


def _parts(facts: Sequence[Fact]) -> list[list[Fact]]:
    """Cut facts so that no label stands twice in one list."""
    parts: list[list[Fact]] = []
    labels: set[str] = set()
    for fact in facts:
        if not parts or fact.label in labels:
            parts.append([])
            labels = set()
        parts[-1].append(fact)
        labels.add(fact.label)
    return [itemizing.put_names_first(part) for part in parts]


def _title(facts: Sequence[Fact], keys: Sequence[str]) -> Fact | None:
    """Find the fact that a period is named by: the first fact of the first key that is there."""
    by_key = {fact.key: fact for fact in reversed(facts)}
    return next((by_key[key] for key in keys if key in by_key), None)


class _Days(NamedTuple):
    """The first and the last day of a period, and the facts (date_facts) that say no more than these two.

    A date that nobody can read is not among these facts, so that it is shown as the body wrote it.
    """

    begin: IncompleteDate | None
    end: IncompleteDate | None
    date_facts: Sequence[Fact]


def _days(path: str, facts: Sequence[Fact], history: HistoryRules) -> _Days:
    """Read the dates of the element with a path. An end that cannot be read is NOT_KNOWN, and so past."""
    first = next((fact for fact in facts if fact.path == f"{path}/{history.begin}"), None)
    last = next((fact for fact in facts if fact.path == f"{path}/{history.end}"), None)
    date_facts: list[Fact] = []
    begin = incomplete_date.read(first.value) if first else None
    if first and begin:
        date_facts.append(first)
    end = incomplete_date.read(last.value) if last else None
    if last and (end or last.value == NO_END):
        date_facts.append(last)
    elif last:
        end = NOT_KNOWN
    return _Days(begin, end, date_facts)
