"""Names of things stand before the numbers that only identify them, wherever facts stand together."""

import pytest

from portal.platform.sources import itemizing
from portal.platform.sources.manifest import Items
from portal.platform.sources.reading.facts import Fact

ITEMS = Items("Functies/Functie", "functie", "functies", ("function",))


def fact(key, kind="text", path="X"):
    return Fact(key, key, "1", kind, path)


@pytest.mark.parametrize(
    ("facts", "order"),
    [
        ([("insz", "national_number"), ("name", "text")], ["name", "insz"]),
        (
            [("number", "code"), ("number_is_old", "text"), ("name", "text"), ("since", "date")],
            ["name", "since", "number", "number_is_old"],
        ),
        # What only begins with the same letters is no part of the number.
        ([("number", "code"), ("numbers", "text")], ["numbers", "number"]),
        ([("a", "text"), ("b", "date")], ["a", "b"]),
        ([("b", "code"), ("a", "code")], ["b", "a"]),
        ([], []),
    ],
)
def test_numbers_come_behind_all_else_and_the_rest_keeps_its_order(facts, order):
    assert [one.key for one in itemizing.put_names_first([fact(*each) for each in facts])] == order


def test_a_company_is_named_before_its_number_is_said():
    path = "Functies/Functie[1]"
    facts = [
        fact("function", path=f"{path}/Aard"),
        fact("enterprise_number", "code", f"{path}/Van"),
        fact("company_name", path=f"{path}/Van/Onderneming/Namen"),
    ]
    (found,) = itemizing.cut(facts, ITEMS).values()
    assert [one.key for one in found] == ["function", "company_name", "enterprise_number"]


@pytest.mark.parametrize(
    ("value", "kind", "title"),
    [
        ("2025-00-00", "date", "2025"),
        ("2026-10-00", "date", "oktober 2026"),
        ("2026-10-03", "date", "3 oktober 2026"),
        ("0000-00-00", "date", "datum onbekend"),
        ("84651421235", "national_number", "84.65.14-•••.••"),
    ],
)
def test_a_title_is_read_as_people_read_it(value, kind, title):
    assert itemizing.title_of([Fact("function", "Functie", value, kind, "X")], ITEMS) == title
