"""Dates as bodies write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.sources.reading import dates


def iso(written: str) -> str | None:
    found = dates.read(written)
    return found.iso() if found else None


@pytest.mark.parametrize(
    "written",
    [
        "1984-05-14",
        " 1984-05-14 ",
        "1984-05-14Z",
        "1984-05-14+02:00",
        "19840514",
        "14/05/1984",
        "14-05-1984",
        "14.05.1984",
        "14/5/1984",
        "1984/05/14",
        "1984-05-14 08:30:00",
        "1984-05-14T08:30",
        "1984-05-14T00:00:00",
        "1984-05-14T00:00:00+02:00",
        "1984-05-14T00:00:00.000+0200",
        "1984-05-14T00:00:00+02:00[Europe/Brussels]",
        "1984-05-14T23:59:59.9999999",
        "1984-05-13T22:00:00Z",
        "1984-05-13T22:00:00 UTC",
        "19840513T220000Z",
        "19840513220000Z",
        "19840514000000",
        "1984-05-13T24:00:00",
        "1984-05-13T18:00:00-05:00",
    ],
)
def test_one_day_is_the_same_in_every_spelling(written):
    assert iso(written) == "1984-05-14"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        # In winter Belgium is an hour ahead, in summer two; there was no summer time in 1950.
        ("1984-01-13T22:59:59Z", "1984-01-13"),
        ("1984-01-13T23:00:00Z", "1984-01-14"),
        ("1950-07-13T22:30:00Z", "1950-07-13"),
        # A program that knows only today's summer time still means the midnight of the day that it writes.
        ("1950-07-14T00:00:00+02:00", "1950-07-14"),
        ("1984-05-14T12:00:00+99:00", "1984-05-14"),
    ],
)
def test_belgian_time_decides_the_day(written, day):
    assert iso(written) == day


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1984-05", "1984-05-00"),
        ("05/1984", "1984-05-00"),
        ("0", "0000-00-00"),
        ("1984-05-00", "1984-05-00"),
        ("1984-00-00", "1984-00-00"),
        ("19840000", "1984-00-00"),
        ("00.00.1984", "1984-00-00"),
        ("1984", "1984-00-00"),
        ("--05-14", "0000-05-14"),
        ("0000-00-00", "0000-00-00"),
        ("0001-01-01", "0000-00-00"),
        ("0001-01-01T00:00:00Z", "0000-00-00"),
        ("1753-01-01", "0000-00-00"),
        ("1900-01-01", "1900-01-01"),
    ],
)
def test_what_is_not_known_is_not_made_up(written, day):
    assert iso(written) == day


@pytest.mark.parametrize(
    "written",
    [
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "9999-12-31+01:00",
        "99991231",
        "31/12/9999",
        "31.12.9999",
        "9999",
        "9999-12",
        "9999-99-99",
        "99/99/9999",
        "99999999",
        "2999-12-31",
        "9999-00-00",
    ],
)
def test_a_day_that_never_comes_says_that_there_is_no_end(written):
    found = dates.read(written)
    assert found is not None
    assert dates.is_never(found)


@pytest.mark.parametrize("day", ["2099-12-31", "1900-01-01", "0000-00-00"])
def test_another_day_does_not(day):
    assert not dates.is_never(dates.read(day))


@pytest.mark.parametrize(
    ("written", "is_so"),
    [
        ("0001-01-01", True),
        ("01/01/0001 00:00:00", True),
        ("1753-01-01", True),
        ("1601-01-01T00:00:00Z", True),
        ("9999-12-31", True),
        ("99999999", True),
        # A body that writes zeros says that it does not know the day.
        ("0000-00-00", False),
        ("0", False),
        ("1971-00-00", False),
        ("1900-01-01", False),
        ("gisteren", False),
        ("", False),
        ("9" * 60, False),
    ],
)
def test_days_that_programs_write_in_an_empty_field_are_known(written, is_so):
    assert dates.is_of_empty_field(written) is is_so


@pytest.mark.parametrize(
    "written",
    [
        "",
        "gisteren",
        "1984-02-30",
        "1984051408",
        "30/02/1984",
        "1984-13-01",
        "1984-05-14T25:00:00",
        "1984-05-14T10:61:00",
        "453254400000",
        "14-05/1984",
        "١٩٨٤-٠٥-١٤",
        "198405",
        "1984-05-14" + " " * 60 + "x",
    ],
)
def test_what_is_no_date_is_none(written):
    assert dates.read(written) is None


@given(st.text("0123456789-/.:TZ+ []", max_size=60))
def test_any_text_is_read_without_raising(written):
    dates.read(written)


@given(st.integers(1800, 2400), st.integers(0, 12), st.integers(0, 28))
def test_what_is_written_comes_back(year, month, day):
    whole = IncompleteDate(year, month, day)
    assert dates.read(whole.iso()) == whole
    assert dates.read(f"{day:02}.{month:02}.{year:04}") == whole
