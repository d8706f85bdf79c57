"""What is sought is read as people write it, and found in a text whatever stands in either."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.features.themes.search import terms
from portal.features.themes.search.terms import mark, read
from portal.platform.kit import incomplete_date, typed_text
from portal.platform.kit.folding import fold, fold_with_places

TEXTS = st.text(max_size=60) | st.text(alphabet="aàAß ﬁİı'’-–1290/.mrt\u0301\u00a0é", max_size=40)


def is_found(sought: str, text: str) -> bool:
    return all(term.is_in(fold(text)) for term in read(sought).terms)


def means(sought: str, value: str, kind: str) -> bool:
    return any(term.means(value, kind) for term in read(sought).terms)


@given(TEXTS, TEXTS)
@example("s", "aß")
@example("ss", "ßß")
@example("i", "ﬁ")
@example("e e", "e\u0301e\u0301")
def test_marks_neither_lose_nor_add_text(sought, text):
    pieces = mark(text, read(sought))
    assert "".join(piece for piece, _ in pieces) == text
    assert all(piece for piece, _ in pieces)
    kinds = [is_marked for _, is_marked in pieces]
    assert all(one != other for one, other in pairwise(kinds))


@given(TEXTS, TEXTS)
def test_a_word_that_is_found_alone_is_marked(sought, text):
    terms = read(sought).terms
    hits = any(word.is_in(fold(text)) for term in terms for word in term.words)
    assert any(is_marked for _, is_marked in mark(text, read(sought))) == hits


@given(TEXTS)
@example("(1/2/2000)")
@example("84.65.14-212.35")
@example("<0 maa")
def test_every_text_is_found_in_itself(text):
    assert is_found(text, typed_text.beginning(text, most=terms.LONGEST))


@given(TEXTS)
def test_folding_again_changes_nothing_and_places_are_in_order(text):
    plain, places = fold_with_places(text)
    assert plain == fold(text)
    assert fold(plain) == plain
    assert places == sorted(places)
    assert len(places) == len(plain)


@pytest.mark.parametrize(
    ("sought", "text"),
    [
        ("LIEGE", "Liège"),
        ("liège", "LIEGE"),
        ("d'hondt", "D’Hondt"),
        ("strasse", "Straße"),
        ("lodz", "Łódź"),
        ("adres", "Hoofdadres"),
        ("balen kersenlaar", "Kersenlaar 27, Balen"),
        ("27", "Kersenlaar 27, Balen"),
        ("27", "Kersenlaar 27A"),
        ("an", "Maes, An"),
        ("“balen”,", "Balen"),
    ],
)
def test_found_as_people_write_it(sought, text):
    assert is_found(sought, text)


@pytest.mark.parametrize(
    ("sought", "text"),
    [("an", "Balen"), ("27", "127"), ("270", "2701"), ("balen mol", "Balen"), ("a", "Balen")],
)
def test_small_words_and_numbers_stand_by_themselves(sought, text):
    assert not is_found(sought, text)


@pytest.mark.parametrize(
    "sought",
    ["2 maart 1990", "2 MRT. 1990", "02/03/1990", "2-3-1990", "02.03.1990", "1990-03-02", "2 maart", "maart 1990",
     "03/1990"],
)  # fmt: skip
def test_a_date_is_found_as_people_write_it(sought):
    assert means(sought, "1990-03-02", "date")
    assert not means(sought, "1991-04-12", "date")
    assert not means(sought, "1990-03-02", "text")


@pytest.mark.parametrize("sought", ["12 maart 1990", "2 maart 1991", "3/2/1990", "42 maart 1990", "2/13/1990"])
def test_another_date_is_not_meant(sought):
    assert not all(term.means("1990-03-02", "date") for term in read(sought).terms)


@given(st.integers(0, 9999), st.integers(0, 12), st.integers(0, 31), st.sampled_from("/-."))
def test_any_written_date_is_read_without_a_crash(year, month, day, join):
    written = f"{day}{join}{month}{join}{year:04}"
    whole = incomplete_date.read(f"{year:04}-{month:02}-{day:02}")
    if whole and year and month and day:
        assert means(written, whole.iso(), "date")
    assert is_found(written, written)


@pytest.mark.security
@pytest.mark.parametrize(
    "sought", ["84651421235", "84.65.14-212.35", "84 65 14 212 35", "mijn nummer 84.65.14-21235"]
)
def test_a_whole_national_number_is_found(sought):
    assert means(sought, "84651421235", "national_number")
    assert not means(sought, "84651421334", "national_number")


@pytest.mark.security
@pytest.mark.parametrize("sought", ["212", "8465142123", "84.65.14-212", "212.35", "35"])
def test_part_of_a_national_number_is_not(sought):
    assert not means(sought, "84651421235", "national_number")


@pytest.mark.parametrize("sought", ["", "  ", "\u200b\u0000", "...", "“”", "\u0301"])
def test_nothing_to_seek_is_no_term(sought):
    assert read(sought).terms == []
