"""Dates as registers write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.kit.incomplete_date import IncompleteDate, birthday, read


@pytest.mark.parametrize(
    ("text", "parts", "earliest", "latest"),
    [
        ("2026-03-03", (2026, 3, 3), date(2026, 3, 3), date(2026, 3, 3)),
        ("2026-03-00", (2026, 3, 0), date(2026, 3, 1), date(2026, 3, 31)),
        ("2024-02-00", (2024, 2, 0), date(2024, 2, 1), date(2024, 2, 29)),
        ("1971-00-00", (1971, 0, 0), date(1971, 1, 1), date(1971, 12, 31)),
        ("1971-00-12", (1971, 0, 12), date(1971, 1, 1), date(1971, 12, 31)),
        ("0000-00-00", (0, 0, 0), None, None),
        ("0000-05-01", (0, 5, 1), None, None),
        (" 2026-03-03+01:00 ", (2026, 3, 3), date(2026, 3, 3), date(2026, 3, 3)),
    ],
)
def test_read_iso_keeps_what_is_unknown(text, parts, earliest, latest):
    found = read(text)

    assert found == IncompleteDate(*parts)
    assert (found.earliest(), found.latest()) == (earliest, latest)


@pytest.mark.parametrize(
    "text", ["", ",000-00-00", "1971", "1971-13-01", "1971-02-30", "1971-01-32", "03.03.2026", "١٩٧١-٠١-٠١"]
)
def test_read_refuses_nonsense(text):
    assert read(text) is None


@given(st.dates())
def test_a_whole_date_comes_back_unchanged(day):
    found = read(day.isoformat())

    assert found is not None
    assert found.iso() == day.isoformat()
    assert found.earliest() == found.latest() == day


@given(st.integers(0, 9999), st.integers(0, 12), st.integers(0, 31))
def test_earliest_is_never_after_latest(year, month, day):
    found = read(IncompleteDate(year, month, day).iso())

    if found is not None and (first := found.earliest()) is not None:
        last = found.latest()
        assert last is not None
        assert first <= last


@given(st.text())
def test_readers_are_total(text):
    read(text)


def test_birthday_of_a_leap_day_in_a_leap_year_is_that_day():
    assert birthday(date(2008, 2, 29), 20) == date(2028, 2, 29)
