"""The days on which a reminder can be sent. No I/O."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.utils.translation import gettext_noop as _

from portal.platform.language.dates import BRUSSELS, day_here

SENT_AT = time(8)  # in Belgium; that hour exists once on each day, also when the clock is changed
MOST_DAYS = 731  # two years, of which one may be a leap year
WEEK = timedelta(days=7)


class ProposedDay(NamedTuple):
    """A day that the form offers. words: how the page calls it, in Dutch."""

    on: date
    words: str


def moment_of(on: date) -> datetime:
    """Give the moment at which a reminder for a day in Belgium is due."""
    return datetime.combine(on, SENT_AT, BRUSSELS)


def span(today: date, expires_at: datetime | None) -> tuple[date, date]:
    """Give the first and last day for a reminder: from tomorrow on, within two years, before the document expires.

    Where no day is possible, the last is before the first. Days are those of Belgium; expires_at: None for never.
    """
    last = today + timedelta(days=MOST_DAYS)
    if expires_at is not None:
        expiry = day_here(expires_at)
        last = min(last, expiry if moment_of(expiry) < expires_at else expiry - timedelta(days=1))
    return today + timedelta(days=1), last


def is_possible(on: date, today: date, expires_at: datetime | None) -> bool:
    """Tell whether a reminder can be sent on a day."""
    first, last = span(today, expires_at)
    return first <= on <= last


def propose(today: date, expires_at: datetime | None, due_on: date | None) -> Sequence[ProposedDay]:
    """Propose days, each once and in order. due_on: the day until which the document is to be paid, None for none."""
    proposals = [ProposedDay(today + timedelta(days=1), _("Morgen")), ProposedDay(today + WEEK, _("Over een week"))]
    if due_on is not None:
        proposals.append(ProposedDay(due_on - WEEK, _("Een week voor u moet betalen")))
    if expires_at is not None:
        proposals.append(ProposedDay(day_here(expires_at) - WEEK, _("Een week voor het verdwijnt")))
    # Of two proposals for one day, the first counts.
    by_day = {one.on: one for one in reversed(proposals) if is_possible(one.on, today, expires_at)}
    return [by_day[on] for on in sorted(by_day)]
