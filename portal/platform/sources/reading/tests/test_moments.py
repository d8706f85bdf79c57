"""Moments as bodies write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading import moments


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2017-07-24T09:26:00Z", "2017-07-24T09:26:00"),
        ("2017-07-24T09:26:00+02:00", "2017-07-24T07:26:00"),
        ("2017-07-24T09:26:00.123456789+0200", "2017-07-24T07:26:00.123456"),
        ("2017-07-24T09:26", "2017-07-24T07:26:00"),
        ("2017-01-24T09:26:00", "2017-01-24T08:26:00"),
        ("2017-01-24 09:26:00,5", "2017-01-24T08:26:00.500000"),
        ("2017-01-24", "2017-01-23T23:00:00"),
        ("20170124T092600Z", "2017-01-24T09:26:00"),
        (" 2017-01-24T24:00:00Z ", "2017-01-25T00:00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00"),
        ("2017-07-24T09:26:00+02:00[Europe/Brussels]", "2017-07-24T07:26:00"),
        # The hour that is missing in spring, and that which comes twice in autumn.
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00"),
        ("2026-10-25T02:30:00", "2026-10-25T00:30:00"),
    ],
)
def test_every_way_of_writing_a_moment_is_read(written, read):
    assert moments.read(written) == datetime.fromisoformat(read).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        None,
        True,
        1500000000000,
        [],
        "",
        "null",
        "9999-12-31T23:59:59Z",
        "0001-01-01T00:00:00Z",
        "0000-00-00",
        "2017-02-30",
        "2017-02-03T25:00",
        "2017-02-03T09:60",
        "2017-02-03T09:00+99:00",
        "２０１７-02-03",
        "2017-02-03T09:26:00Z" + " " * 50,
    ],
)
def test_what_is_no_moment_is_none(written):
    assert moments.read(written) is None


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-06-15", "2026-06-15T21:59:59"),
        ("20261025", "2026-10-25T22:59:59"),
        ("2026-06-15T00:00:00", "2026-06-14T22:00:00"),
        ("9999-12-31", None),
    ],
)
def test_day_until_which_something_is_there_counts_to_its_end(written, read):
    wanted = datetime.fromisoformat(read).replace(tzinfo=UTC) if read else None
    assert moments.read(written, ends=True) == wanted


@given(st.text(max_size=60) | st.from_regex(moments._MOMENT, fullmatch=True))
def test_no_text_breaks_the_reader(written):
    found = moments.read(written)
    assert found is None or found.tzinfo is UTC


@given(st.datetimes(datetime(1950, 1, 1), datetime(2400, 1, 1), timezones=st.timezones()))  # noqa: DTZ001 - bounds of local times
def test_what_python_writes_is_read_back(moment):
    utc = moment.astimezone(UTC)
    assert moments.read(utc.isoformat()) == utc
