"""Guardianship: read to its last leaf where the register says it, and not a word where it does not."""

from collections import Counter
from collections.abc import Iterator

import pytest
from lxml import etree

from portal.platform.sources.catalogue import Askable
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.xml import Element, parse_xml

from .samples import ENTRIES, SHARED, answers_of, content_of, published_of

SCHEMA = "{http://www.w3.org/2001/XMLSchema}"
TYPES = SHARED / "magda" / "xsd" / "Persoon" / "PersoonGemeenschappelijk-v3.xsd"
WARD = "58641731466"

WITH_GUARDIANS = ("rijksregister.persoon", "rijksregister.persoon_historiek")
dataset = pytest.mark.parametrize(
    "entry", [entry for entry in ENTRIES if entry.name in WITH_GUARDIANS], ids=lambda entry: entry.name
)


def contents(entry: Askable) -> Iterator[Element]:
    for file in [*answers_of(entry), *published_of(entry)]:
        content = content_of(file.read_bytes(), entry)
        if content is not None:
            yield content


def of_the_ward(entry: Askable) -> Element:
    (file,) = (file for file in answers_of(entry) if file.stem == WARD)
    content = content_of(file.read_bytes(), entry)
    assert content is not None
    return content


def about_guardianship(facts: list[Fact]) -> list[Fact]:
    return [fact for fact in facts if "guardian" in fact.key or "ewind" in fact.label]


@dataset
def test_every_guardian_is_said_and_nobody_else(entry):
    counted = Counter()
    for content in contents(entry):
        said = about_guardianship(list(entry.parse(content)))
        guardians = list(content.iter("Bewindvoerder"))
        assert sum(fact.key == "guardianship" for fact in said) == len(guardians)
        assert all("/Bewindvoerder[" in fact.path for fact in said)
        counted[bool(guardians)] += 1
    assert counted[True] > 0
    assert counted[False] > 2


@dataset
def test_without_the_element_the_rest_stays_as_it_was(entry):
    content = of_the_ward(entry)
    before = list(entry.parse(content))
    for guardians in list(content.iter("Bewindvoerders", "HistoriekBewindvoerder")):
        guardians.getparent().remove(guardians)
    assert list(entry.parse(content)) == [fact for fact in before if fact not in about_guardianship(before)]


@dataset
def test_a_guardian_about_whom_little_is_known_is_still_said(entry):
    content = of_the_ward(entry)
    for guardian in content.iter("Bewindvoerder"):
        for part in list(guardian)[1:]:
            guardian.remove(part)
        guardian.attrib.clear()
        etree.strip_elements(guardian, "Omschrijving")
    said = [(fact.label, fact.value) for fact in about_guardianship(list(entry.parse(content)))]
    assert said[:2] == [("Bewindvoering", "code 03"), ("Bewindvoering", "code 02")]
    assert {label for label, _ in said} == {"Bewindvoering"}


@pytest.mark.skipif(not TYPES.exists(), reason="the published schemas are not beside the project")
@dataset
def test_the_ward_has_every_leaf_that_the_schema_knows(entry):
    schema = parse_xml(TYPES.read_bytes())
    known = {
        name
        for of in ("JuridischStatuutPersoonType", "BewindvoerderType", "IdentiteitBewindvoerderType")
        for part in schema.find(f"{SCHEMA}complexType[@name='{of}']").iter(f"{SCHEMA}element", f"{SCHEMA}attribute")
        if (name := part.get("name"))
    }
    below = [e for guardian in of_the_ward(entry).iter("Bewindvoerder") for e in guardian.iter()]
    assert {*(str(e.tag) for e in below), *(name for e in below for name in e.attrib)} == known | {
        "Bewindvoerder",
        "Code",
        "Omschrijving",
        "Taal",
    }
