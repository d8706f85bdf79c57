"""Put on one line of time what all sources say of when: items, periods of histories, a birth. No I/O."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates
from portal.platform.language.translations import InDutch, like
from portal.platform.sources.catalogue import Entry, Found
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Partial, Ready
from portal.platform.ui.jinja import shown

from . import histories, lists, rules
from .coverage import Coverage, coverage_of
from .types import Chapter, Item, Look, Period

MOST = 1_000  # lines on one page; the rest stands on the pages of their datasets
MANY = 60  # lines after which a timeline is folded by decade
SAID = 2  # facts that stand for a period that is not called by anything

NOT_KNOWN = IncompleteDate(0, 0, 0)


@dataclass(frozen=True, slots=True, repr=False)
class Line:
    """Something that was at some time: the time in words, what, of which dataset; href: its own page, or ""."""

    day: IncompleteDate
    words: str
    title: str
    entry: Entry
    asked_at: datetime
    href: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Year:
    """All lines of one year, the newest first."""

    year: int
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True, repr=False)
class Decade:
    """Ten years, as far as something was in them. first: 2010 of 2010 to 2019."""

    first: int
    years: Sequence[Year]

    @property
    def count(self) -> int:
        """Count the lines."""
        return sum(len(year.lines) for year in self.years)


@dataclass(frozen=True, slots=True, repr=False)
class Undated:
    """What a dataset says without a date: how many of what; 0 for one that says nothing which is put on a line."""

    entry: Entry
    count: int


@dataclass(frozen=True, slots=True, repr=False)
class Timeline:
    """A life as the sources tell it. later: what is still to come, the farthest first, as all that follows it.

    left_out: older lines, which are not shown.
    """

    later: Sequence[Line]
    decades: Sequence[Decade]
    undated: Sequence[Undated]
    coverage: Coverage
    left_out: int = 0

    @property
    def count(self) -> int:
        """Count the lines with a date."""
        return len(self.later) + sum(decade.count for decade in self.decades) + self.left_out

    @property
    def is_long(self) -> bool:
        """Tell whether it is better folded."""
        return self.count > MANY


def timeline_of(found: Sequence[Found], unasked: Sequence[Entry], look: Look, today: date) -> Timeline:
    """Arrange what came, and name what did not."""
    birth = next((said for said in map(_birth, found) if said), None)
    lines: list[Line] = [birth] if birth else []
    undated: list[Undated] = []
    for entry, outcome in found:
        if not isinstance(outcome, Ready | Partial):
            continue
        of_entry = list(_lines(entry, outcome, look, birth))
        lines += [line for line in of_entry if line.day.year]
        without = sum(not line.day.year for line in of_entry)
        if without or not of_entry:
            undated.append(Undated(entry, without))
    # Stable: what was on the same day stays in the order of the overview.
    lines.sort(key=lambda line: line.day, reverse=True)
    left_out = max(0, len(lines) - MOST)
    del lines[MOST:]
    later = [line for line in lines if (first := line.day.earliest()) and first > today]
    past = lines[len(later) :]
    years = [Year(year, list(of_year)) for year, of_year in groupby(past, lambda line: line.day.year)]
    decades = [Decade(first, list(of)) for first, of in groupby(years, lambda year: year.year // 10 * 10)]
    return Timeline(later, decades, undated, coverage_of(found, unasked), left_out)


def _lines(entry: Entry, outcome: Ready | Partial, look: Look, birth: Line | None) -> Iterator[Line]:
    """Yield a line for each item and period; those without a date too, with a day that is not known."""
    dataset = entry.dataset
    if not (dataset.items or dataset.history):
        return
    tile = rules.tile_of(entry, outcome, "all", look)
    if dataset.items:
        yield from (_of_item(entry, item, dataset.items, outcome.asked_at) for item in tile.items)
    for chapter in tile.chapters:
        if chapter.heading:
            periods = (period for period in chapter.periods if not (birth and _is_birth(period, birth)))
            yield from (_of_period(entry, chapter, period, outcome.asked_at) for period in periods)


def _of_item(entry: Entry, item: Item, items: Items, asked_at: datetime) -> Line:
    for at, key in enumerate(items.when):
        for fact in item.facts:
            day = lists.day_of([fact], items) if fact.key == key else None
            if day is None:
                continue
            ended = items.until[at] if at < len(items.until) else ""
            end = next((incomplete_date.read(one.value) for one in item.facts if one.key == ended), None)
            if end and end.year and fact.kind == "date":
                words = histories.in_words(day, end, is_open=False)
            else:
                words = _said(fact, day)
            return Line(day, words, InDutch(item.title), entry, asked_at, item.href)
    return Line(NOT_KNOWN, "", InDutch(item.title), entry, asked_at, item.href)


def _said(fact: Fact, day: IncompleteDate) -> str:
    """Say a date with its label: "Begonnen op 3 maart 2019", "Begonnen in 2019", "Schooljaar 2019-2020"."""
    if fact.kind != "date" or day.day:
        return InDutch(f"{fact.label} {shown(fact.value, fact.kind)}")
    return InDutch(_("%(label)s in %(when)s") % {"label": fact.label.removesuffix(" op"), "when": dates.bare(day)})


def _of_period(entry: Entry, chapter: Chapter, period: Period, asked_at: datetime) -> Line:
    day = next((day for day in (period.begin, period.end) if day and day.year), NOT_KNOWN)
    said = period.title or " · ".join(shown(fact.value, fact.kind) for fact in _first(period.parts))
    title = like(chapter.heading, f"{chapter.heading}: {said}") if said else chapter.heading
    return Line(day, period.words, title, entry, asked_at)


def _first(parts: Iterable[Sequence[Fact]]) -> Sequence[Fact]:
    return next(iter(parts), ())[:SAID]


def _birth(found: Found) -> Line | None:
    """Find the birth in the answer of the register that provides it."""
    entry, outcome = found
    if not rules.is_identity(entry) or not isinstance(outcome, Ready | Partial):
        return None
    fact = next((fact for fact in outcome.value if fact.key == rules.IDENTITY), None)
    day = incomplete_date.read(fact.value) if fact else None
    if day is None or not day.year:
        return None
    return Line(day, dates.in_words(day), _("Uw geboorte"), entry, outcome.asked_at)


def _is_birth(period: Period, birth: Line) -> bool:
    """Tell whether a period is the birth that stands there already."""
    facts = [fact for part in period.parts for fact in part if fact.key == rules.IDENTITY]
    return bool(facts) and all(incomplete_date.read(fact.value) == birth.day for fact in facts)
