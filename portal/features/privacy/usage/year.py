"""A year of use, drawn: a square a day, darker the more there was, and the same as a list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.platform.journal.searching import UseCount
from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.language import dates

MONTHS = 12
# The least number of times for levels 1 to 4 of darkness; level 0 is a day without any.
LEVELS = (1, 5, 20, 50)
SIZE, STEP = 10, 12  # of a square, and from one to the next, in the drawing's own units


@dataclass(frozen=True)
class YearDay:
    """A day: how often data was used, and how many of those times by others."""

    day: date
    count: UseCount

    @property
    def total(self) -> int:
        """How often, by whomever."""
        return self.count.own + self.count.others

    @property
    def level(self) -> int:
        """How dark its square is."""
        return sum(self.total >= least for least in LEVELS)


@dataclass(frozen=True)
class YearMonth:
    """A month with all its days. today: a day that is marked, in whatever month."""

    first: date
    days: Sequence[YearDay]
    today: date

    @property
    def name(self) -> str:
        """Say which month: maart 2026."""
        return dates.bare(IncompleteDate(self.first.year, self.first.month, 0))

    @property
    def last(self) -> date:
        """Its last day."""
        return self.days[-1].day

    @property
    def total(self) -> int:
        """How often in the whole month."""
        return sum(day.total for day in self.days)

    @property
    def others(self) -> int:
        """How many of those times by others."""
        return sum(day.count.others for day in self.days)

    @property
    def used(self) -> Sequence[YearDay]:
        """The days on which there was something."""
        return [day for day in self.days if day.total]

    @property
    def weeks(self) -> int:
        """How many rows of weeks its drawing has."""
        return (self.first.weekday() + len(self.days) + 6) // 7

    @property
    def squares(self) -> Sequence[tuple[int, str]]:
        """Draw the squares (SVG path) of each level that occurs."""
        paths: dict[int, list[str]] = {}
        for day in self.days:
            x, y = self._place(day.day)
            paths.setdefault(day.level, []).append(f"M{x} {y}h{SIZE}v{SIZE}h-{SIZE}z")
        return [(level, "".join(paths[level])) for level in sorted(paths)]

    @property
    def dots(self) -> str:
        """Draw a dot (SVG path) in the square of each day on which others used data: not everybody sees colours."""
        places = [self._place(day.day) for day in self.days if day.count.others]
        return "".join(f"M{x + 3} {y + 3}h4v4h-4z" for x, y in places)

    @property
    def frame(self) -> str:
        """Draw a frame (SVG path) around today; "" in another month."""
        if not self.first <= self.today <= self.last:
            return ""
        x, y = self._place(self.today)
        return f"M{x - 1} {y - 1}h{STEP}v{STEP}h-{STEP}z"

    def _place(self, day: date) -> tuple[int, int]:
        """Give the corner of a day's square: a column for each day of the week, a row for each week."""
        at = self.first.weekday() + day.day - 1
        return at % 7 * STEP + 1, at // 7 * STEP + 1


def first_month(today: date, chosen: str) -> date:
    """Give the first day of the shown twelve months: of a chosen year, else of those up to the current month."""
    if len(chosen) == 4 and chosen.isascii() and chosen.isdecimal() and 1970 <= int(chosen) <= today.year:
        return date(int(chosen), 1, 1)
    return date(today.year - 1, today.month + 1, 1) if today.month < MONTHS else date(today.year, 1, 1)


def days_from(first: date) -> Sequence[date]:
    """List the days of the twelve months from a first of the month on, and the day after them."""
    end = first.replace(year=first.year + 1)
    return [first + timedelta(days=number) for number in range((end - first).days + 1)]


def months_of(days: Sequence[date], counts: Sequence[UseCount], today: date) -> Sequence[YearMonth]:
    """Arrange counts by month. days: as `days_from` gives them, one more than there are counts."""
    by_month: dict[date, list[YearDay]] = {}
    for day, count in zip(days, counts, strict=False):
        by_month.setdefault(day.replace(day=1), []).append(YearDay(day, count))
    return [YearMonth(first, of_month, today) for first, of_month in by_month.items()]


def selectable_years(first: date, oldest: date | None, today: date) -> Sequence[int]:
    """List the years that can be chosen, the newest first, but not the shown one, which begins on `first`."""
    begin = max(oldest.year if oldest else today.year, today.year - 20)
    return [year for year in range(today.year, begin - 1, -1) if first != date(year, 1, 1)]
