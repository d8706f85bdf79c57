"""Lists of an eBox, gathered from registries that order, count and filter by days in ways of their own."""

import json
import random
import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.platform.language.dates import day_here
from portal.platform.sources.reading.dates import BRUSSELS
from portal.platform.sources.reading.outcomes import Down
from portal.platform.sources.registries import ListQuery
from portal.platform.sources.transports import registry_list, registry_pages
from portal.platform.sources.transports.registry_list import DaySpan, GatheredList, gather
from portal.platform.sources.transports.registry_pages import ListQuestion, RegistryPage

from .town import NUMBER

NOW = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


class Box:
    """A registry with these messages (id and moment); the other parameters say what it does of its own."""

    def __init__(
        self,
        moments: list[datetime],
        *,
        order: str = "newest",
        largest: int = 100,
        heeds: bool = True,
        is_inclusive: bool = False,
        zone: Any = BRUSSELS,
        total: Any = "true",
        refuses_after: int = 1000,
    ) -> None:
        self.messages = [(f"M-{n}", at) for n, at in enumerate(moments)]
        self.largest, self.heeds, self.total = largest, heeds, total
        self.refuses_after = refuses_after  # this page, the next is a status
        self.is_inclusive, self.zone = is_inclusive, zone
        self.asked: list[tuple[int, int, DaySpan]] = []
        match order:
            case "newest":
                self.messages.sort(key=lambda one: one[1], reverse=True)
            case "oldest":
                self.messages.sort(key=lambda one: one[1])
            case "mixed":
                random.Random(1).shuffle(self.messages)

    def is_within(self, at: datetime, window: DaySpan) -> bool:
        day = at.astimezone(self.zone).date()
        if not self.heeds:
            return True
        if window.after and not (day >= window.after if self.is_inclusive else day > window.after):
            return False
        return not window.before or (day <= window.before if self.is_inclusive else day < window.before)

    def page(self, number: int, size: int, window: DaySpan) -> bytes:
        size = min(size, self.largest)
        fitting = [one for one in self.messages if self.is_within(one[1], window)]
        here = fitting[(number - 1) * size : number * size]
        items = [{"messageId": id_, "receiptDate": at.isoformat()} for id_, at in here]
        told = {"true": len(fitting), "page": len(here), "half": len(fitting) // 2, "few": 10, "zero": 0, None: None}
        said = told[self.total]
        return json.dumps({"items": items} | ({} if said is None else {"totalItems": said})).encode()

    async def gathered(self, seconds: float = 3600, **query: Any) -> GatheredList | Down:
        asked = ListQuestion(NUMBER, ListQuery(**query), NOW)

        async def ask_page(number: int, size: int, window: DaySpan) -> RegistryPage | Down:
            self.asked.append((number, size, window))
            if number > self.refuses_after:
                return Down("status", "HTTP 400")
            page = registry_pages.page_of(self.page(number, size, window), asked)
            return Down("unreadable", page) if isinstance(page, str) else page

        return await gather(asked, ask_page, time.monotonic() + seconds)

    def newest(self) -> list[str]:
        return [id_ for id_, _ in sorted(self.messages, key=lambda one: (-one[1].timestamp(), one[0]))]


def spread(count: int, days: int = 700) -> list[datetime]:
    return [NOW - timedelta(days=days) * (n / max(count, 1)) for n in range(count)]


def ids(found: GatheredList | Down) -> list[str]:
    assert isinstance(found, GatheredList)
    return [one.id for one in found.messages]


async def test_a_promised_order_costs_one_page():
    box = Box(spread(2000))
    found = await box.gathered(is_ordered=True)
    assert isinstance(found, GatheredList)
    assert (ids(found), found.has_more, found.is_cut) == (box.newest()[:25], True, False)
    assert len(box.asked) == 1


@pytest.mark.parametrize("is_ordered", [True, False])
@pytest.mark.parametrize("total", ["half", "few", "zero"])
@pytest.mark.parametrize(("count", "largest"), [(101, 100), (250, 100), (450, 100), (2000, 100), (130, 40)])
async def test_registry_that_counts_too_few_hides_nothing(count, largest, total, is_ordered):
    box = Box(spread(count), order="oldest", total=total, largest=largest)
    found = await box.gathered(is_ordered=is_ordered)
    assert isinstance(found, GatheredList)
    assert (ids(found), found.has_more, found.is_cut) == (box.newest()[:25], True, False)


@pytest.mark.parametrize("refuses_after", [1000, 2])
async def test_registry_that_counts_right_is_asked_one_page_more_at_most(refuses_after):
    box = Box(spread(200), order="oldest", refuses_after=refuses_after)
    found = await box.gathered()
    assert isinstance(found, GatheredList)
    assert (ids(found), found.is_cut) == (box.newest()[:25], False)
    assert [number for number, _, _ in box.asked] == [1, 2, 3]


async def test_the_tenth_page_costs_what_the_first_costs():
    box = Box(spread(2000))
    last = box.newest()[249]
    found = await box.gathered(is_ordered=True, past=dict(box.messages)[last], past_id=last)
    assert ids(found) == box.newest()[250:275]
    assert len(box.asked) == 1


@pytest.mark.parametrize("order", ["newest", "oldest", "mixed"])
@pytest.mark.parametrize("count", [101, 667, 2000, 5000])
async def test_without_a_promise_few_pages_are_read(order, count):
    box = Box(spread(count), order=order)
    found = await box.gathered()
    assert isinstance(found, GatheredList)
    assert (ids(found), found.has_more, found.is_cut) == (box.newest()[:25], True, False)
    assert len(box.asked) <= 8


async def test_a_promise_that_is_broken_counts_as_none():
    box = Box(spread(300), order="mixed")
    found = await box.gathered(is_ordered=True)
    assert isinstance(found, GatheredList)
    assert (ids(found), found.is_cut) == (box.newest()[:25], False)


async def test_a_registry_that_repeats_a_page_is_left():
    class Same(Box):
        def page(self, number: int, size: int, window: DaySpan) -> bytes:
            return super().page(1, size, window)

    for is_ordered in (True, False):
        for total in ("true", None):
            box = Same(spread(2000), total=total, heeds=False)
            found = await box.gathered(is_ordered=is_ordered, wanted=300)
            assert isinstance(found, GatheredList)
            assert found.is_cut
            assert len(box.asked) < 20


async def test_time_that_is_over_leaves_what_came():
    found = await Box(spread(2000), order="mixed").gathered(seconds=-1)
    assert isinstance(found, GatheredList)
    assert (len(found.messages), found.has_more, found.is_cut) == (25, True, True)


async def test_fewer_messages_than_were_said_are_a_hole():
    class Fewer(Box):
        def page(self, number: int, size: int, window: DaySpan) -> bytes:
            said = msgspec.json.decode(super().page(number, size, window))
            return msgspec.json.encode(said | {"totalItems": 40})

    for is_ordered in (True, False):
        found = await Fewer(spread(3)).gathered(is_ordered=is_ordered)
        assert isinstance(found, GatheredList)
        assert len(found.messages) == 3
        assert found.left_out or found.is_cut


async def test_a_full_page_that_says_only_its_own_number_is_no_end():
    for is_ordered, order in ((True, "newest"), (False, "mixed")):
        box = Box(spread(130), order=order, total="page")
        found = await box.gathered(is_ordered=is_ordered, wanted=120)
        assert isinstance(found, GatheredList)
        assert found.is_cut or ids(found) == box.newest()[:120]
        assert found.is_cut or found.has_more


times = st.one_of(
    st.datetimes(datetime(2020, 1, 1), datetime(2026, 11, 30, 12), timezones=st.just(UTC)),  # noqa: DTZ001 - the zone follows
    st.sampled_from([datetime(2026, 3, 28, 22 + n // 2, 30 * (n % 2), tzinfo=UTC) for n in range(4)]),
)


habits = st.fixed_dictionaries(
    {
        "order": st.sampled_from(["newest", "oldest", "mixed"]),
        "largest": st.sampled_from([7, 25, 100]),
        "heeds": st.booleans(),
        "is_inclusive": st.booleans(),
        "zone": st.sampled_from([UTC, BRUSSELS]),
        "total": st.sampled_from(["true", None]),
    }
)


@settings(max_examples=60)
@given(st.lists(times, max_size=60), habits, st.booleans(), st.integers(1, 30))
async def test_going_on_from_the_last_shows_each_message_once(moments, habit, is_ordered, wanted):
    box = Box(moments, **habit)
    shown: list[str] = []
    place: dict[str, Any] = {}
    while True:
        found = await box.gathered(is_ordered=is_ordered, wanted=wanted, **place)
        assert isinstance(found, GatheredList)
        assert not found.is_cut
        shown += ids(found)
        if not found.has_more:
            break
        assert len(found.messages) == wanted
        last = found.messages[-1]
        place = {"past": last.at, "past_id": last.id}
    assert shown == box.newest()


async def test_the_days_of_a_filter_bound_those_of_a_search():
    box = Box(spread(2000), order="mixed")
    found = await box.gathered(filters={"receivedAfter": "2026-01-01", "receivedBefore": "2026-02-01"})
    assert isinstance(found, GatheredList)
    assert {day_here(one.at) for one in found.messages} <= {
        date(2026, 1, 1) + timedelta(days=n) for n in range(-1, 33)
    }
    assert all(window.before is None or window.before.isoformat() <= "2026-02-01" for _, _, window in box.asked)
    assert registry_list.MOST_PAGES * registry_list.LARGEST == 5000
