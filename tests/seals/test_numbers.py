"""Which national numbers are read in what a document shows."""

import base64
import datetime as dt
import re

import pytest

from portal.platform.seals import numbers
from sandbox.seals import paper
from tests.beside import SHARED

PUBLISHED = SHARED / "magda" / "simulator" / "Persoon" / "GeefAttest" / "02.00.0000"
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
ONE, OTHER = "84651421235", "90670124448"


def attest(*rows: tuple[str, str]) -> bytes:
    return paper.page("Attest van hoofdverblijfplaats", rows, NOW)


@pytest.mark.parametrize(
    ("rows", "found", "is_others"),
    [
        ((("Rijksregisternummer", "84.65.14-212.35"),), {ONE}, False),
        ((("Rijksregisternummer", "84.65.14 212-35"), ("Partner", "90670124448")), {ONE, OTHER}, False),
        ((("Rijksregisternummer", "90.67.01-244.48"),), {OTHER}, True),
        # What is no valid number says nothing of anybody, and neither does a paper without any.
        ((("Referte", "84.65.14-212.36"), ("Telefoon", "056 27 70 00")), set(), False),
    ],
)
def test_numbers_that_pages_show_are_read(rows, found, is_others):
    pdf = attest(*rows)
    assert (numbers.numbers_in(pdf), numbers.names_only_others(pdf, ONE)) == (found, is_others)


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"(" * 10_000, attest(("A", "b"))[:2000]])
def test_what_cannot_be_read_says_nothing(damaged):
    assert numbers.numbers_in(damaged) == frozenset()
    assert not numbers.names_only_others(damaged, ONE)


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the public mock is not beside the checkout")
def test_published_attest_of_a_household_names_all_of_it():
    answer = (PUBLISHED / "Gezinssamenstelling.nl.xml").read_bytes()
    text = re.search(rb"<(?:\w+:)?Document>([^<]+)<", answer)
    assert text
    pdf = base64.b64decode(text[1])
    assert len(numbers.numbers_in(pdf)) >= 4
    assert not numbers.names_only_others(pdf, "02051615157")
    assert numbers.names_only_others(pdf, ONE)
