"""The name of a file never holds a national number, however it was written in what the name is made of."""

import pytest

from portal.platform.ui import file_names

SPACES = ("\u00a0", "\u2007", "\u2009", "\u202f")
DASHES = ("\x96", "\u2010", "\u2011", "\u2012", "\u2013", "\u2212")
UNSEEN = ("\u200b", "\u00ad", "\u2060", "\ufeff")


@pytest.mark.security
@pytest.mark.parametrize(
    "number",
    [
        "71690999827",
        "71.69.09-998.27",
        "71:69:09 998*27",
        "71/69/09\t998|27",
        *(f"71{space}69{space}09{space}998{space}27" for space in SPACES),
        *(f"71.69.09{dash}998.27" for dash in DASHES),
        *(f"716909{unseen}998{unseen}27" for unseen in UNSEEN),
    ],
    ids=ascii,
)
def test_name_of_a_file_holds_no_national_number_however_it_is_written(number):
    assert file_names.plain(f"Attest {number} van Jan", otherwise="") == "Attest van Jan"
    assert file_names.plain(number, otherwise="Attest") == "Attest"


def test_name_keeps_numbers_that_are_no_national_number():
    name = "Factuur 2026-0012 van 1.250,00 euro op 0471 12 34 56"
    assert file_names.plain(name, otherwise="") == name
