"""What the operator says of municipalities is checked before anybody is sent anywhere."""

import pytest
from django.test import override_settings

from portal.config.municipality_checks import municipalities_are_all_there, municipalities_can_be_reached
from portal.platform.municipalities import contacts


@pytest.fixture
def lists(tmp_path):
    def named(text: str) -> override_settings:
        file = tmp_path / "towns.csv"
        file.write_text(text)
        contacts.installed.cache_clear()
        return override_settings(MUNICIPALITIES_FILE=str(file))

    yield named
    contacts.installed.cache_clear()


def test_every_wrong_line_refuses_with_its_line_and_cure(lists, tmp_path):
    with lists("nis;name;phone\n13003;Mol;014 00 00 01\n13025;Mol;veertien\n"):
        found = municipalities_can_be_reached()
        assert municipalities_are_all_there() == []
    assert [(one.id, one.msg) for one in found] == [
        ("portal.E034", f"{tmp_path}/towns.csv, line 2: 13003 is Balen, not 'Mol'; correct the code or the name."),
        (
            "portal.E034",
            f"{tmp_path}/towns.csv, line 3: phone 'veertien' is no phone number: write it as 056 27 70 00 or "
            "+32 56 27 70 00.",
        ),
    ]


def test_municipalities_without_a_line_are_counted(lists):
    with lists("nis;name;phone\n13003;Balen;014 00 00 01\n21009;Elsene;02 000 00 01\n"):
        assert municipalities_can_be_reached() == []
        (found,) = municipalities_are_all_there()
    assert (found.id, found.msg) == (
        "portal.W021",
        "MUNICIPALITIES_FILE says of 563 municipalities, 284 of them Flemish, not how their population desk is "
        "reached: Aartselaar (11001), Antwerpen (11002), Boechout (11004), Boom (11005), Brasschaat (11008) "
        "and more.",
    )


def test_a_portal_without_a_list_goes_on_and_is_told_what_it_lacks():
    contacts.installed.cache_clear()
    with override_settings(MUNICIPALITIES_FILE=""):
        assert municipalities_can_be_reached() == []
        (found,) = municipalities_are_all_there()
    contacts.installed.cache_clear()
    assert found.msg.startswith("MUNICIPALITIES_FILE says of 565 municipalities, 285 of them Flemish, not how")
