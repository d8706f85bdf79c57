"""Numbers and names in a row, as the CLDR has them in every language."""

from decimal import Decimal

import pytest
from babel.lists import format_list
from babel.numbers import format_decimal

from portal.platform.language import numbers
from portal.platform.language.current import speaking
from portal.platform.language.offer import locale_of

LANGUAGES = ["nl", "en", "fr", "de"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_numbers_are_written_as_the_cldr_has_them(language):
    with speaking(language):
        for number in (0, 7, 999, 1000, 5312, 12_345, 1_234_567, 10**12):
            assert numbers.format_number(number) == format_decimal(number, locale=locale_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_joined_as_the_cldr_has_them(language):
    with speaking(language):
        for count in range(1, 6):
            names = [f"Naam {at} {{0}}" for at in range(count)]
            assert numbers.join_names(names) == format_list(names, locale=locale_of(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_decimals_are_written_as_the_cldr_has_them(language):
    with speaking(language):
        for number in ("0", "-1234.5", "12345678.904", "0.006"):
            written = format_decimal(Decimal(number), "#,##0.00", locale=locale_of(language))
            assert numbers.format_decimal(Decimal(number), 2) == written
            assert numbers.format_money(Decimal(number), "EUR") == f"{written} euro"
    assert numbers.format_money(Decimal(7), "USD") == "7,00 USD"
    assert numbers.format_money(Decimal(7), "") == "7,00"


def test_number_without_decimals_has_no_sign_for_them():
    assert numbers.format_decimal(1250.4, 0) == "1.250"
    assert numbers.format_money(Decimal(5), "JPY", 0) == "5 JPY"


def test_dutch_is_as_people_here_write_it():
    assert [numbers.format_number(5312), numbers.join_names(["A", "B", "C"])] == ["5.312", "A, B en C"]
