"""Dates in words: as people read them in Dutch, and as the CLDR has them in every language."""

from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_date, format_skeleton

from portal.platform.kit.incomplete_date import read
from portal.platform.language import dates
from portal.platform.language.current import speaking
from portal.platform.language.offer import locale_of

LANGUAGES = ["nl", "en", "fr", "de"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("2026-03-03", "3 maart 2026"),
        ("2026-03-00", "maart 2026"),
        ("2024-02-00", "februari 2024"),
        ("1971-00-00", "in 1971"),
        ("1971-00-12", "in 1971"),
        ("0000-00-00", "datum onbekend"),
        ("0000-05-01", "datum onbekend"),
        (" 2026-03-03+01:00 ", "3 maart 2026"),
    ],
)
def test_date_says_no_more_than_is_known(text, words):
    assert dates.in_words(read(text)) == words


@pytest.mark.parametrize("language", LANGUAGES)
def test_dates_are_written_as_the_cldr_has_them(language):
    locale = locale_of(language)
    # Every month, first and last days, and days in between, of three centuries.
    days = [date(1800, 1, 1) + timedelta(days=17 * at) for at in range(6400)]
    with speaking(language):
        for each in days:
            assert dates.in_words(read(each.isoformat())) == format_date(each, "long", locale)
            month = read(f"{each.isoformat()[:8]}00")
            assert dates.in_words(month) == format_skeleton("yMMMM", each, locale=locale)


def test_times_are_those_of_brussels():
    summer, winter = datetime(2026, 7, 1, 12, 3, tzinfo=UTC), datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert [dates.clock(summer), dates.moment(winter)] == ["14:03", "1 januari 2027 om 00:30"]
    assert [dates.day_here(summer), dates.day_here(winter)] == [date(2026, 7, 1), date(2027, 1, 1)]
    assert dates.recent(summer, now=datetime(2026, 7, 1, 20, tzinfo=UTC)) == "14:03"
    assert dates.recent(summer, now=datetime(2026, 7, 1, 22, tzinfo=UTC)) == "1 juli 2026 om 14:03"


def test_pattern_with_a_part_that_no_long_date_has_is_refused():
    assert dates._template("d 'de' MMMM 'o''clock' y", "mei") == "%(day)d de mei o'clock %(year)d"
    with pytest.raises(KeyError):
        dates._template("EEEE d MMMM y", "mei")
