"""How entries become days, lines, references and the squares of a year. No I/O."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from portal.features.privacy.tests.test_usage import FISH, NOW, PARENT
from portal.features.privacy.usage import arranging, journalling, references, wording, year
from portal.platform.journal import actions, searching
from portal.platform.journal.searching import FoundEntries, UseCount
from portal.platform.journal.types import Access, Actor, ActorKind, OperationStatus, Use
from portal.platform.language.current import speaking


def access(at: datetime, number: int = 1, *uses: Use, actor: Actor | None = None, name: str = "look") -> Access:
    chosen = uses or (Use(FISH, "ready"),)
    who = actor or Actor(ActorKind.CITIZEN)
    return Access(number, at, at, name, who, OperationStatus.OK, chosen, bytes(16), bytes(8))


def test_alike_looks_are_one_line_and_others_are_not():
    found = [access(NOW, 5), access(NOW, 4), access(NOW, 3, Use(FISH, "late")), access(NOW, 2, name="other")]
    (day,) = arranging.days_of(FoundEntries(found)).days
    (group,) = day.groups
    assert [len(line.accesses) for line in group.lines] == [2, 1, 1]
    parents = [access(NOW, 2, actor=PARENT), access(NOW, 1, actor=Actor(ActorKind.PARENT, str(uuid4())))]
    (day,) = arranging.days_of(FoundEntries(parents)).days
    assert [group.count for group in day.groups] == [2]


def test_day_that_goes_on_is_left_to_the_next_page():
    found = [access(NOW, 9), access(NOW - timedelta(days=1), 8), access(NOW - timedelta(days=2), 7)]
    going_on = searching.place_of(found[-1])
    listed = arranging.days_of(FoundEntries(found, going_on))
    assert ([day.at for day in listed.days], listed.next) == (
        [NOW, NOW - timedelta(days=1)],
        searching.place_of(found[1]),
    )
    alone = arranging.days_of(FoundEntries(found[:1], searching.place_of(found[0])))
    assert (len(alone.days), alone.is_cut) == (1, True)
    many = [access(NOW - timedelta(days=number), 99 - number) for number in range(30)]
    listed = arranging.days_of(FoundEntries(many))
    assert (len(listed.days), listed.next) == (25, searching.place_of(many[24]))


def test_page_that_ends_before_the_search_did_does_not_say_how_far_that_looked():
    """Else it would say that there is nothing on the days in between."""
    far = NOW - timedelta(days=90)
    many = [access(NOW - timedelta(days=number), 99 - number) for number in range(30)]
    listed = arranging.days_of(FoundEntries(many, searching.place_of(many[-1]), far))
    assert (len(listed.days), listed.next, listed.reached) == (25, searching.place_of(many[24]), None)
    few = arranging.days_of(FoundEntries(many[:3], searching.place_of(many[-1]), far))
    assert (len(few.days), few.next, few.reached) == (3, searching.place_of(many[-1]), far)


def test_body_that_is_no_longer_connected_is_named_as_its_data_names_it():
    gone = Actor(ActorKind.BODY, "fishery")
    (day,) = arranging.days_of(FoundEntries([access(NOW, actor=gone)])).days
    (group,) = day.groups
    assert wording.who(group.actor, group.body_name) == "Visserij & <Zoon>"
    other = arranging.days_of(FoundEntries([access(NOW, actor=Actor(ActorKind.BODY, "elsewhere"))])).days[0].groups[0]
    assert wording.who(other.actor, other.body_name) == wording.NOT_CONNECTED


def test_hour_that_comes_twice_says_which_of_the_two_it_was():
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    with speaking("nl"):
        assert [wording.time_of(first + timedelta(hours=hour)) for hour in range(3)] == [
            "02:30 (zomertijd)",
            "02:30 (wintertijd)",
            "03:30",
        ]
    # A day of 25 hours is one day, and the night before it another.
    days = arranging.days_of(
        FoundEntries([access(first + timedelta(hours=hour), hour + 1) for hour in (22, 21, -2, -3)])
    ).days
    assert [day.day for day in days] == [date(2026, 10, 25), date(2026, 10, 24)]


@pytest.mark.parametrize(
    ("today", "chosen", "first", "count"),
    [
        (date(2026, 3, 3), "", date(2025, 4, 1), 365),
        (date(2026, 12, 31), "", date(2026, 1, 1), 365),
        (date(2024, 2, 29), "", date(2023, 3, 1), 366),
        (date(2026, 3, 3), "2024", date(2024, 1, 1), 366),
        (date(2026, 3, 3), "2027", date(2025, 4, 1), 365),
    ],
)
def test_year_has_every_day_of_its_months(today: date, chosen: str, first: date, count: int):
    days = year.days_from(year.first_month(today, chosen))
    assert (days[0], len(days)) == (first, count + 1)
    months = year.months_of(days, [UseCount(number, number % 2) for number in range(count)], today)
    assert len(months) == 12
    assert sum(len(month.days) for month in months) == count
    for month in months:
        drawn = "".join(path for _, path in month.squares)
        assert drawn.count("M") == len(month.days)
        assert month.weeks <= 6
        assert bool(month.frame) == (month.first <= today <= month.last)
    assert year.YearDay(today, UseCount()).level == 0
    assert [year.YearDay(today, UseCount(own)).level for own in (1, 4, 5, 19, 20, 50, 9999)] == [1, 1, 2, 2, 3, 4, 4]


def test_reference_is_read_back_and_fits_one_entry():
    for number in (1, 31, 2**20, references.LARGEST):
        one = msgspec.structs.replace(access(NOW, number), trace_id=uuid4().bytes)
        written = references.reference_of(one)
        assert references.entry_id(written) == number
        other = msgspec.structs.replace(one, operation_id=b"12345678")
        assert references.reference_of(other)[:9] == written[:9]
        assert references.reference_of(other) != written


def test_every_result_has_words():
    for words in (wording.RESULTS, wording.OWN_RESULTS):
        assert words.keys() == {*actions.RESULTS, None}
    assert journalling.LOOK in wording.DONE


def test_names_of_operations_are_written_as_the_journal_takes_them():
    assert all(re.fullmatch(r"[a-z][a-z '']{0,59}", name) for name in wording.DONE)
