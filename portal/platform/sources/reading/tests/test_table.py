"""Tables: the facts that a reader makes of an answer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.table import (
    code,
    combination,
    date,
    end_date,
    event_date,
    group,
    meaning,
    number,
    text,
    yes_or_no,
)
from portal.platform.sources.reading.xml import parse_xml, text_at

BOAT = group(
    {
        "@Sinds": date("since", "Sinds"),
        "Naam": text("name", "Naam"),
        "Romp/Kleur": code("colour", "Kleur", {"1": "rood"}),
        "Romp/Lengte": text("length", "Lengte", "number"),
        "Zeil[]": group(
            {".": code("sail", "Zeil"), "@Tot": date("sail_until", "Zeil tot"), "Maat": text("size", "Maat")}
        ),
        "Keuring": date("checked_on", "Gekeurd op"),
        "Eind": end_date("sold_on", "Verkocht op"),
        "Vergaan": event_date("lost_on", "Vergaan op"),
        "Motor": yes_or_no("engine", "Motor"),
        "Haven": meaning("harbour", "Haven", {"NPT": "Nieuwpoort"}),
        "Eigenaar": combination(
            "owner", "Eigenaar", lambda e: f"{text_at(e, 'Voor')} {text_at(e, 'Achter')}".strip()
        ),
    }
)


def read(inside: str) -> list[tuple[str, str, str, str]]:
    facts: list[Fact] = []
    BOAT(parse_xml(f"<Boot Sinds=' 1999-00-00 '>{inside}</Boot>".encode()), "Boot", facts)
    return [(f.key, f.value, f.kind, f.path) for f in facts[:-1]] + [(facts[-1].key, facts[-1].value, "", "")]


SINCE = ("since", "1999-00-00", "", "")


def test_texts_are_trimmed_and_empty_ones_say_nothing():
    assert read("<Naam> De\n   Zwaluw </Naam><Romp><Lengte/></Romp>") == [
        ("name", "De Zwaluw", "text", "Boot/Naam"),
        SINCE,
    ]


def test_what_repeats_is_counted_from_one():
    assert read("<Zeil><Code>8</Code></Zeil><Naam>X</Naam><Zeil Tot='2020-01-01'><Maat>3</Maat></Zeil>") == [
        ("sail", "code 8", "text", "Boot/Zeil[1]"),
        ("name", "X", "text", "Boot/Naam"),
        ("sail_until", "2020-01-01", "date", "Boot/Zeil[2]/@Tot"),
        ("size", "3", "text", "Boot/Zeil[2]/Maat"),
        SINCE,
    ]


def test_a_code_is_shown_as_its_description_else_its_meaning_else_itself():
    def colour(inside: str) -> str:
        return read(f"<Romp><Kleur>{inside}</Kleur></Romp>")[0][1]

    assert colour("<Code>1</Code><Omschrijving>vuurrood</Omschrijving>") == "vuurrood"
    assert colour("<Code>1</Code><Omschrijving>Omschrijving</Omschrijving>") == "rood"
    assert colour("<Omschrijving/><Code>1</Code>") == "rood"
    assert colour("<Code>2</Code>") == "code 2"
    assert read("<Romp><Kleur><Code>Code</Code></Kleur></Romp>") == [SINCE]
    assert read("<Haven>Code</Haven>") == [SINCE]


@pytest.mark.parametrize("name", ["Code", "Tekst", "Omschrijving", "Null", "None", "NaN", "True", "-", "0"])
def test_what_somebody_is_called_is_never_taken_for_an_empty_place(name):
    assert read(f"<Naam>{name}</Naam>")[0] == ("name", name, "text", "Boot/Naam")


def test_dates_are_iso_and_an_unreadable_one_is_shown_as_written():
    assert read("<Keuring>07.00.2020</Keuring>")[0] == ("checked_on", "2020-00-07", "date", "Boot/Keuring")
    assert read("<Keuring>gisteren</Keuring>")[0] == ("checked_on", "gisteren", "text", "Boot/Keuring")
    assert read("<Keuring>2020-02-30</Keuring>")[0] == ("checked_on", "2020-02-30", "text", "Boot/Keuring")
    assert read("<Keuring>null</Keuring>") == [SINCE]


def test_a_day_that_never_comes_is_no_end_and_no_day():
    assert read("<Eind>9999-12-31</Eind>")[0] == ("sold_on", "geen einddatum", "text", "Boot/Eind")
    assert read("<Eind>2020-12-31</Eind>")[0] == ("sold_on", "2020-12-31", "date", "Boot/Eind")
    assert read("<Keuring>31/12/9999</Keuring>")[0] == ("checked_on", "0000-00-00", "date", "Boot/Keuring")


def test_an_event_did_not_happen_on_a_day_that_stands_for_an_empty_field():
    for written in ("0001-01-01", "31/12/9999", "null", " "):
        assert read(f"<Vergaan>{written}</Vergaan>") == [SINCE]
    for written in ("2020-12-31", "2020-00-00", "0000-00-00"):
        assert read(f"<Vergaan>{written}</Vergaan>")[0] == ("lost_on", written, "date", "Boot/Vergaan")
    assert read("<Vergaan>gisteren</Vergaan>")[0] == ("lost_on", "gisteren", "text", "Boot/Vergaan")


@pytest.mark.parametrize(
    ("flag", "said"), [("TRUE", "ja"), ("J", "ja"), ("0", "nee"), ("Neen", "nee"), ("misschien", "misschien")]
)
def test_a_flag_is_ja_or_nee_however_it_is_written(flag, said):
    assert read(f"<Motor>{flag}</Motor>")[0] == ("engine", said, "text", "Boot/Motor")


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("84.65.14-101.49", "84651410149"),
        ("84 65 14 101 49", "84651410149"),
        ("8465141014", "8465141014"),
        ("zie dossier", "zie dossier"),
    ],
)
def test_a_national_number_is_eleven_digits_however_it_is_written(written, value):
    facts: list[Fact] = []
    number("insz", "Nummer").show(written, "Hier", facts)
    assert facts == [Fact("insz", "Nummer", value, "national_number", "Hier")]


def test_flags_codes_and_composed_facts_are_words():
    said = read(
        "<Motor>1</Motor><Haven>NPT</Haven><Haven>ZZZ</Haven><Eigenaar><Achter>Maes</Achter></Eigenaar><Eigenaar/>"
    )
    assert [value for _, value, _, _ in said] == ["ja", "Nieuwpoort", "code ZZZ", "Maes", "1999-00-00"]


@given(st.text("<>/abZeilNaam 01-&;'\"", max_size=60))
def test_readers_are_total(inside):
    try:
        root = parse_xml(f"<Boot>{inside}</Boot>".encode())
    except Exception:
        return
    BOAT(root, "", [])
