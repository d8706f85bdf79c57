"""Each address says who may see it, has an example, and is matched by one pattern only."""

from itertools import combinations

import pytest
from django.test import override_settings
from django.urls import resolve

from portal.platform.access import guards, return_path
from portal.platform.access.types import Audience
from tests.citizen import person, sign_in
from tests.walks import table

pytestmark = pytest.mark.security

ADDRESSES = table.addresses()
# Pairs within one room, where the first in its table answers, and why that does no harm.
ORDERED = {
    ("help:search", "help:entry"): "no answer of the help may have the slug of a page beside it",
    ("help:question_form_moved", "help:entry"): "no answer of the help may have the slug of a page beside it",
    ("corrections:followed", "corrections:report"): "no body's folder may be called `melding`",
}


def test_every_address_says_who_may_see_it():
    assert [address.name for address in ADDRESSES if not isinstance(address.audience, Audience)] == []


def test_no_two_patterns_match_one_address():
    shared = {
        (first.name, second.name) for first, second in combinations(ADDRESSES, 2) if table.in_common(first, second)
    }
    assert shared == set(ORDERED)
    assert {first.partition(":")[0] == second.partition(":")[0] for first, second in shared} == {True}


def test_every_address_has_an_example_that_leads_to_it():
    assert [address.name for address in ADDRESSES if not address.examples] == []
    assert {name for address in ADDRESSES for name in table.examples_of(address.room)} == {
        address.name for address in ADDRESSES
    }
    for address in ADDRESSES:
        for example in address.examples:
            assert resolve(address.bare_path(example)).view_name == address.name
            assert bool(example.person) or address.audience is not Audience.CITIZEN, address.name


async def test_nobody_is_brought_back_to_what_cannot_be_opened(database):
    """An address that only takes a form is no destination either: somebody who signed in would read that it cannot be
    used so.
    """
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        citizen = await sign_in(person("84651421235"))
        paths = {address.name: address.bare_path(address.examples[0]) for address in ADDRESSES}
        led = {name: path for name, path in paths.items() if return_path.safe_path(path) == path}
        found = {name: (await citizen.client.head(path)).status_code for name, path in led.items()}
    assert len(led) > 20
    assert {name for name, status in found.items() if status == 405} == set()


async def _view(request):
    raise AssertionError


@pytest.mark.parametrize("outer", [guards.anyone, guards.signed_in, guards.recently_signed_in])
def test_view_cannot_say_two_things(outer):
    inner = guards.anyone if outer is not guards.anyone else guards.signed_in
    with pytest.raises(TypeError, match="already"):
        outer(inner(_view))
