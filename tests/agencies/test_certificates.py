"""What bodies offer of certificates: their samples are read whole, and published answers are what they are."""

import json
from pathlib import Path

import pytest
from lxml import etree

from connecting.samples import read_inquiry
from portal.features.certificates import inquiries, reading, rules, section
from portal.features.certificates.types import CertificateKind, NoDocument
from portal.platform.kit import national_number
from portal.platform.sources.catalogue import Agency
from portal.platform.sources.reading.outcomes import Ready
from portal.platform.sources.transports import partner, partner_pages
from portal.platform.sources.transports.answer import of_file
from sandbox.attests.contents import contents, words
from sandbox.certificates import pages
from sandbox.magda.folders import open_library
from sandbox.manifests import sample_folders
from tests.beside import ROOT

from .samples import INSTALLED, NOW, SHARED

PUBLISHED = SHARED / "magda/simulator/Persoon/GeefAttest/02.00.0000"
NAMES = {
    "Belgisch kiezer",
    "Belgische nationaliteit",
    "Gezinssamenstelling",
    "Hoofdverblijfplaats",
    "Hoofdverblijfplaats met historiek",
    "Leven",
    "Uittreksel registers",
    "Verblijfplaats met oog op een huwelijk",
    "Wettelijke samenwoning",
    "Wijze teraardebestelling  rituelen",
}
(REGISTER,) = section.makers()
HOLDERS = [agency for agency in INSTALLED.agencies if section.dutch(agency).held]
LISTS = [
    (agency, file)
    for agency in HOLDERS
    for file in sorted((agency.folder / "samples/rest").glob("*.certificates/*.json"))
]
LIES = "84651421235"


def read_attest(data: bytes, person: str) -> object:
    """Give why there is no document in an answer about a person; None where there is one."""
    inquiry = inquiries.attest(REGISTER, "leven", language="nl", municipality="13003")
    return rules.why_of(inquiries.document_in(read_inquiry(of_file(data, NOW), inquiry, person)))


def test_the_register_makes_the_ten_of_the_decree_in_three_languages():
    made = section.dutch(REGISTER).made
    assert made
    models = made.models.values()
    assert {model.name for model in models} == NAMES == set(words())
    assert all(model.languages == ("nl", "fr", "de") and model.kind is CertificateKind.ATTEST for model in models)
    former = {title for model in models for title in model.former}
    assert "Attest van inschrijving" in former


def test_two_bodies_have_a_list_each_in_its_own_shape():
    shapes = {
        agency.id: {"_embedded" in json.loads(file.read_text("utf-8")) for of, file in LISTS if of is agency}
        for agency in HOLDERS
    }
    assert shapes == {"anb": {False}, "dwse": {True}}
    assert [section.dutch(agency).held.kind.value for agency in HOLDERS] == ["permit", "attest"]


@pytest.mark.parametrize(("agency", "file"), LISTS, ids=[f"{agency.id}-{file.stem}" for agency, file in LISTS])
def test_a_list_is_read_whole_page_by_page_as_the_town_cuts_it(agency: Agency, file: Path):
    assert national_number.is_valid(file.stem)
    assert int(file.stem[2:4]) > 60, "only people who cannot exist"
    held = section.dutch(agency).held
    assert held
    place = partner.place_of(held.partner, file.stem)
    sample = pages.sample_of([agency.folder / "samples"], f"{agency.id}.certificates", file.stem, place.ours)
    items, number, follows = [], 0, True
    while follows:
        page = partner_pages.page_of(json.dumps(pages.page_of(sample, 25, number, "https://x")).encode(), place)
        assert not isinstance(page, str)
        assert (page.left_out, page.is_about_another) == ((), False)
        items += page.items
        number, follows = number + 1, page.follows
    made = reading.read_list(partner.GatheredCertificates(tuple(items)), ())
    written = pages.certificates_of(sample)
    assert sum(len(one.versions) for one in made.value.found) == len(written) > 0
    assert [one.id for one in made.value.found] == list(dict.fromkeys(str(it["id"]) for it in written))
    assert all(one.year for one in made.value.found)


def test_an_attest_of_the_town_says_what_its_register_says():
    library = open_library(sample_folders((ROOT / "agencies",)), ())
    said = contents(library, LIES, "Gezinssamenstelling", "nl", "13003")
    assert said
    assert dict(said.facts)["Naam"] == "Lies Rosa Marijke Verhaegen"
    assert next(value for label, value in said.facts if label == "Gezinslid") == "Tom Aerts (1982-11-03)"
    assert contents(library, "93681527060", "Leven", "fr", "13003") is None
    for name in words():
        for language in ("nl", "fr", "de"):
            assert contents(library, LIES, name, language, "13003")


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published answers are not beside the project")
def test_published_answers_are_documents_or_say_why_not():
    found = {}
    for file in sorted(PUBLISHED.glob("*.xml")):
        about = etree.parse(file).find(".//Attest/INSZ")
        found[file.stem] = read_attest(file.read_bytes(), about.text if about is not None else "99610100150")
    assert {name: why for name, why in found.items() if why is not None} == {
        "14621699855": NoDocument.NO_PDF,
        "86700400636": NoDocument.NO_PDF,
        "86700410336": NoDocument.BUSY,
        "99610100150": NoDocument.DOWN,
        "notfound": NoDocument.NONE,
        "template": NoDocument.DAMAGED,
    }
    assert {f"{name}.nl" for name in NAMES} <= found.keys()
    whole = (PUBLISHED / "Leven.nl.xml").read_bytes()
    assert read_attest(whole, LIES) is NoDocument.ANOTHER


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published answers are not beside the project")
def test_a_published_answer_that_is_broken_off_is_no_document():
    whole = (PUBLISHED / "Leven.nl.xml").read_bytes()
    start, end = whole.index(b"<Document>") + 10, whole.index(b"</Document>")
    about = (etree.fromstring(whole).findtext(".//Attest/INSZ") or "").strip()
    middle = start + (end - start) // 8 * 4
    for cut in (middle, middle + 1):
        assert read_attest(whole[:cut] + whole[end:], about) is NoDocument.DAMAGED
    lines = b"\r\n".join(whole[at : min(at + 76, end)] for at in range(start, end, 76))
    inquiry = inquiries.attest(REGISTER, "leven", language="nl", municipality="13003")
    outcome = read_inquiry(of_file(whole[:start] + lines + whole[end:], NOW), inquiry, about)
    assert isinstance(outcome, Ready)
