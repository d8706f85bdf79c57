"""Gather the newest messages of an eBox, page by page, however a Message Registry orders them.

A registry that promises its newest messages first is read until there are enough. Of another registry only the last
days are read: how many days hold enough messages is guessed by the total, and guessed again when that was wrong.
Where that fails, all pages are read. What arrived in time is given, and marked (`is_cut`) when more may be missing.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import batched, pairwise

import msgspec

from portal.platform.kit.unprinted import Unprinted
from portal.platform.language.dates import day_here

from ..reading.dates import BRUSSELS
from ..reading.outcomes import Down
from ..registries import MOST_WANTED
from .registry_pages import ListedMessage, ListQuestion, RegistryPage, day_of

SMALLEST, LARGEST = 25, 100  # messages on a page, by the API
SPARE = 5  # messages more than wanted, to see where those of one moment end
MOST_PAGES = 50  # of one list
AT_ONCE = 6  # pages that are asked beside each other
FEW_PAGES = 3  # a list of no more pages is read whole, without guessing days
GUESSES = 6  # of the day from which there are enough messages
WIDER = 4  # times as many days, after a guess with too few messages
DAY = timedelta(days=1)


class DaySpan(Unprinted, frozen=True):
    """The days whose messages are asked for; a registry may include the days named, or not. None: no limit."""

    after: date | None = None
    before: date | None = None


# Asks for a page, by its number (from 1 on), its size and its days.
type AskPage = Callable[[int, int, DaySpan], Awaitable[RegistryPage | Down]]


class GatheredList(Unprinted, frozen=True):
    """The newest messages, with the fields of `GatheredMessages`. Never printed.

    broke_order: the registry promised its newest messages first, and gave them in another order.
    """

    messages: tuple[ListedMessage, ...]
    left_out: tuple[str, ...] = ()
    has_more: bool = False
    is_cut: bool = False
    broke_order: bool = False


class _Days(Unprinted, frozen=True):
    """The messages from a moment on (since: None for all), of which `page` is the first page."""

    since: datetime | None
    page: RegistryPage

    @property
    def count(self) -> int:
        """Give how many there are, as the registry says."""
        return self.page.total or 0


async def gather(asked: ListQuestion, ask_page: AskPage, until: float) -> GatheredList | Down:
    """Gather a list. until: seconds of the monotonic clock, after which no further page is asked.

    A failure of the first page is returned; one of a later page cuts the list.
    """
    if not asked.query.is_ordered:
        return await _Gathering(asked, ask_page, until).in_any_order()
    found = await _Gathering(asked, ask_page, until).in_order()
    if found is not None:
        return found
    again = await _Gathering(asked, ask_page, until).in_any_order()
    return again if isinstance(again, Down) else msgspec.structs.replace(again, broke_order=True)


@dataclass(slots=True)
class _Gathering:
    """One list under way, with the messages read so far."""

    asked: ListQuestion
    ask_page: AskPage
    until: float
    _found: dict[str, ListedMessage] = field(default_factory=dict)
    _left_out: dict[str, None] = field(default_factory=dict)
    _mismatch: Down | None = None
    _is_cut: bool = False

    @property
    def _wanted(self) -> int:
        return max(1, min(self.asked.query.wanted, MOST_WANTED))

    async def in_order(self) -> GatheredList | Down | None:
        """Read pages until there are enough; None when they are not newest first."""
        deep = self.asked.query.past is not None
        size = LARGEST if deep else max(SMALLEST, min(LARGEST, self._wanted + SPARE))
        window = self._window(None)
        rows: list[ListedMessage] = []
        seen, total = 0, None
        for number in range(1, MOST_PAGES + 1):
            page = await self._page(number, size, window)
            if isinstance(page, Down):
                if number == 1 or self._mismatch:
                    return page
                self._is_cut = True
                break
            fresh = self._take(page)
            if any(after.at > before.at for before, after in pairwise((*rows[-1:], *page.messages))):
                return None
            if _is_outside(page, window):
                return None
            rows += page.messages
            self._is_cut |= total is not None and page.total is not None and page.total < total
            seen, total = seen + page.on_page, page.total
            if page.on_page and not fresh:
                # The registry gave the same page again, so the messages that it still has are not to be had.
                self._is_cut = True
                break
            if not _may_follow(page, size, seen):
                if seen < (total or 0):
                    self._left_out["messages/fewer"] = None
                return self._list_of(self._found.values(), has_more=False)
            # Messages of the same moment as the page's last may continue on the next page.
            whole = [one for one in self._found.values() if one.at > rows[-1].at] if rows else []
            if sum(one.fits for one in whole) >= self._wanted:
                return self._list_of(whole, has_more=True)
            if self._is_over():
                self._is_cut = True
                break
        else:
            self._is_cut = True
        return self._list_of(self._found.values(), has_more=True)

    async def in_any_order(self) -> GatheredList | Down:
        """Read the last days that hold enough messages, or else all pages."""
        window = self._window(None)
        first = await self._page(1, LARGEST, window)
        if isinstance(first, Down):
            return first
        self._take(first)
        everything = _Days(None, first)
        if everything.count > self._few:
            found = await self._recent(everything)
            if self._mismatch is None and found is not None:
                return found
        is_whole = self._mismatch is None and await self._rest(everything)
        if self._mismatch is not None:
            return self._mismatch
        self._is_cut |= not is_whole
        return self._list_of(self._found.values(), has_more=not is_whole)

    @property
    def _few(self) -> int:
        return max(FEW_PAGES * LARGEST, 3 * self._wanted)

    async def _recent(self, everything: _Days) -> GatheredList | None:
        """Look for last days that hold enough messages and few more; None where none are found."""
        wide, slim = everything, None
        for _ in range(GUESSES):
            since = self._guess(wide, slim)
            if since is None or self._is_over():
                break
            window = self._window(since)
            page = await self._page(1, LARGEST, window)
            if isinstance(page, Down) or _is_outside(page, window) or page.total is None:
                return None
            self._take(page)
            if page.total > self._few:
                wide = _Days(since, page)
                continue
            if not await self._rest(_Days(since, page)):
                return None
            recent = [one for one in self._found.values() if one.at >= since]
            if sum(one.fits for one in recent) >= self._wanted:
                return self._list_of(recent, has_more=True)
            slim = since
        if wide.since is not None and await self._rest(wide):
            recent = [one for one in self._found.values() if one.at >= wide.since]
            if sum(one.fits for one in recent) >= self._wanted:
                return self._list_of(recent, has_more=True)
        return None

    def _guess(self, wide: _Days, slim: datetime | None) -> datetime | None:
        """Guess the day from which there are enough messages; None where no day is left to guess.

        wide: days with too many; the guess is later than their first. slim: a moment from which there are too few;
        the guess is earlier. None: no such moment is known.
        """
        newest = self.asked.query.past or self.asked.now
        target = 2 * self._wanted + 10
        sample = sorted((one.at for one in wide.page.messages), reverse=True)
        oldest = wide.since or (sample[-1] if sample else newest - 365 * DAY)
        if slim is None:
            # The guess is as if messages came evenly, or later by the sample of the page that was read.
            moment = newest - (newest - oldest) * (target / wide.count)
            if wide.since is None and sample:
                nth = min(len(sample), -(-target * len(sample) // wide.count))
                moment = max(moment, sample[nth - 1])
        else:
            moment = newest - max(newest - slim, DAY) * WIDER
            if wide.since is not None and moment <= wide.since:
                moment = wide.since + (slim - wide.since) / 2
        day = _beginning(min(moment, newest))
        if slim is not None and day >= slim:
            day = _beginning(slim - DAY / 2)
        if wide.since is not None and day <= wide.since:
            day = _beginning(wide.since + DAY + DAY / 2)
            if slim is not None and day >= slim:
                return None
        return day if wide.since is None or day <= newest else None

    async def _rest(self, days: _Days) -> bool:
        """Read all pages after the first; tell whether nothing is missing."""
        window, first = self._window(days.since), days.page
        ids = {one.id for one in first.messages}
        if first.total is None:
            return not first.on_page or await self._until_empty(window, ids, 2)
        page, odd, total, seen = first, first.on_page - len(first.messages), first.total, first.on_page
        # A registry may put fewer messages on a page than asked.
        pages = max(1, min(-(-total // max(first.on_page, 1)), MOST_PAGES))
        for numbers in batched(range(2, pages + 1), AT_ONCE, strict=False):
            if self._is_over():
                return False
            pages_read = await asyncio.gather(*(self._page(number, LARGEST, window) for number in numbers))
            fresh = False
            for one in pages_read:
                if isinstance(one, Down):
                    return False
                self._take(one)
                fresh |= not ids.issuperset(each.id for each in one.messages)
                ids.update(each.id for each in one.messages)
                odd, seen = odd + one.on_page - len(one.messages), seen + one.on_page
                page, total = one, one.total if one.total is not None else total
            if not fresh:
                return len(ids) + odd >= total
        if len(ids) + odd < total or pages >= MOST_PAGES:
            return False
        # Where a registry's total is too low, or counts one page alone, the last page is full, or more were seen.
        is_full = page.on_page >= first.on_page and (pages > 1 or first.on_page >= LARGEST)
        if not is_full and seen <= total:
            return True
        return await self._until_empty(window, ids, pages + 1, is_counted=True)

    async def _until_empty(self, window: DaySpan, ids: set[str], number: int, *, is_counted: bool = False) -> bool:
        """Read pages from this number on until one is empty; tell whether nothing is missing.

        ids: of the messages before. is_counted: these are as many as the registry's total, so a page that it refuses
        or repeats is the end.
        """
        for after in range(number, MOST_PAGES + 1):
            if self._is_over():
                return False
            page = await self._page(after, LARGEST, window)
            if isinstance(page, Down):
                return is_counted and after == number and page.reason == "status"
            if not page.on_page:
                return True
            self._take(page)
            if ids.issuperset(one.id for one in page.messages):
                return is_counted and after == number
            ids.update(one.id for one in page.messages)
        return False

    async def _page(self, number: int, size: int, window: DaySpan) -> RegistryPage | Down:
        page = await self.ask_page(number, size, window)
        if isinstance(page, Down) and page.reason == "mismatch":
            self._mismatch = page
        return page

    def _take(self, page: RegistryPage) -> bool:
        """Keep the messages of a page; tell whether any is new."""
        before = len(self._found)
        for one in page.messages:
            self._found.setdefault(one.id, one)
        self._left_out |= dict.fromkeys(page.left_out)
        return len(self._found) > before or bool(page.on_page and not page.messages)

    def _list_of(self, messages: Iterable[ListedMessage], *, has_more: bool) -> GatheredList:
        fitting = sorted((one for one in messages if one.fits), key=lambda one: one.place)
        return GatheredList(
            tuple(fitting[: self._wanted]),
            tuple(self._left_out),
            has_more or len(fitting) > self._wanted,
            self._is_cut,
        )

    def _window(self, since: datetime | None) -> DaySpan:
        """Give the days to ask for: from a moment on, until where the list continues, within the filters."""
        filters, past = self.asked.query.filters, self.asked.query.past
        before = day_here(past) + DAY if past else None
        after = since.astimezone(UTC).date() - DAY if since else None
        filter_after, filter_before = day_of(filters.get("receivedAfter")), day_of(filters.get("receivedBefore"))
        return DaySpan(
            max((day for day in (after, filter_after) if day), default=None),
            min((day for day in (before, filter_before) if day), default=None),
        )

    def _is_over(self) -> bool:
        return time.monotonic() >= self.until


def _may_follow(page: RegistryPage, size: int, seen: int) -> bool:
    """Tell whether other messages can follow a page; seen: the number of messages up to its end.

    A full page is no end when its total may count that page alone.
    """
    if not page.on_page:
        return False
    return page.total is None or seen < page.total or (page.on_page >= size and page.total <= page.on_page)


def _is_outside(page: RegistryPage, window: DaySpan) -> bool:
    """Tell whether a page has messages of other days, so that the registry ignores the days asked for."""
    days = {day_here(one.at) for one in page.messages}
    before, after = window.before, window.after
    return any((before and day > before + DAY) or (after and day < after - DAY) for day in days)


def _beginning(moment: datetime) -> datetime:
    """Give the beginning of a moment's day in Belgium."""
    day = day_here(moment)
    return datetime(day.year, day.month, day.day, tzinfo=BRUSSELS).astimezone(UTC)
