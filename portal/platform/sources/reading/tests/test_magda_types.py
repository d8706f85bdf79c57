"""The types that MAGDA's services share."""

import pytest

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.magda_types import address, address_in_words, both_years, contact, period
from portal.platform.sources.reading.table import Reader, date
from portal.platform.sources.reading.xml import parse_xml


def read(reader: Reader, xml: str) -> list[tuple[str, str, str, str, str]]:
    facts: list[Fact] = []
    reader(parse_xml(xml.encode()), "Hier", facts)
    return [(fact.key, fact.label, fact.value, fact.kind, fact.path) for fact in facts]


STREET = "<Straat><Naam>Kouter</Naam></Straat><Huisnummer>12</Huisnummer>"
TOWN = "<Gemeente><PostCode>9000</PostCode><Naam>Gent</Naam></Gemeente>"


@pytest.mark.parametrize(
    ("inside", "words"),
    [
        (STREET + TOWN, "Kouter 12, 9000 Gent"),
        (f"{STREET}<Busnummer>A</Busnummer>{TOWN}<Land><Naam>BELGIË</Naam></Land>", "Kouter 12 bus A, 9000 Gent"),
        ("<Straat><Naam>Rue Haute</Naam></Straat><Land><Naam>Frankrijk</Naam></Land>", "Rue Haute, Frankrijk"),
        ("<Land><Naam>Belgique</Naam><ISOCode>BEL</ISOCode></Land>" + TOWN, "9000 Gent"),
        ("<Land><Naam>BELGIE</Naam><NISCode>150</NISCode></Land>" + TOWN, "9000 Gent"),
        (STREET + "<Land><NISCode>111</NISCode></Land>", "Kouter 12, land met code 111"),
        (
            "<Straat><Naam>Kouter</Naam></Straat><Huisnummer>0</Huisnummer><Busnummer>bus 3</Busnummer>",
            "Kouter bus 3",
        ),
        (TOWN.replace("9000", "0000"), "Gent"),
        (TOWN, "9000 Gent"),
        ("<Land><Naam>België</Naam></Land>", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_line_with_the_country_only_when_abroad(inside, words):
    assert address_in_words(parse_xml(f"<Adres>{inside}</Adres>".encode())) == words


def test_an_address_that_was_changed_says_when():
    assert read(address("place", "Adres"), f'<Adres DatumModificatie="2017-02-00">{STREET}</Adres>') == [
        ("place", "Adres", "Kouter 12", "text", "Hier"),
        ("place_changed", "Adres: gewijzigd op", "2017-02-00", "date", "Hier/@DatumModificatie"),
    ]


def test_a_contact_says_whose_it_is():
    xml = "<C><Telefoonnummer>09 1</Telefoonnummer><Email/><Website>school.example</Website></C>"
    assert read(contact("school", "school"), xml) == [
        ("school_telephone", "Telefoon van de school", "09 1", "text", "Hier/Telefoonnummer"),
        ("school_website", "Website van de school", "school.example", "text", "Hier/Website"),
    ]


def test_a_period_without_an_end_has_a_beginning():
    xml = "<Periode><Begin>2015-09-01</Begin></Periode>"
    assert read(period(date("from", "Van"), date("to", "Tot")), xml) == [
        ("from", "Van", "2015-09-01", "date", "Hier/Begin")
    ]


@pytest.mark.parametrize(
    ("first", "years"),
    [("2015", "2015-2016"), ("1999", "1999-2000"), ("15", "15"), ("2015-2016", "2015-2016"), ("", "")],
)
def test_a_school_year_has_two_calendar_years(first, years):
    assert both_years(first) == years
