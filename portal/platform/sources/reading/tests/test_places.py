"""Countries, boxes and numbers of an address, as bodies fill them in."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading import places


@pytest.mark.parametrize(
    ("country", "abroad", "named"),
    [
        (("België", "BEL", "150"), "", "België"),
        (("Belgique", "BEL", ""), "", "België"),
        (("Belgien", "", "00150"), "", "België"),
        (("BELGIE", "", ""), "", "België"),
        (("BEL", "", ""), "", "België"),
        (("be", "", ""), "", "België"),
        (("Koninkrijk België", "", ""), "", "België"),
        (("Frankrijk", "be", ""), "", "België"),
        (("Frankrijk", "FRA", "111"), "Frankrijk", "Frankrijk"),
        (("NOORWEGEN", "", ""), "Noorwegen", "Noorwegen"),
        (("Belgique", "FRA", ""), "land met code FRA", "land met code FRA"),
        (("België", "XXX", "000"), "", "België"),
        (("", "", "111"), "land met code 111", "land met code 111"),
        (("", "", ""), "", ""),
    ],
)
def test_a_code_decides_which_country_it_is_before_its_words(country, abroad, named):
    assert (places.country_abroad(*country), places.country_name(*country)) == (abroad, named)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        *((word, "bus 3") for word in ("3", "bus 3", "Bus 3", "BUS3", "bus bus 3", "bus: 3", "bte 3", "Bte. 3")),
        *((word, "bus 3") for word in ("boîte 3", "BOITE 3", "box 3", "b 3", "b. 3")),
        *(
            (word, "bus 3")
            for word in ("bus-3", "bus/3", "/3", "# 3", "bus #3", "3 bus", "3 Bte.", "bus nr. 3", "n° 3", "n°3")
        ),
        ("3/2", "bus 3/2"),
        ("B3", "bus B3"),
        ("0102", "bus 0102"),
        ("A", "bus A"),
        ("app 3", "app 3"),
        *((empty, "") for empty in ("", "0", "0000", "-", "/", "#", "bus", "bus 0")),
    ],
)
def test_a_box_is_said_once(written, said):
    assert places.box_in_words(written) == said


@pytest.mark.parametrize(("written", "said"), [("27", "27"), ("27A", "27A"), ("0", ""), ("0000", ""), ("-", "")])
def test_zeros_stand_for_an_empty_place(written, said):
    assert places.without_filler(written) == said


@given(st.text(max_size=80), st.text(max_size=8), st.text(max_size=8))
def test_any_text_is_read_without_raising(words, iso, nis):
    places.country_name(words, iso, nis)
    places.country_abroad(words, iso, nis)
    places.box_in_words(words)
