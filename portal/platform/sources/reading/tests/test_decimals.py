"""Numbers are written as people write them here, whatever sign stands before the decimals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading import decimals
from portal.platform.sources.reading.json_table import members
from portal.platform.sources.reading.table import decimal, euros


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1.5", "1,5"),
        ("1,5", "1,5"),
        ("019.0", "19"),
        ("19", "19"),
        ("-3.20", "-3,20"),
        ("+0.5", "0,5"),
        (" 7 ", "7"),
        ("1e3", None),
        ("1.250,5", None),
        ("", None),
        ("een", None),
        ("٣", None),
        ("1" * 40, None),
    ],
)
def test_a_number_has_a_decimal_comma(written, read):
    assert decimals.read(written) == read


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("1250.5", "1.250,50 euro"),
        ("0", "0,00 euro"),
        ("-12,345", "-12,345 euro"),
        ("1234567", "1.234.567,00 euro"),
        ("gratis", "gratis"),
    ],
)
def test_an_amount_has_two_decimals_and_dots_between_thousands(written, shown):
    assert decimals.in_euros(written) == shown


@given(st.text(max_size=60))
def test_any_text_is_a_number_or_stays_as_it_is(text):
    assert decimals.read(text) is None or decimals.with_unit(text, "uur").endswith(" uur")
    assert decimals.in_euros(text) == text or decimals.in_euros(text).endswith(" euro")


def test_numbers_of_json_are_read_by_the_same_leaves():
    facts = []
    members({"uren": decimal("hours", "Uren per week", "uur"), "bedrag": euros("amount", "Bedrag")})(
        {"uren": 1.5, "bedrag": 99.9}, "", facts
    )
    assert [(fact.value, fact.kind) for fact in facts] == [("1,5 uur", "text"), ("99,90 euro", "text")]
