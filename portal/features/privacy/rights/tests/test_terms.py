"""When a request must be answered: dates worked out by hand by Regulation 1182/71, and what holds for all of them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from portal.features.privacy.rights import holidays, rules, terms
from portal.features.privacy.rights.types import ForwardFailure, Progress, RequestRecipient, RequestState

BRUSSELS = ZoneInfo("Europe/Brussels")
EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
# Received on a day in Belgium, and the last day of the month's term with the reason why it is that one.
TERMS = [
    ("2026-03-05", "2026-04-07", "5 April is Easter Sunday, 6 April Easter Monday"),
    ("2026-03-03", "2026-04-03", "a Friday: Good Friday is no holiday in Belgium"),
    ("2026-11-30", "2026-12-30", "a Wednesday"),
    ("2026-11-25", "2026-12-28", "Christmas is a Friday, then the weekend"),
    ("2026-12-01", "2027-01-04", "New Year is a Friday of the next year"),
    ("2026-12-31", "2027-02-01", "31 January is a Sunday"),
    ("2027-01-31", "2027-03-01", "February has no 31st: the 28th, a Sunday"),
    ("2028-01-31", "2028-02-29", "a leap year: the last day of February, a Tuesday"),
    ("2028-01-30", "2028-02-29", "February has no 30th either"),
    ("2028-02-29", "2028-03-29", "the same date, a Wednesday"),
    ("2024-02-29", "2024-03-29", "Good Friday again"),
    ("2026-08-31", "2026-09-30", "September has no 31st"),
    ("2026-04-01", "2026-05-04", "labour day is a Friday"),
    ("2026-04-14", "2026-05-15", "Ascension; the day after it is a working day by law"),
    ("2026-04-25", "2026-05-26", "25 May is Whit Monday"),
    ("2026-06-21", "2026-07-22", "the national holiday, a Tuesday"),
    ("2026-06-11", "2026-07-13", "11 July is a Saturday, and a holiday of a community only"),
    ("2025-06-11", "2025-07-11", "11 July, a Friday: no public holiday of the country"),
    ("2026-07-15", "2026-08-17", "Assumption is a Saturday"),
    ("2026-10-01", "2026-11-02", "All Saints is a Sunday; All Souls is a working day"),
    ("2026-10-11", "2026-11-12", "the armistice, a Wednesday"),
]


@pytest.mark.parametrize(("received", "last", "why"), TERMS, ids=[why for *_, why in TERMS])
def test_last_day_of_a_term(received: str, last: str, why: str) -> None:
    at = datetime.combine(date.fromisoformat(received), datetime.min.time(), BRUSSELS)
    for hour in (timedelta(), timedelta(hours=12), timedelta(hours=23, minutes=59)):
        assert terms.last_day((at + hour).astimezone(UTC)) == date.fromisoformat(last)


def test_extension_adds_two_months_to_the_first() -> None:
    received = datetime(2026, 11, 30, 10, tzinfo=UTC)
    # 28 February 2027 is a Sunday.
    assert terms.last_day(received, months=terms.EXTENDED_MONTHS) == date(2027, 3, 1)
    assert terms.last_day(datetime(2026, 9, 25, tzinfo=UTC), months=3) == date(2026, 12, 28)


def test_day_is_that_of_belgium_also_when_the_clocks_change() -> None:
    # Half past eleven in the evening in London is the next day here, in summer and in winter.
    assert terms.last_day(datetime(2026, 3, 28, 23, 30, tzinfo=UTC)) == date(2026, 4, 29)
    assert terms.last_day(datetime(2026, 10, 24, 22, 30, tzinfo=UTC)) == date(2026, 11, 25)
    assert terms.last_day(datetime(2026, 10, 25, 22, 30, tzinfo=UTC)) == date(2026, 11, 25)
    assert terms.last_day(datetime(2026, 10, 25, 23, 30, tzinfo=UTC)) == date(2026, 11, 26)
    # The last day counts whole.
    assert not terms.is_over(date(2026, 12, 30), datetime(2026, 12, 30, 22, 59, tzinfo=UTC))
    assert terms.is_over(date(2026, 12, 30), datetime(2026, 12, 30, 23, 0, tzinfo=UTC))


def test_holidays_are_those_of_a_package_that_others_keep() -> None:
    theirs = country_holidays("BE", years=range(1975, 2101))
    for year in range(1975, 2101):
        # It lists Easter and Whit Sunday too, which are Sundays in any case.
        assert holidays.of_year(year) == {
            day for day in theirs if day.year == year and (day.weekday() != 6 or day in holidays.of_year(year))
        }
        assert len(holidays.of_year(year)) in (9, 10)  # Ascension can be labour day


# The minutes of a century.
MOMENTS = st.integers(0, 100 * 365 * 24 * 60).map(lambda minutes: EPOCH + timedelta(minutes=minutes))


@given(MOMENTS, st.integers(1, 3))
def test_term_is_never_shorter_than_its_months_and_ends_on_a_working_day(received: datetime, months: int) -> None:
    begins, ends = terms.day_here(received), terms.last_day(received, months=months)
    assert holidays.is_working_day(ends)
    plain = terms.months_after(begins, months)
    assert ends >= plain
    assert (plain.year * 12 + plain.month) - (begins.year * 12 + begins.month) == months
    assert plain.day == begins.day or (plain + timedelta(days=1)).month != plain.month
    # Only days on which nobody works lie between.
    between = [plain + timedelta(days=after) for after in range((ends - plain).days)]
    assert not any(map(holidays.is_working_day, between))
    assert len(between) <= 4
    # Who comes later is answered no earlier.
    assert terms.last_day(received + timedelta(days=1), months=months) >= ends


DUE = date(2026, 4, 3)
AT = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
LATE = datetime(2026, 4, 4, tzinfo=UTC)
SENT = {"delivered_at": AT, "delivered_to": RequestRecipient.BODY}
FAILED = {"failed_at": AT, "failure": ForwardFailure.REFUSED}
CLOSED = {"closed_at": AT, "closed_by": "desk"}


@pytest.mark.parametrize(
    ("columns", "now", "progress"),
    [
        ({}, AT, Progress.UNDER_WAY),
        (FAILED, AT, Progress.UNDER_WAY),
        (SENT, AT, Progress.DELIVERED),
        ({**SENT, "delivered_to": RequestRecipient.DESK}, AT, Progress.DELIVERED),
        ({**SENT, **FAILED, "delivered_to": RequestRecipient.DESK}, AT, Progress.HANDED_ON),
        ({}, LATE, Progress.OVERDUE),
        (SENT, LATE, Progress.OVERDUE),
        ({**SENT, "extended_on": date(2026, 6, 3)}, LATE, Progress.DELIVERED),
        ({**SENT, **CLOSED}, LATE, Progress.ANSWERED),
        ({**SENT, **CLOSED, "closed_by": "citizen"}, LATE, Progress.CLOSED),
        ({"failed_at": AT, "failure": ForwardFailure.UNREADABLE}, LATE, Progress.LOST),
    ],
)
def test_progress_is_told_by_the_clock(columns: dict[str, object], now: datetime, progress: Progress) -> None:
    assert rules.progress_of(RequestState(AT, DUE, **columns), now) is progress
