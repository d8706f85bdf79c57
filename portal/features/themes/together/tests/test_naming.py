"""Whether two names are the same person's name, as a person would say."""

import pytest

from portal.features.themes.section import PersonNameKeys
from portal.features.themes.together import comparing
from portal.features.themes.together.naming import compare_name
from portal.platform.sources.reading.facts import Fact

ROLES = PersonNameKeys(given=("first_names", "usual_first_name"), family=("last_names",), help="-")


def facts(**values: str) -> list[Fact]:
    return [Fact(key, key.title(), value, "text", key) for key, value in values.items()]


LIES = facts(first_names="Rosa Lies-Marijke", usual_first_name="Lies", last_names="D’Hondt Ångström")


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Rosa", "D’Hondt Ångström"),
        ("Lies", "D'HONDT ANGSTROM"),
        ("rosa lies", "d'hondt-ångström"),
        ("Rosa Lies Marijke", "D’Hondt  Ångström"),
        ("Marijke", "D’Hondt Ångström"),
        ("Lies Rosa", "D’Hondt Ångström"),
        ("Lies", "Dhondt Ångström"),
        ("", "D’Hondt Ångström"),
        ("Lies", ""),
    ],
)
def test_one_name_may_be_written_in_many_ways(given, family):
    assert not compare_name(given, family, LIES, ROLES).differs


@pytest.mark.parametrize(
    ("given", "family"),
    [
        ("Lise", "D’Hondt Ångström"),
        ("Lies", "D’Hondt"),
        ("Lies", "Peeters"),
    ],
)
def test_another_name_differs(given, family):
    assert compare_name(given, family, LIES, ROLES).differs


@pytest.mark.parametrize(
    ("family", "known"),
    [("Vandenbroeck", "Van den Broeck"), ("Van Den Broeck", "VANDENBROECK"), ("El-Amrani", "Elamrani"), ("X", "Y")],
)
def test_a_sign_in_differs_just_where_two_sources_would(family, known):
    found = compare_name("Jan", family, facts(first_names="Jan Karel", last_names=known), ROLES)
    between = comparing.compare_names(comparing.PersonName("Jan", family), comparing.PersonName("Jan Karel", known))
    assert found.differs == (between is comparing.Agreement.DIFFERENT) == (family == "X")


def test_both_names_are_said_in_full():
    naming = compare_name("Lies", "Peeters", LIES, ROLES)
    assert (naming.signed_in_as, naming.known_as) == ("Lies Peeters", "Rosa Lies-Marijke D’Hondt Ångström")


@pytest.mark.parametrize("known", [[], facts(last_names="Karimi"), facts(first_names="-", last_names="Karimi")])
def test_what_a_body_does_not_know_does_not_differ(known):
    assert not compare_name("Onbekend", "Karimi", known, ROLES).differs
