"""Which national numbers are read in what a document shows."""

import base64
import datetime as dt
import io
import re

import pytest
from pyhanko.pdf_utils import generic, writer

from portal.platform.seals import numbers
from sandbox.seals import paper
from tests.beside import SHARED

PUBLISHED = SHARED / "magda" / "simulator" / "Persoon" / "GeefAttest" / "02.00.0000"
NOW = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
ONE, OTHER = "84651421235", "90670124448"


def attest(*rows: tuple[str, str]) -> bytes:
    return paper.attest("Attest van hoofdverblijfplaats", rows, NOW)


def drawn(*contents: bytes, **resources: generic.DictionaryObject) -> bytes:
    """Make a PDF with a page for each content stream."""
    made = writer.PdfFileWriter()
    own = generic.DictionaryObject({generic.pdf_name(f"/{kind}"): each for kind, each in resources.items()})
    for content in contents:
        stream = made.add_object(generic.StreamObject(stream_data=content))
        made.insert_page(
            writer.PageObject(contents=stream, media_box=(0, 0, 595, 842), resources=with_streams(made, own))
        )
    out = io.BytesIO()
    made.write(out)
    return out.getvalue()


def with_streams(made: writer.PdfFileWriter, one: generic.DictionaryObject) -> generic.DictionaryObject:
    """Copy a dictionary, with references to its streams."""
    return generic.DictionaryObject(
        {
            key: made.add_object(each)
            if isinstance(each, generic.StreamObject)
            else with_streams(made, each)
            if isinstance(each, generic.DictionaryObject)
            else each
            for key, each in one.items()
        }
    )


def dictionary(**values: str | generic.PdfObject) -> generic.DictionaryObject:
    return generic.DictionaryObject(
        {
            generic.pdf_name(f"/{key}"): generic.pdf_name(each) if isinstance(each, str) else each
            for key, each in values.items()
        }
    )


@pytest.mark.parametrize(
    ("rows", "found", "is_others"),
    [
        ((("Rijksregisternummer", "84.65.14-212.35"),), {ONE}, False),
        ((("Rijksregisternummer", "84.65.14 212-35"), ("Partner", "90670124448")), {ONE, OTHER}, False),
        ((("Rijksregisternummer", "90.67.01-244.48"),), {OTHER}, True),
        ((("Rijksregisternummer", "90/67/01 – 244.48"),), {OTHER}, True),
        ((("Rijksregisternummer", "90.67.01\u2011244\u00a048"),), {OTHER}, True),
        # What is no valid number says nothing of anybody, and neither does a paper without any.
        ((("Referte", "84.65.14-212.36"), ("Telefoon", "056 27 70 00")), set(), False),
        # Its first six digits are the 45th of May, and the third of a month that nobody knows.
        ((("Referte", "84054500160"),), set(), False),
        ((("Rijksregisternummer", "84000300124"),), {"84000300124"}, True),
    ],
)
def test_numbers_that_pages_show_are_read(rows, found, is_others):
    pdf = attest(*rows)
    assert (numbers.numbers_in(numbers.runs_in(pdf)), numbers.names_only_others(pdf, ONE)) == (found, is_others)


@pytest.mark.parametrize(
    "own",
    [
        b"(84.65.14 - - 212.35) Tj",
        b"(84.65.14\x96212/35) Tj",
        b"(84.65.14 \\(man\\) 212.35) Tj",
        b"(Lies (84.65.14-212.35)) Tj",
        # A letter at a time, after a year.
        b"(1984) Tj " + b" ".join(b"(%c) Tj" % letter for letter in ONE.encode()),
    ],
)
def test_own_number_counts_however_it_is_written(own):
    other = b"(Partner: 90.67.01-244.48, dus) Tj "
    assert numbers.names_only_others(drawn(other), ONE)
    assert not numbers.names_only_others(drawn(other + own), ONE)


@pytest.mark.parametrize("damaged", [b"", b"%PDF-1.7", b"%PDF-1.7\n" + b"(" * 10_000, attest(("A", "b"))[:2000]])
def test_what_cannot_be_read_says_nothing(damaged):
    assert not numbers.names_only_others(damaged, ONE)


TABLE = generic.StreamObject(stream_data=b"1 beginbfchar <0041> <0041> endbfchar")
FONT = dictionary(F=dictionary(Subtype="/Type0", ToUnicode=TABLE))
# A form without resources of its own has those of the page: this one draws itself.
FORM = dictionary(F=generic.StreamObject(dictionary(Subtype="/Form"), stream_data=b"/F Do"))


@pytest.mark.parametrize(
    ("rest", "resources"),
    [
        (b"%" + b"x" * numbers.MOST_BYTES, {}),
        (b"(Rijksregisternummer (man (84)", {}),
        (b"/F 9 Tf <0041> Tj", {"Font": dictionary(F=dictionary(Subtype="/Type0"))}),
        (b"/F 9 Tf <0042> Tj", {"Font": FONT}),
        (b"/F Do", {"XObject": FORM}),
    ],
    ids=["large", "unbalanced", "no table", "not in its table", "deep"],
)
def test_document_of_which_not_all_text_can_be_read_is_nobody_elses(rest, resources):
    other = b"(90.67.01-244.48) Tj"
    assert numbers.names_only_others(drawn(other, b"/F 9 Tf <0041> Tj", Font=FONT), ONE)
    pdf = drawn(other, rest, **resources)
    with pytest.raises(numbers.TextUnread):
        numbers.runs_in(pdf)
    assert not numbers.names_only_others(pdf, ONE)


@pytest.mark.skipif(not PUBLISHED.is_dir(), reason="the public mock is not beside the checkout")
def test_published_attest_of_a_household_names_all_of_it():
    answer = (PUBLISHED / "Gezinssamenstelling.nl.xml").read_bytes()
    text = re.search(rb"<(?:\w+:)?Document>([^<]+)<", answer)
    assert text
    pdf = base64.b64decode(text[1])
    assert len(numbers.numbers_in(numbers.runs_in(pdf))) >= 4
    assert not numbers.names_only_others(pdf, "02051615157")
    assert numbers.names_only_others(pdf, ONE)
