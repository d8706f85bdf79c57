"""Whom somebody is led to when the register is wrong: the desk of their own municipality, or what else there is."""

import pytest

from portal.features.corrections.tests.test_pages import text
from tests.citizen import Citizen
from tests.desks import Desks

pytestmark = pytest.mark.usefixtures("database")

REGISTER = "/verbeteren/rijksregister/persoon/"


async def test_a_wrong_address_leads_to_the_desk_of_ones_own_municipality(lies: Citizen, pieter: Citizen) -> None:
    page = text(await lies.gets(REGISTER))
    assert "Uw gemeente is <strong>Balen</strong>." in page
    for way in ("tel:+3214000001", "mailto:bevolking@balen.example", "https://balen.example/bevolking"):
        assert f'<a href="{way}"' in page
    assert "1700" not in page
    abroad = text(await pieter.gets(REGISTER))
    assert "Volgens het register woont u in het buitenland: Portugal." in abroad
    assert "ambassade of het Belgische consulaat dat daar voor u genoemd staat: <strong>Lissabon</strong>." in abroad
    assert "1700" not in abroad


async def test_a_parent_is_not_led_to_their_own_municipality_for_a_child(lies: Citizen) -> None:
    page = text(await lies.gets(f"{REGISTER}?over=kind"))
    assert "Dan verbetert de gemeente waar uw kind ingeschreven is, het." in page
    assert "Balen" not in page


async def test_a_register_that_does_not_answer_leaves_a_way_all_the_same(lies: Citizen, town: Desks) -> None:
    town.fails("503", source="rijksregister-persoon")
    page = text(await lies.gets(REGISTER))
    assert "Wij konden nu niet opvragen in welke gemeente u ingeschreven bent." in page
    assert "Alleen uw gemeente kan gegevens in het Rijksregister verbeteren." in page
