"""References: numbers in letters that nobody takes for each other."""

import pytest

from portal.platform.kit import reference


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (0, "H-0000-0000"),
        (31, "H-0000-000Z"),
        (32, "H-0000-0010"),
        (2**40 - 1, "H-ZZZZ-ZZZZ"),
        (2**40 + 1, "H-0000-0001"),
    ],
)
def test_reference_is_a_number_in_letters(number, written):
    assert reference.write(number, prefix="H", groups=2, group_size=4) == written
    assert reference.pattern(prefix="H", groups=2, group_size=4).fullmatch(written)


@pytest.mark.parametrize("text", ["H-0000-000", "H-0000-00000", "H-0000-000I", "h-0000-0000", "X-0000-0000", ""])
def test_another_text_is_no_reference(text):
    assert reference.pattern(prefix="H", groups=2, group_size=4).fullmatch(text) is None


def test_no_letter_is_taken_for_another():
    assert set("ILOU") & set(reference.LETTERS) == set()
    assert len(set(reference.LETTERS)) == 2**reference.BITS
