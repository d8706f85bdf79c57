"""On which days a reminder can be told. No I/O."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from portal.platform.language.dates import BRUSSELS, day_here

TOLD_AT = time(8)  # in Belgium; that hour is there on each day, also when the clock is changed
MOST_DAYS = 731  # two years, of which one may be a leap year
WEEK = timedelta(days=7)


class ProposedDay(NamedTuple):
    """A day that is offered. words: why that one, in Dutch."""

    on: date
    words: str


def moment_of(on: date) -> datetime:
    """Give the moment at which a reminder of that day is sent."""
    return datetime.combine(on, TOLD_AT, BRUSSELS)


def span(today: date, expires_at: datetime | None) -> tuple[date, date]:
    """Give the first and the last day on which it can be told; the last is before the first where there is none.

    From tomorrow on, within two years, and while the document is there.
    """
    last = today + timedelta(days=MOST_DAYS)
    if expires_at is not None:
        there = day_here(expires_at)
        last = min(last, there if moment_of(there) < expires_at else there - timedelta(days=1))
    return today + timedelta(days=1), last


def is_possible(on: date, today: date, expires_at: datetime | None) -> bool:
    """Tell whether it can be told on a day."""
    first, last = span(today, expires_at)
    return first <= on <= last


def propose(today: date, expires_at: datetime | None, due_on: date | None) -> Sequence[ProposedDay]:
    """Offer days, each once and the first one first. due_on: until when the document wants to be paid."""
    found = [ProposedDay(today + timedelta(days=1), _("Morgen")), ProposedDay(today + WEEK, _("Over een week"))]
    if due_on is not None:
        found.append(ProposedDay(due_on - WEEK, _("Een week voor u moet betalen")))
    if expires_at is not None:
        found.append(ProposedDay(day_here(expires_at) - WEEK, _("Een week voor het verdwijnt")))
    by_day = {one.on: one for one in reversed(found) if is_possible(one.on, today, expires_at)}
    return [by_day[on] for on in sorted(by_day)]
