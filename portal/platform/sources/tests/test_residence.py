"""Which desk an answer of the register leads to."""

from datetime import UTC, datetime

import msgspec
import pytest
from django.test import override_settings

from portal.platform.municipalities import contacts
from portal.platform.municipalities.desks import NOT_NOW, NOWHERE, Desk
from portal.platform.municipalities.known import Region
from portal.platform.sources import residence
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready

NOW = datetime(2026, 3, 3, 13, 3, tzinfo=UTC)
BALEN = Desk("here", "Balen", None, Region.FLANDERS, code="13003")
CODE, NAME = ("address_municipality_code", "13003"), ("address_municipality", "Balen")
MANAGED, COUNTRY, POST = (
    ("managed_by", "Mol"),
    ("foreign_residence_country", "Portugal"),
    ("diplomatic_post", "Lissabon"),
)


def facts(*said):
    return tuple(Fact(key, key, value, "text", key) for key, value in said)


@pytest.fixture(autouse=True)
def _no_list():
    with override_settings(MUNICIPALITIES_FILE=""):
        contacts.installed.cache_clear()
        yield
    contacts.installed.cache_clear()


def test_one_dataset_says_where_people_live():
    assert residence.entry().dataset.provides == "birth_date"


@pytest.mark.parametrize(
    ("outcome", "desk"),
    [
        (Ready(facts(CODE, NAME, MANAGED), NOW), BALEN),
        (Ready(facts(NAME), NOW), BALEN),
        (Ready(facts(CODE), NOW), BALEN),
        (Partial(facts(CODE, NAME), (Missing("RR", "1", "busy"),), NOW), BALEN),
        # An address that may not be given: the municipality that keeps the file.
        (Ready(facts(MANAGED), NOW), Desk("here", "Mol", None, Region.FLANDERS, code="13025")),
        (Ready(facts(("managed_by", "Portugal")), NOW), NOWHERE),
        (
            Ready(facts(COUNTRY, POST, ("managed_by", "Portugal")), NOW),
            Desk("abroad", country="Portugal", post="Lissabon"),
        ),
        (Ready(facts(COUNTRY), NOW), Desk("abroad", country="Portugal")),
        (Ready((), NOW), NOWHERE),
        (Nothing(NOW), NOWHERE),
        (Partial((), (Missing("RR", "1", "busy"),), NOW), NOT_NOW),
        (Late(NOW), NOT_NOW),
        (Down("unavailable"), NOT_NOW),
    ],
)
def test_the_main_residence_says_the_municipality(outcome, desk):
    assert residence.desk_of(residence.entry(), outcome) == desk


def test_a_dataset_that_says_nothing_of_it_leads_nowhere_in_particular():
    register = residence.entry()
    plain = msgspec.structs.replace(register.dataset, residence=None)
    other = type(register)(register.agency, plain, register.parse, sections=register.sections)
    assert residence.desk_of(other, Ready(facts(CODE, NAME), NOW)) == NOT_NOW
