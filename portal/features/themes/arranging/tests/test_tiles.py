"""What a tile shows, decided without I/O."""

from typing import get_args

import msgspec
import pytest

from portal.features.themes.arranging import elements, tiles
from portal.features.themes.tests.made import NOW, entry, fact
from portal.features.themes.types import Viewer
from portal.platform.sources import gaps
from portal.platform.sources.gaps import Cause, MissingParts
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.outcomes import Missing, Partial, Ready, Reason

ITEMS = Items(path="Gezinsleden/Gezinslid", one="persoon", many="personen", title=("name",), detail=("birth_date",))


FACTS = [
    fact("name", "An Peeters", "Gezinsleden/Gezinslid[1]/Naam"),
    fact("birth_date", "1971-00-00", "Gezinsleden/Gezinslid[1]/Geboortedatum", "date"),
    fact("name", "Bo Maes", "Gezinsleden/Gezinslid[2]/Naam"),
    fact("role", "partner", "Gezinsleden/Gezinslid[10]/Positie"),
]


def test_items_are_cut_by_the_repeating_element():
    items = tiles.items_of(FACTS, ITEMS)
    assert [(item.title, [f.value for f in item.detail]) for item in items] == [
        ("An Peeters", ["1971-00-00"]),
        ("Bo Maes", []),
        ("persoon", []),
    ]
    assert sum(len(item.facts) for item in items) == len(FACTS)


def test_the_reader_is_marked_in_a_list_of_people():
    numbers = [
        fact("number", value, f"Gezinsleden/Gezinslid[{n}]/INSZ", "national_number")
        for n, value in ((1, "1"), (2, "2"))
    ]
    outcome = Ready((*FACTS, *numbers), NOW)
    people, things = entry(items=msgspec.structs.replace(ITEMS, about="people")), entry(items=ITEMS)
    cases = [(people, "2", [False, True, False]), (people, "", [False] * 3), (things, "2", [False] * 3)]
    for of, number, marked in cases:
        for depth in ("lead", "theme", "all"):
            assert [one.is_reader for one in tiles.tile_of(of, outcome, depth, Viewer(number=number)).items] == marked


def test_highlights_keep_the_manifest_order_and_show_no_key_twice():
    assert tiles.highlights_of(FACTS, ["birth_date", "name", "absent"]) == [FACTS[1], FACTS[0]]


def test_highlights_fall_back_to_the_first_facts():
    assert tiles.highlights_of(FACTS, ["absent"]) == FACTS[:3]


def test_blocks_follow_the_elements_the_manifest_names():
    facts = [
        fact("name", "An", "Persoon/Naam"),
        fact("child", "Bo", "Persoon/Kinderen/Kind[1]/Naam"),
        fact("child_sex", "man", "Persoon/Kinderen/Kind[1]/Geslacht"),
        fact("child", "Cas", "Persoon/Kinderen/Kind[2]/Naam"),
        fact("register", "bevolking", "Persoon/Register"),
    ]
    blocks = elements.blocks_of(facts, {"Kind": "Kind", "Persoon/Naam": "Naam"})
    assert [(block.heading, [f.value for f in block.facts]) for block in blocks] == [
        ("Naam", ["An"]),
        ("Kind", ["Bo", "man"]),
        ("Kind", ["Cas"]),
        ("", ["bevolking"]),
    ]


def test_notes_are_not_facts():
    remark = fact("note", "U hebt een nieuw rijksregisternummer.", "Uitzonderingen/Uitzondering[1]", "note")
    tile = tiles.tile_of(entry(), Ready((*FACTS, remark), NOW), "all")
    assert tile.notes == ["U hebt een nieuw rijksregisternummer."]
    assert [f for block in tile.blocks for f in block.facts] == FACTS


def test_what_a_fact_means_is_said_once_and_only_where_it_is():
    facts = [
        fact("name", "An Peeters", "Persoon/Naam"),
        fact("right", "rente", "Persoon/Recht[1]/Soort"),
        fact("right", "toelage", "Persoon/Recht[2]/Soort"),
    ]
    tile = tiles.tile_of(entry(explained={"right": "Wat u krijgt.", "absent": "-"}), Ready(facts, NOW), "lead")
    assert tile.meanings == {"Persoon/Recht[1]/Soort": "Wat u krijgt."}
    assert tiles.tile_of(entry(), Ready(facts, NOW), "all").meanings == {}


def test_every_reason_has_its_words():
    assert set(gaps.WHY) == set(get_args(Reason))
    assert set(gaps.WHY.values()) == set(get_args(Cause.__value__))


def test_what_is_missing_is_named_once_for_each_cause_as_citizens_know_it():
    missing = (
        Missing("MAGDA", "60006", "unavailable"),
        Missing("register", "1", "busy"),
        Missing("REGISTER", "2", "busy"),
        Missing("?", "3", "refused"),
        Missing("Body", "", "maintenance", NOW),
    )
    assert gaps.gaps_of(missing, entry(names={"Register": "het register"}).agency.name_of) == [
        MissingParts("no_answer", ["Body", "het register"], None),
        MissingParts("refused", ["Body"], None),
        MissingParts("maintenance", ["Body"], NOW),
    ]


@pytest.mark.parametrize(
    ("reasons", "may_help"),
    [
        (["off"], False),
        (["maintenance"], False),
        (["many"], False),
        (["busy"], True),
        (["late"], True),
        (["failing"], True),
        (["off", "busy"], True),
    ],
)
def test_asking_again_is_offered_when_it_may_help(reasons, may_help):
    outcome = Partial((), tuple(Missing("X", "", reason) for reason in reasons), NOW)
    assert tiles.tile_of(entry(), outcome, "lead").may_help_to_ask_again == may_help
