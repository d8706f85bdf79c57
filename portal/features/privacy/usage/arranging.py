"""Arrange accesses of the journal by day, within a day by actor and purpose; those that are alike become a line."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from portal.platform.journal.searching import EntryPlace, FoundEntries, place_of
from portal.platform.journal.types import Access, Actor, ActorKind, Use
from portal.platform.language.dates import day_here

from . import references, wording

MOST_DAYS = 25  # on a page
MOST_TITLES = 3  # kinds of data that a fold names before it is opened


@dataclass
class UsageLine:
    """Accesses that are alike but for their time: one operation on the same data with the same result."""

    name: str
    uses: tuple[Use, ...]
    is_ended: bool
    accesses: list[Access] = field(default_factory=list)

    @property
    def done(self) -> str:
        """Say what was done; "" for what only the purpose says."""
        return wording.in_words(self.name)

    @property
    def times(self) -> Sequence[tuple[str, str]]:
        """Give the time of day and the reference of each access."""
        return [(wording.time_of(access.at), references.reference_of(access)) for access in self.accesses]


@dataclass
class UsageGroup:
    """What an actor did for the same purposes on one day: shown as a fold (`<details>`)."""

    actor: Actor
    purposes: tuple[str, ...]
    lines: list[UsageLine] = field(default_factory=list)

    @property
    def is_own(self) -> bool:
        """Whether the citizen did it."""
        return self.actor.kind is ActorKind.CITIZEN

    @property
    def count(self) -> int:
        """Count the accesses."""
        return sum(len(line.accesses) for line in self.lines)

    @property
    def body_name(self) -> str:
        """Name the body that did it as its own data names it; "" where that was of others."""
        return wording.name_written(self.actor, (use for line in self.lines for use in line.uses))

    @property
    def ends(self) -> tuple[str, str]:
        """Give the times of day of the first and the last access."""
        moments = [access.at for line in self.lines for access in line.accesses]
        return wording.time_of(min(moments)), wording.time_of(max(moments))

    @property
    def titles(self) -> tuple[Sequence[str], int]:
        """Name the first kinds of data, and count the others."""
        titles = dict.fromkeys(use.activity.name for line in self.lines for use in line.uses)
        by_name = {use.activity.name: use.activity for line in self.lines for use in line.uses}
        named = [wording.title_of(by_name[name]) for name in list(titles)[:MOST_TITLES]]
        return list(dict.fromkeys(named)), len(titles) - min(len(titles), MOST_TITLES)


@dataclass
class UsageDay:
    """A day in Belgium. at: the newest access on it (UTC)."""

    day: date
    at: datetime
    groups: list[UsageGroup] = field(default_factory=list)


@dataclass(frozen=True)
class UsageDays:
    """The days of a page, the newest first.

    next: where the next page begins, None at the end; is_cut: the last day goes on there. reached: how far back the
    search came before it stopped (UTC), if it stopped before it had found a whole page.
    """

    days: Sequence[UsageDay]
    next: EntryPlace | None
    is_cut: bool
    reached: datetime | None = None


def days_of(found: FoundEntries) -> UsageDays:
    """Arrange found accesses in the days of a page.

    A last day that may go on is left to the next page whole, unless it is the only day.
    """
    by_day: dict[date, list[Access]] = {}
    for access in found.accesses:
        by_day.setdefault(day_here(access.at), []).append(access)
    days = [*by_day]
    kept, is_cut = days[:MOST_DAYS], False
    if len(kept) == len(days) and found.next and not found.reached and days:
        kept, is_cut = (days[:-1], False) if len(days) > 1 else (days, True)
    is_whole = len(kept) == len(days)
    end = found.next if is_whole else place_of(by_day[kept[-1]][-1])
    # Where days are left to the next page, this page does not say that the search stopped.
    reached = found.reached if is_whole else None
    return UsageDays([_day(day, by_day[day]) for day in kept], end, is_cut, reached)


def _day(day: date, accesses: Sequence[Access]) -> UsageDay:
    groups: dict[tuple[Actor, tuple[str, ...]], UsageGroup] = {}
    for access in accesses:
        purposes = tuple(dict.fromkeys(use.activity.purpose for use in access.uses))
        key = (_shown_actor(access.actor), purposes)
        group = groups.setdefault(key, UsageGroup(*key))
        _line(group, access).accesses.append(access)
    return UsageDay(day, accesses[0].at, [*groups.values()])


def _line(group: UsageGroup, access: Access) -> UsageLine:
    """Find the line that an access belongs to; begin one where there is none."""
    is_ended = access.ended_at is not None
    for line in group.lines:
        if (line.name, line.uses, line.is_ended) == (access.name, access.uses, is_ended):
            return line
    line = UsageLine(access.name, access.uses, is_ended)
    group.lines.append(line)
    return line


def _shown_actor(actor: Actor) -> Actor:
    """Leave out which parent it was, which nobody may read here."""
    return Actor(actor.kind) if actor.kind is ActorKind.PARENT else actor
