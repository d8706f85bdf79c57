"""What a manifest says for dossiers is read whole, or refused with file, line and cure."""

import pytest

from portal.config.feature_checks import wrong_places
from portal.features.dossiers import checks, section
from portal.features.dossiers.feature import FEATURE
from portal.platform.language.current import speaking
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.tests.bodies import SOUND, body

SERVES = """
[dossiers]
sources = ["VBD", "http://voorbeeld.example/dossiers"]

[dossiers.services.premie]
name = "Voorbeeldpremie"
product = "685"
theme = "bouwen_wonen"
about = "Geld voor wie een voorbeeld nodig heeft."
for_whom = "Voor wie hier woont."
needs = ["Een factuur"]
how = "U vraagt ze aan op de website."
url = "https://voorbeeld.example/premie"

[en.dossiers.services.premie]
name = "Example grant"
needs = ["An invoice"]
"""
ANSWERS = """
[dossiers.question]
title = "Dossiers"
source = "voorbeeld-dossiers"
legal_basis = "decreet"

[dossiers.question.magda]
domain = "Dossier"
service = "GeefDossiers"
version = "02.00.0000"
namespace = "urn:dossiers"
question = "iets.xml"
"""


def test_a_body_says_which_dossiers_are_its_own_and_what_it_serves(tmp_path):
    (agency,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + SERVES)]).agencies
    dossiers = section.of(agency)
    assert dossiers.sources == ("VBD", "http://voorbeeld.example/dossiers")
    service = dossiers.services["premie"]
    assert (service.name, service.needs, service.product) == ("Voorbeeldpremie", ("Een factuur",), "685")
    with speaking("en"):
        service = section.of(agency).services["premie"]
        assert (service.name, service.needs) == ("Example grant", ("An invoice",))
        assert service.for_whom == "Voor wie hier woont."


def test_a_body_says_where_the_list_of_its_forms_is(tmp_path):
    listed = '\n[dossiers.forms]\nsource = "voorbeeld-formulieren"\npath = "/v1/voorbeeld/forms"\n'
    listed += 'origin = "https://voorbeeld.example"\n'
    (agency,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + listed)]).agencies
    forms = section.of(agency).forms
    assert forms == section.FormsList("voorbeeld-formulieren", "/v1/voorbeeld/forms", "https://voorbeeld.example")
    assert "voorbeeld-formulieren" in agency.sources
    assert [(one.id, one.source) for one in agency.lists] == [("forms", "voorbeeld-formulieren")]
    for at, wrong in enumerate(("https://elders.example/forms", "http://voorbeeld.example")):
        right = "https://voorbeeld.example" if at else "/v1/voorbeeld/forms"
        with pytest.raises(manifest.ManifestError):
            catalogue.load([body(tmp_path / f"wrong{at}", "voorbeeld", SOUND + listed.replace(right, wrong))])


def test_what_is_asked_has_a_switch(tmp_path):
    (agency,) = catalogue.load([body(tmp_path, "voorbeeld", SOUND + ANSWERS)]).agencies
    assert agency.sources == {"voorbeeld-iets", "voorbeeld-dossiers"}
    assert [(one.id, one.source, one.service.service) for one in agency.asks] == [
        ("dossiers", "voorbeeld-dossiers", "GeefDossiers")
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SERVES.replace('"bouwen_wonen"', '"wonen"'), "Invalid enum value 'wonen'"),
        (SERVES.replace("https://v", "javascript://v"), "matching regex"),
        (SERVES.replace('"685"', '"IPDC-685"'), "matching regex"),
        (SERVES.replace('"U vraagt ze aan op de website."', '""'), "Expected `str` of length >= 1"),
        (SERVES.replace("for_whom", "voor_wie"), "unknown field `voor_wie`"),
        (SERVES.replace('["VBD", ', '["VBD", "vbd", '), "names the source 'vbd' twice"),
        (SERVES.replace('["An invoice"]', '["An invoice", "A stamp"]'), "`needs` has 1 texts in Dutch"),
        (ANSWERS.replace('"iets.xml"', '"nergens.xml"'), "does not exist"),
        (ANSWERS + "deadline_s = 9", "unknown field `deadline_s`"),
    ],
)
def test_what_leads_nowhere_is_refused(tmp_path, text, said):
    with pytest.raises(manifest.ManifestError) as refused:
        catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)])
    assert said in str(refused.value)


def test_two_bodies_with_one_source_do_not_start(tmp_path, monkeypatch):
    body(tmp_path, "een", SERVES.join((SOUND, ANSWERS)))
    body(tmp_path, "twee", SOUND.replace("voorbeeld-iets", "twee-iets") + SERVES + ANSWERS)
    known = catalogue.load([tmp_path])
    monkeypatch.setattr(catalogue, "installed", lambda: known)
    said = [one.msg for one in checks.sources_have_one_body()]
    assert said == [
        "The dossiers of 'vbd' are claimed by een, twee.",
        "The dossiers of 'http://voorbeeld.example/dossiers' are claimed by een, twee.",
        "een, twee all have [dossiers.question].",
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [("Iets aanvragen", "")]),
        (ANSWERS, [("Aanvragen en dossiers", ""), ("Iets aanvragen", "dossiers:overview")]),
        # It may report its own, which stand on that page.
        (SERVES, [("Aanvragen en dossiers", ""), ("Iets aanvragen", "dossiers:overview")]),
    ],
)
def test_the_navigation_leads_to_dossiers_where_a_body_may_have_some(tmp_path, monkeypatch, text, places):
    known = catalogue.load([body(tmp_path, "voorbeeld", SOUND + text)])
    monkeypatch.setattr(catalogue, "installed", lambda: known)
    assert [(place.title, place.under) for place in FEATURE.navigation()] == places
    assert [*wrong_places([FEATURE], ())] == []
