"""Typed text is measured before it is normalised, and keeps everything that can be seen."""

import unicodedata
from itertools import groupby

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.platform.kit import typed_text
from portal.platform.kit.typed_text import TooLong, beginning, code, line, lines

TEXTS = st.text(max_size=60) | st.text(
    alphabet="aé \t\r\n\u0301\u0323\u200b\u200d\u202eﬁ１\ufe0f😀علی\uff9e", max_size=80
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("  Ann  \t Peeters\n", "Ann Peeters"),
        ("e\u0301", "é"),
        # What comes along from a document, a chat or a phone book.
        ("jan\u200bpeeters", "janpeeters"),
        ("\ufeffVeld\u00adstraat\u2060", "Veldstraat"),
        ("\u202a0470 12 34 56\u202c", "0470 12 34 56"),
        ("a\u0000b\u2028c\u00a0d\u2003e", "ab c d e"),
        ("Jan\u3164\u034f\u115f\ufe0f", "Jan"),
        ("\ud800\uffffx\ufdd0", "x"),
        # A mark goes to its letter, whatever stood between.
        ("e\u200b\u0301", "é"),
        # Where a joiner or a selector is seen, it stays.
        ("علی\u200cرضا", "علی\u200cرضا"),
        ("क्\u200dष", "क्\u200dष"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("❤\ufe0f", "❤\ufe0f"),
        ("葛\U000e0100城", "葛\U000e0100城"),
        ("Jan\u200d\u200cP", "JanP"),
        ("李\u200d李", "李李"),
        ("\u0661\u06dd", "\u0661\u06dd"),
        # What people are called stays as it is.
        ("O’Neill-D'Hondt 3e", "O’Neill-D'Hondt 3e"),
        ("Ⅷ ﬁ ½", "Ⅷ ﬁ ½"),
    ],
)
def test_line_keeps_what_can_be_seen(typed, read):
    assert line(typed, most=100) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("een\r\ntwee\rdrie\u2028vier\x0bvijf", "een\ntwee\ndrie\nvier\nvijf"),
        ("  een  \n\n\n\n twee\t\tdrie ", "een\n\n twee  drie"),
        ("\u200b\u202e \n", ""),
    ],
)
def test_lines_keep_their_ends(typed, read):
    assert lines(typed, most=100) == read


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("１２３ ４５６", "123 456"),
        ("jan＠example．org", "jan@example.org"),
        ("\u200bjan@example.org\u200b", "jan@example.org"),
        ("+32\u202f470\u201112", "+32 470-12"),
        ("9000\u200c", "9000"),
    ],
)
def test_code_is_in_plain_characters(typed, read):
    assert code(typed, most=100) == read


@pytest.mark.parametrize("read", [line, lines, code])
def test_length_is_told_before_and_after(read):
    assert read("x" * 30, most=30) == "x" * 30
    assert read("x\u200b" * 30, most=30) == "x" * 30
    with pytest.raises(TooLong) as caught:
        read("x" * 31, most=30)
    assert caught.value.used == 31
    with pytest.raises(TooLong) as caught:
        read("\u200b" * 121, most=30)
    assert caught.value.used == 121


def test_beginning_is_never_refused():
    assert beginning("x" * 300_000, most=30) == "x" * 30
    assert beginning("\ufb2c" * 30, most=30) == unicodedata.normalize("NFC", "\ufb2c" * 10)


@given(TEXTS)
@example("a" + "\u0301\u200b\u0323" * 60)
@example("\uff9e\u0345" * 60)
@example("\u00b4\u200c\ufe00")
@example("\u00b4\u200c\u034f")
@example("\u0915\u200d\u17b4\u0915")
@example("\u0300\u200c\u0316")
@example("A\u0300\u200c\u00b4")
@example("A\u034f\u0300\u200c\u00b4")
def test_whatever_is_typed_is_read_once_and_for_all(text):
    for read in (line, lines, code):
        made = read(text, most=4 * len(text) + 20)
        assert read(made, most=len(made)) == made
        assert made == made.strip()
        in_a_row = [
            len([*run]) for is_mark, run in groupby(made, lambda char: bool(unicodedata.combining(char))) if is_mark
        ]
        assert max(in_a_row, default=0) <= typed_text.MOST_MARKS
        controls = [char for char in made if unicodedata.category(char) in ("Cc", "Cs", "Co") and char != "\n"]
        assert controls == []


@given(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"], exclude_characters="\u2800"), max_size=40))
def test_letters_digits_and_signs_are_never_taken_out(text):
    seen = "".join(char for char in text if not typed_text._UNSEEN.match(char) and char not in "\uff9e\uff9f")
    assert line(seen, most=200) == unicodedata.normalize("NFC", seen)


@pytest.mark.parametrize(
    ("begin", "end", "read"),
    [
        ("2026-01-31", "2026-02-01", ("2026-01-31", "2026-02-01")),
        ("2026-02-01", "2026-01-31", ("2026-01-31", "2026-02-01")),
        ("2026-02-01", "", ("2026-02-01", "")),
        ("2026-02-29", "2026-02-28", ("", "2026-02-28")),
        ("31/01/2026", "20260131", ("", "")),
        ("1899-12-31", "9991-01-01", ("", "")),
        ("2026-W05-6", "２０２６-01-31", ("2026-01-31", "")),
    ],
)
def test_days_of_a_filter_are_days_and_in_order(begin: str, end: str, read: tuple[str, str]):
    assert typed_text.days(begin, end) == read
