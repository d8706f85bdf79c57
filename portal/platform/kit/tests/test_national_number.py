"""National numbers: ordinary, bis, test, fictitious, and of people whose birth date is not known."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.kit.incomplete_date import IncompleteDate
from portal.platform.kit.national_number import birth_date_in, is_valid, mask


def numbered(nine: str, century: int = 1900) -> str:
    read_as = int(nine) + (2_000_000_000 if century == 2000 else 0)
    return f"{nine}{97 - read_as % 97:02}"


@pytest.mark.parametrize("raised_by", [0, 20, 40, 60])
@pytest.mark.parametrize("month", [0, 1, 12])
@pytest.mark.parametrize("century", [1900, 2000])
def test_every_kind_of_number_is_valid_in_both_centuries(raised_by, month, century):
    assert is_valid(numbered(f"55{raised_by + month:02}09123", century))


@pytest.mark.parametrize("month", [13, 19, 33, 39, 53, 59, 73, 79, 93, 99])
def test_months_that_no_register_hands_out_are_refused(month):
    number = numbered(f"55{month:02}09123")

    assert not is_valid(number)
    assert not is_valid(number, is_fictitious=True)
    assert birth_date_in(number) is None


def test_check_digits_matter_except_for_fictitious_numbers():
    wrong = f"{int(numbered('556909123')) + 1:011}"

    assert not is_valid(wrong)
    assert birth_date_in(wrong) is None
    assert is_valid(wrong, is_fictitious=True)


@pytest.mark.parametrize("text", ["", "5569091230", "55.69.09-123", "556909123000", "5569091230x", "٥٥٦٩٠٩١٢٣٠٠"])
def test_other_texts_are_refused(text):
    assert not is_valid(text)
    assert not is_valid(text, is_fictitious=True)
    assert birth_date_in(text) is None


@pytest.mark.parametrize(
    ("nine", "century", "born"),
    [
        ("716909123", 1900, (1971, 9, 9)),
        ("716909123", 2000, (2071, 9, 9)),
        ("054231001", 2000, (2005, 2, 0)),
        ("716000123", 1900, (1971, 0, 0)),
        ("716900123", 1900, (1971, 9, 0)),
        ("006000123", 2000, (2000, 0, 0)),
        ("000000123", 1900, (0, 0, 0)),
    ],
)
def test_birth_date_in_knows_the_century_and_what_is_unknown(nine, century, born):
    assert birth_date_in(numbered(nine, century)) == IncompleteDate(*born)


def test_masked_shows_the_birth_date_only():
    assert mask("71690999999") == "71.69.09-•••.••"
    assert mask("1234") == "••••"


@given(st.text() | st.from_regex(r"[0-9]{11}", fullmatch=True))
def test_total_and_never_valid_without_a_birth_date(text):
    mask(text)
    assert is_valid(text) == (birth_date_in(text) is not None)
