"""Put all dated items, periods of histories and the birth of a citizen on one timeline. No I/O."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext as _

from portal.platform.kit import incomplete_date
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates
from portal.platform.language.translations import InDutch, mark_like
from portal.platform.sources.catalogue import DatasetEntry, EntryOutcome
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Partial, Ready
from portal.platform.ui.values import readable

from .. import queries
from ..arranging import lists, periods, tiles
from ..arranging.types import Chapter, Item, Period
from ..types import Viewer
from .coverage import Coverage, coverage_of

MOST = 1_000  # events on one page; the rest stands on the pages of their datasets
MANY = 30  # events after which a timeline is folded by decade: some 4,000 px on a phone
FACTS_IN_TITLE = 2  # first facts that stand for a period without a title

NOT_KNOWN = IncompleteDate(0, 0, 0)


@dataclass(frozen=True, slots=True, repr=False)
class TimelineEvent:
    """An event on the timeline. day: by which it is sorted; words: its time. href: its own page, or "".

    called: the title of a period, such as a person or an address. is_dated: without a day, it has some other date.
    """

    day: IncompleteDate
    words: str
    title: str
    entry: DatasetEntry
    asked_at: datetime
    href: str = ""
    called: str = ""
    is_dated: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class TimelineYear:
    """All events of one year, the newest first."""

    year: int
    events: Sequence[TimelineEvent]


@dataclass(frozen=True, slots=True, repr=False)
class Decade:
    """The years of a decade that have events. first: 2010 for 2010 to 2019."""

    first: int
    years: Sequence[TimelineYear]

    @property
    def count(self) -> int:
        """Count the events."""
        return sum(len(year.events) for year in self.years)


@dataclass(frozen=True, slots=True, repr=False)
class UndatedDataset:
    """A dataset with facts that are not on the timeline. count: how many items or periods have no date; 0 where the
    dataset has only other facts. has_birth: its birth date is on the timeline.
    """

    entry: DatasetEntry
    count: int
    has_birth: bool = False


@dataclass(frozen=True, slots=True, repr=False)
class Timeline:
    """All events of a citizen. later: those still to come; decades: the others. Both have the newest first.

    left_out: how many of the oldest events the page lacks.
    """

    later: Sequence[TimelineEvent]
    decades: Sequence[Decade]
    undated: Sequence[UndatedDataset]
    coverage: Coverage
    left_out: int = 0

    @property
    def count(self) -> int:
        """Count the events with a date."""
        return len(self.later) + sum(decade.count for decade in self.decades) + self.left_out

    @property
    def is_long(self) -> bool:
        """Tell whether the page folds the timeline by decade."""
        return self.count > MANY


def timeline_of(
    outcomes: Sequence[EntryOutcome], unasked: Sequence[DatasetEntry], viewer: Viewer, today: date
) -> Timeline:
    """Put answers on a timeline. unasked: for the coverage. today: in Belgium."""
    birth = next((event for event in map(_birth, outcomes) if event), None)
    events: list[TimelineEvent] = [birth] if birth else []
    undated: list[UndatedDataset] = []
    for entry, outcome in outcomes:
        if not isinstance(outcome, Ready | Partial):
            continue
        of_entry = list(_events(entry, outcome, viewer, birth))
        events += [event for event in of_entry if event.day.year]
        elsewhere = [event.is_dated for event in of_entry if not event.day.year]
        if without := elsewhere.count(False):
            undated.append(UndatedDataset(entry, without))
        if any(elsewhere) or not of_entry:
            undated.append(UndatedDataset(entry, 0, has_birth=birth is not None and birth.entry is entry))
    events = _without_repeats(events)
    # The sort is stable: events of one day keep the order of the overview.
    events.sort(key=lambda event: event.day, reverse=True)
    left_out = max(0, len(events) - MOST)
    del events[MOST:]
    later = [event for event in events if (first := event.day.earliest()) and first > today]
    past = events[len(later) :]
    years = [TimelineYear(year, list(of_year)) for year, of_year in groupby(past, lambda event: event.day.year)]
    decades = [
        Decade(first, list(of_decade)) for first, of_decade in groupby(years, lambda year: year.year // 10 * 10)
    ]
    return Timeline(later, decades, undated, coverage_of(outcomes, unasked), left_out)


def _without_repeats(events: Sequence[TimelineEvent]) -> list[TimelineEvent]:
    """Drop the event of a household member whom a history of the same body names on the same day."""
    in_histories = {(event.entry.agency.id, event.day, event.called) for event in events if event.called}
    return [event for event in events if not (_is_person(event) and _occasion(event) in in_histories)]


def _occasion(event: TimelineEvent) -> tuple[str, IncompleteDate, str]:
    return event.entry.agency.id, event.day, event.title


def _is_person(event: TimelineEvent) -> bool:
    items = event.entry.dataset.items
    return items is not None and items.about == "people"


def _events(
    entry: DatasetEntry, outcome: Ready | Partial, viewer: Viewer, birth: TimelineEvent | None
) -> Iterator[TimelineEvent]:
    """Yield an event for each item and period; without a date its day is NOT_KNOWN."""
    dataset = entry.dataset
    if not (dataset.items or dataset.history):
        return
    tile = tiles.tile_of(entry, outcome, "all", viewer)
    if dataset.items:
        yield from (_of_item(entry, item, dataset.items, outcome.asked_at) for item in tile.items)
    for chapter in tile.chapters:
        if chapter.heading:
            periods = (period for period in chapter.periods if not (birth and _is_birth(period, birth)))
            yield from (_of_period(entry, chapter, period, outcome.asked_at) for period in periods)


def _of_item(entry: DatasetEntry, item: Item, items: Items, asked_at: datetime) -> TimelineEvent:
    for at, key in enumerate(items.when):
        for fact in item.facts:
            day = lists.day_of([fact], items) if fact.key == key else None
            if day is None:
                continue
            ended = items.until[at] if at < len(items.until) else ""
            end = next((incomplete_date.read(other.value) for other in item.facts if other.key == ended), None)
            has_both = end and end.year and fact.kind == "date"
            words = periods.of_item(day, end) if end and has_both else _date_with_label(fact, day)
            return TimelineEvent(day, words, InDutch(item.title), entry, asked_at, item.href)
    days = (incomplete_date.read(fact.value) for fact in item.facts if fact.kind == "date")
    is_dated = any(day and day.year for day in days)
    return TimelineEvent(NOT_KNOWN, "", InDutch(item.title), entry, asked_at, item.href, is_dated=is_dated)


def _date_with_label(fact: Fact, day: IncompleteDate) -> str:
    """Write a date with its label: "Begonnen op 3 maart 2019", "Begonnen in 2019", "Schooljaar 2019-2020"."""
    if fact.kind != "date" or day.day:
        return InDutch(f"{fact.label} {readable(fact.value, fact.kind)}")
    if fact.label.endswith(" sinds"):
        return InDutch(f"{fact.label} {dates.bare(day)}")
    return InDutch(_("%(label)s in %(when)s") % {"label": fact.label.removesuffix(" op"), "when": dates.bare(day)})


def _of_period(entry: DatasetEntry, chapter: Chapter, period: Period, asked_at: datetime) -> TimelineEvent:
    day = next((day for day in (period.begin, period.end) if day and day.year), NOT_KNOWN)
    content = period.title or " · ".join(readable(fact.value, fact.kind) for fact in _first(period.parts))
    title = mark_like(chapter.heading, f"{chapter.heading}: {content}") if content else chapter.heading
    return TimelineEvent(day, period.words, title, entry, asked_at, called=period.title)


def _first(parts: Iterable[Sequence[Fact]]) -> Sequence[Fact]:
    return next(iter(parts), ())[:FACTS_IN_TITLE]


def _birth(pair: EntryOutcome) -> TimelineEvent | None:
    """Make the event of the birth, if the dataset is the register's record of the citizen."""
    entry, outcome = pair
    if not queries.is_identity(entry) or not isinstance(outcome, Ready | Partial):
        return None
    fact = next((fact for fact in outcome.value if fact.key == queries.IDENTITY), None)
    day = incomplete_date.read(fact.value) if fact else None
    if day is None or not day.year:
        return None
    return TimelineEvent(day, dates.in_words(day), _("Uw geboorte"), entry, outcome.asked_at)


def _is_birth(period: Period, birth: TimelineEvent) -> bool:
    """Tell whether a period is the birth, which the timeline has already; a period with a title is not."""
    if period.title:
        return False
    facts = [fact for part in period.parts for fact in part if fact.key == queries.IDENTITY]
    return bool(facts) and all(incomplete_date.read(fact.value) == birth.day for fact in facts)
