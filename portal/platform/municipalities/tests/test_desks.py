"""Whom a page names to somebody whose data are wrong, in every case there is."""

import re

import pytest
from django.test import override_settings

from portal.platform.municipalities import contacts, desks, wording
from portal.platform.municipalities.desks import NOT_NOW, NOWHERE

LINES = """nis;name;phone;mail;website
13003;Balen;014 00 00 01;bevolking@balen.example;https://balen.example/bevolking
13025;Mol;;;https://mol.example
21009;Elsene;;;https://elsene.example
"""


@pytest.fixture(autouse=True)
def _lines(tmp_path):
    file = tmp_path / "towns.csv"
    file.write_text(LINES)
    with override_settings(MUNICIPALITIES_FILE=str(file)):
        contacts.installed.cache_clear()
        yield
    contacts.installed.cache_clear()


def page(desk, about="you"):
    return wording.render_desk(desk, about)


def words(desk, about="you"):
    return " ".join(re.sub("<[^>]*>", " ", page(desk, about)).split()).replace(" .", ".")


NO_WAY = "Een telefoonnummer of e-mailadres van de dienst bevolking van {} hebben wij hier niet."
REFERRED = "Bel 1700: die verwijst u door."


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        (
            "13003",
            "Balen",
            "Uw gemeente is Balen. Loket dienst bevolking Telefoon 014 00 00 01 E-mail bevolking@balen.example "
            "Website balen.example/bevolking",
        ),
        (
            "13025",
            "Mol",
            f"Uw gemeente is Mol. Loket dienst bevolking Website mol.example {NO_WAY} {REFERRED}",
        ),
        # By the name, where the register gives no code; and by the code, where it gives no name.
        ("", "MOL", f"Uw gemeente is MOL. Loket dienst bevolking Website mol.example {NO_WAY} {REFERRED}"),
        ("12021", "", f"Uw gemeente is Lier. {NO_WAY} {REFERRED}"),
        # The line refers nobody on outside Flanders.
        (
            "21009",
            "Elsene",
            "Uw gemeente is Elsene. Loket dienst bevolking Website elsene.example "
            f"{NO_WAY} Op de website vindt u hoe u de dienst bereikt.",
        ),
        ("62063", "Luik", f"Uw gemeente is Luik. {NO_WAY} U kunt terecht in het gemeentehuis."),
        ("21004", "Brussel", f"Uw gemeente is Brussel. {NO_WAY} U kunt terecht in het gemeentehuis."),
        # Merged, so no line can have its code; its region is still known.
        ("46013", "Kruibeke", f"Uw gemeente is Kruibeke. {NO_WAY} {REFERRED}"),
        # A name that we do not know: nothing says that it is Flemish.
        (
            "",
            "Nergenshuizen",
            f"Uw gemeente is Nergenshuizen. {NO_WAY} U kunt terecht in het gemeentehuis. "
            "Ligt die gemeente in Vlaanderen? Bel dan 1700.",
        ),
    ],
)
def test_a_municipality_is_named_with_what_is_known_of_it_and_nothing_more(code, name, said):
    desk = desks.desk_of(code, name)
    assert words(desk) == said.format(desk.town)


def test_a_desk_can_be_called_and_written_to_with_one_touch():
    assert re.findall('href="([^"]*)"', page(desks.desk_of("13003", "Balen"))) == [
        "tel:+3214000001",
        "mailto:bevolking@balen.example",
        "https://balen.example/bevolking",
    ]


@pytest.mark.parametrize(
    ("desk", "said"),
    [
        (
            desks.desk_abroad("Portugal", "Lissabon"),
            "Volgens het register woont u in het buitenland: Portugal. Neem contact op met de Belgische ambassade of "
            "het Belgische consulaat dat daar voor u genoemd staat: Lissabon.",
        ),
        (
            desks.desk_abroad("", ""),
            "Volgens het register woont u in het buitenland. Neem contact op met de Belgische ambassade of het "
            "Belgische consulaat waar u ingeschreven bent.",
        ),
    ],
)
def test_who_lives_abroad_is_not_sent_to_a_municipality_nor_to_1700(desk, said):
    assert words(desk) == said


@pytest.mark.parametrize(
    ("desk", "why"),
    [
        (NOT_NOW, "Wij konden nu niet opvragen in welke gemeente u ingeschreven bent."),
        (NOWHERE, "Wij zien niet in welke gemeente u ingeschreven bent."),
        (desks.desk_of("", ""), "Wij zien niet in welke gemeente u ingeschreven bent."),
    ],
)
def test_where_the_municipality_is_not_known_that_is_said_with_every_way(desk, why):
    said = words(desk)
    assert said.startswith(why)
    assert (
        "Woont u in België? Neem contact op met de dienst bevolking van de gemeente waar u ingeschreven bent." in said
    )
    assert "Woont u in Vlaanderen en weet u niet waar u moet zijn? Bel 1700." in said
    assert "Woont u in het buitenland? Neem contact op met de Belgische ambassade" in said


@pytest.mark.parametrize(
    ("about", "said"),
    [("child", "Uw kind is ingeschreven in Balen."), ("child_who_died", "Uw kind was ingeschreven in Balen.")],
)
def test_a_childs_municipality_is_the_childs(about, said):
    assert words(desks.desk_of("13003", "Balen"), about).startswith(said)
