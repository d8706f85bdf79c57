"""Unread parts of an answer are found by their place, however the answer was read."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.sources.reading import leaves, marks
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.json_table import members, value_at
from portal.platform.sources.reading.table import code, combination, date, group, text
from portal.platform.sources.reading.xml import Element, UnreadableXml, children_of, parse_xml, text_at

BOAT = group(
    {
        "@Sinds": date("since", "Sinds"),
        "Naam": text("name", "Naam"),
        "Kleur": code("colour", "Kleur"),
        "Zeil[]": group({"Maat": text("size", "Maat"), "@Tot": date("until", "Tot")}),
        "Eigenaar": combination(
            "owner", "Eigenaar", lambda e: f"{text_at(e, 'Voor')} {text_at(e, 'Achter')}".strip()
        ),
    }
)
XSI = "http://www.w3.org/2001/XMLSchema-instance"


NOTHING = leaves.LeftOut(())


def unread(inside: str, read: Any = BOAT, left_out: leaves.LeftOut = NOTHING) -> list[str]:
    content = parse_xml(f"<Boot Sinds='2020-01-01' xmlns:x='urn:x' xmlns:xsi='{XSI}'>{inside}</Boot>".encode())
    facts: list[Fact] = []
    with marks.note_reads() as noted:
        read(content, "", facts)
    return leaves.unread_in_xml(content, noted, facts, left_out)


@pytest.mark.parametrize(
    "inside",
    [
        "",
        "<Naam>Zwaluw</Naam><Zeil Tot='2021-01-01'><Maat>3</Maat></Zeil><Zeil><Maat>4</Maat></Zeil>",
        "<Naam>Code</Naam><Kleur><Code>1</Code><Omschrijving>rood</Omschrijving></Kleur>",
        "<Kleur><Omschrijving>Omschrijving</Omschrijving><Code>1</Code></Kleur>",
        "<Naam/><Roer/><x:Roer/><Roer> \n </Roer><Roer Lengte=' '/><Groep><Lid/></Groep>",
        "<Roer xsi:nil='true'/><Naam xsi:type='x:Naam' xml:lang='nl'>Zwaluw</Naam>",
        "<!-- een boot --><?een boot?><Naam>Zwa<!-- l -->uw</Naam>",
        "<Naam><![CDATA[Zwaluw]]></Naam><Naam>Zwa<![CDATA[l]]>uw</Naam>",
        "<Eigenaar>\n <Voor>Jan</Voor>\n <Achter>Maes</Achter>\n</Eigenaar>",
    ],
)
def test_nothing_is_unread_where_all_is_read_or_says_nothing(inside):
    assert unread(inside) == []


@pytest.mark.parametrize(
    ("inside", "places"),
    [
        ("<Roer>2</Roer>", ["Roer"]),
        ("<Roer><Blad Dikte='3'>eik</Blad></Roer>", ["Roer/Blad", "Roer/Blad/@Dikte"]),
        ("<x:Naam>Zwaluw</x:Naam>", ["{*}Naam"]),
        ("<Zeil><x:Nieuw>1</x:Nieuw></Zeil><Zeil><x:Nieuw>2</x:Nieuw></Zeil>", ["Zeil/{*}Nieuw"]),
        ("<Naam Soort='oud' x:Soort='nieuw'>Zwaluw</Naam>", ["Naam/@Soort", "Naam/@{*}Soort"]),
        ("<Naam>Zwa<i>l</i>uw</Naam>", ["Naam/i", "Naam"]),
        ("<Zeil>groot<Maat>3</Maat></Zeil>", ["Zeil"]),
        ("<Zeil><Maat>3</Maat>groot</Zeil>", ["Zeil"]),
        ("vrije tekst", ["."]),
        ("<Naam><Kort>Z</Kort></Naam>", ["Naam/Kort"]),
        ("<Eigenaar><Voor>Jan</Voor><Voor>Piet</Voor><Achter>Maes</Achter></Eigenaar>", ["Eigenaar/Voor"]),
        ("<Eigenaar><Voor>Jan</Voor><x:Achter>Maes</x:Achter></Eigenaar>", ["Eigenaar/{*}Achter"]),
        (
            "<Kleur><Omschrijving>rood</Omschrijving><Omschrijving>rouge</Omschrijving></Kleur>",
            ["Kleur/Omschrijving"],
        ),
    ],
)
def test_what_nobody_read_is_told_by_its_place(inside, places):
    assert unread(inside) == places


def test_what_is_left_out_is_not_told():
    inside = "<Roer><Blad Dikte='3'>eik</Blad><Steel>es</Steel></Roer>"
    assert unread(inside, left_out=leaves.LeftOut(["Roer/Blad*", "Steel"])) == ["Roer/Steel"]


# Read, left out, both at once (a colour's code), neither; between elements, of another namespace, white space.
PIECES = (
    "<Naam>Zwaluw</Naam>",
    "<Kleur><Code>1</Code><Omschrijving>rood</Omschrijving></Kleur>",
    "<Kleur><Code>1</Code><Code Taal='nl'>2</Code></Kleur>",
    "<Kleur><Code>1</Code>rood<x:Code>2</x:Code></Kleur>",
    "<Zeil Tot='2021-01-01' Taal='nl'><Maat Taal='nl'>3</Maat></Zeil>",
    "<Zeil Van='2021-01-01'><Code> </Code></Zeil>",
    "<Roer><Blad Dikte='3'>eik</Blad><Code>4</Code></Roer>",
    "<Roer><Blad><Nerf/>es<Code>5<Code>6</Code></Code></Blad></Roer>",
    "<Steel>es</Steel>",
    "<Mast>den</Mast>",
    "tekst",
)
PATTERNS = ["*/Code", "*/@Taal", "Roer/Blad*", "Steel", "@Sinds"]


@given(st.lists(st.sampled_from(PIECES), max_size=8).map("".join))
def test_what_is_counted_at_known_places_is_what_would_be_found_by_looking(inside):
    told = unread(inside, left_out=leaves.LeftOut(PATTERNS))
    knows_all = leaves.LeftOut(PATTERNS)
    unread("".join(PIECES), left_out=knows_all)
    assert unread(inside, left_out=knows_all) == told


def test_what_is_read_at_a_place_that_is_left_out_stands_for_nothing_else():
    left_out = leaves.LeftOut(["Kleur/Code"])
    # A second code is not read, so the place becomes known.
    assert unread("<Kleur><Code>1</Code><Code>2</Code></Kleur>", left_out=left_out) == []
    assert left_out.known == {"Kleur/Code": True}
    assert unread("<Kleur><Code>1</Code></Kleur><Mast>den</Mast>", left_out=left_out) == ["Mast"]


def test_places_are_counted_up_to_a_bound():
    names = [f"Deel{n}" for n in range(leaves.MOST_COUNTED + 5)]
    left_out, inside = leaves.LeftOut(["Deel*"]), "".join(f"<{name}>1</{name}>" for name in names)
    assert [unread(inside, left_out=left_out) for _ in range(2)] == [[], []]
    assert unread(f"{inside}<Roer>2</Roer>", left_out=left_out) == ["Roer"]


def test_places_are_true_in_an_answer_of_more_elements_than_are_remembered():
    many = "<Deel><Blad><Nerf>1</Nerf></Blad></Deel>" * (leaves.MOST_PLACES + 1)
    assert unread(f"{many}<Roer><Steel>es</Steel></Roer>", left_out=leaves.LeftOut(["Deel/*"])) == ["Roer/Steel"]


def test_no_pattern_leaves_out_what_stands_in_another_namespace():
    inside = '<Kiel><Hout>eik</Hout><x:Hout xmlns:x="urn:x">den</x:Hout></Kiel>'
    assert unread(inside, left_out=leaves.LeftOut(["Kiel/*"])) == ["Kiel/{*}Hout"]


def test_code_that_reads_in_its_own_way_has_read_what_stands_in_a_fact_at_its_place():
    def read(content: Element, _: str, facts: list[Fact]) -> None:
        for n, sail in enumerate(content.iterchildren("Zeil"), 1):
            facts.append(Fact("size", "Maat", sail.findtext("Maat"), "text", f"Zeil[{n}]/Maat"))
        facts.append(Fact("name", "Naam", content.findtext("Naam"), "text", "Naam"))
        facts.append(Fact("since", "Sinds", content.get("Sinds"), "text", "@Sinds"))

    sails = "<Zeil><Maat>3</Maat></Zeil><Zeil><Maat>4</Maat></Zeil>"
    assert unread(sails + "<Naam>Zwaluw</Naam>", read) == []
    assert unread(sails + "<Naam>Zwaluw</Naam><Naam>Meeuw</Naam>", read) == ["Naam"]
    assert unread(sails + "<Naam>Zwaluw</Naam><Roer>2</Roer>", read) == ["Roer"]
    assert unread("<Naam>Zwaluw<Kort>Z</Kort></Naam>", read) == ["Naam", "Naam/Kort"]


def test_a_place_holds_nothing_that_could_be_about_somebody():
    number = "84651410149"
    assert unread(f"<N{number}>1</N{number}><{'L' * 90}>1</{'L' * 90}><Café>1</Café>") == ["?", "L" * 80, "Caf?"]
    deep = "".join(f"<Laag{n}>" for n in range(200)) + "1" + "".join(f"</Laag{n}>" for n in reversed(range(200)))
    assert [len(place) < 450 for place in unread(deep)] == [True]


def test_what_is_looked_up_is_remembered_unless_it_could_be_about_somebody():
    left_out = leaves.LeftOut(["A/*"])
    assert [left_out(place) for place in ("A/B", "A/N84651410149", "B", "A/B")] == [True, True, False, True]
    assert left_out.known == {"A/B": True, "B": False}


def test_nothing_is_noted_while_nobody_asks():
    with marks.note_reads() as noted:
        pass
    text_at(parse_xml(b"<A><B>1</B></A>"), "B")
    assert (noted, marks.current()) == (set(), None)


@given(st.text("<>/ab ZeilNaam='1\"x:", max_size=60))
def test_every_text_is_read_or_told(inside):
    try:
        content = parse_xml(f"<Boot xmlns:x='urn:x'>{inside}</Boot>".encode())
    except Exception:
        return
    facts: list[Fact] = []
    with marks.note_reads() as noted:
        BOAT(content, "", facts)
    told = leaves.unread_in_xml(content, noted, facts, NOTHING)
    said = [e for e in content.iter() if (e.text or "").strip() and not children_of(e)]
    assert bool(told) or all(e in noted for e in said)


# --- JSON ---------------------------------------------------------------------------------------------------

CATCH = members(
    {
        "vis": text("fish", "Vis"),
        "plaats/naam": text("where", "Waar"),
        "aas[]": text("bait", "Aas"),
        "vissers[]": members({"naam": text("angler", "Visser")}),
    }
)


def unread_json(content: Any, read: Any = CATCH, left_out: leaves.LeftOut = NOTHING) -> list[str]:
    facts: list[Fact] = []
    with marks.note_reads() as noted:
        read(content, "", facts)
    return leaves.unread_in_json(content, noted, facts, left_out)


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"vis": "Snoek", "plaats": {"naam": "Leie"}, "aas": ["wurm", "brood"], "vissers": [{"naam": "Jan"}]},
        {"vis": None, "plaats": None, "aas": [None, ""], "vissers": [None, {}], "boot": None, "net": {}, "lijn": []},
        {"vis": 0, "boot": " ", "plaats": {"naam": False}},
    ],
)
def test_nothing_is_unread_in_json_where_all_is_read_or_says_nothing(content):
    assert unread_json(content) == []


@pytest.mark.parametrize(
    ("content", "places"),
    [
        ({"boot": "Zwaluw"}, ["boot"]),
        ({"boot": False, "net": 0}, ["boot", "net"]),
        ({"plaats": {"naam": "Leie", "oever": {"kant": "links"}}}, ["plaats/oever/kant"]),
        ({"vis": {"naam": "Snoek"}}, ["vis/naam"]),
        ({"vis": ["Snoek", "Baars"]}, ["vis"]),
        ({"plaats": [{"naam": "Leie"}]}, ["plaats/naam"]),
        ({"plaats": "Leie"}, ["plaats"]),
        ({"aas": "wurm"}, ["aas"]),
        ({"aas": ["wurm", {"soort": "brood"}]}, ["aas/soort"]),
        ({"vissers": {"naam": "Jan"}}, ["vissers/naam"]),
        ({"vissers": [{"naam": "Jan", "leeftijd": 9}, {"naam": "Piet", "leeftijd": 8}]}, ["vissers/leeftijd"]),
    ],
)
def test_what_nobody_read_in_json_is_told_by_its_place(content, places):
    assert unread_json(content) == places


def test_code_that_reads_json_in_its_own_way_is_understood():
    def read(content: Any, _: str, facts: list[Fact]) -> None:
        for n, one in enumerate(content["vissers"], 1):
            facts.append(Fact("angler", "Visser", one["naam"], "text", f"vissers[{n}]/naam"))
        value_at(content, "plaats", 0, "naam")
        assert (value_at(content, "plaats", 3, "naam"), value_at(content, "x", "y")) == ("", "")

    content = {"vissers": [{"naam": "Jan"}, {"naam": "Piet"}], "plaats": [{"naam": "Leie", "km": 3}]}
    assert unread_json(content, read) == ["plaats/km"]


def test_a_member_that_stands_twice_is_told():
    def twice(data: str) -> list[str]:
        return leaves.duplicates_in_json(data.encode(), json.loads(data))

    assert twice('{"vis": "Snoek", "aas": [{"vis" : "wurm"}], "naam": "zei \\": hij"}') == []
    assert twice('{"vis": "Snoek", "vis": "Baars", "aas": [{"b": 1, "b":2}]}') == ["b", "vis"]
    assert twice('{"vis": null, "vis": "Baars"}') == []
    # The last one counts, so a null after a value loses it.
    assert twice('{"gram": 1250, "gram": null, "aas": {"b": [1], "b": null}}') == ["b", "gram"]
    assert twice('{"gram": null, "gram": null}') == []
    # An object is a value too.
    assert twice('{"aas": {"b": 1}, "aas": {"b": 2}, "vis": {"b": 1}, "vis": null}') == ["aas", "vis"]
    assert twice('{"vis": null, "vis": {"b": 1}, "aas": {}}') == []


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=3),
        lambda x: st.lists(x) | st.dictionaries(st.text("visa", max_size=4), x),
    )
)
def test_any_json_is_looked_through(content):
    unread_json({"vis": content})
    leaves.duplicates_in_json(json.dumps({"vis": content}).encode(), {"vis": content})


def test_a_name_of_a_namespace_that_makes_a_small_answer_large_is_refused():
    with pytest.raises(UnreadableXml):
        parse_xml(f"<a xmlns:x='{'u' * 1000}'/>".encode())
    assert parse_xml(f"<a xmlns:x='{'u' * 999}'/>".encode()).tag == "a"


def test_an_element_with_thousands_of_attributes_is_looked_through_at_once():
    content = parse_xml(f"<Boot>{'<Roer ' + ' '.join(f'a{n}="1"' for n in range(4000))}/></Boot>".encode())
    assert len(leaves.unread_in_xml(content, set(), [], NOTHING)) == leaves.MOST_ATTRIBUTES


def test_no_more_leaves_are_looked_at_than_facts_can_tell_of(monkeypatch):
    monkeypatch.setattr(leaves, "MOST_LEAVES", 2)
    inside = "<Mast/><Kiel>1</Kiel><Mast>2</Mast><Kiel>3</Kiel><Roer a='4'>5</Roer><Giek>6</Giek>"
    assert unread(inside, left_out=leaves.LeftOut(["Kiel"])) == ["Mast", "Roer"]


def test_no_more_places_in_json_are_told_than_anybody_reads(monkeypatch):
    monkeypatch.setattr(leaves, "MOST_UNKNOWN", 2)
    content = {"a": {"a": 1}, "b": {"b": 1}, "c": {"c": 1}}
    assert len(unread_json(content)) == 2
