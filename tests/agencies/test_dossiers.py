"""Dossiers of every body: what the portal reads of their samples, and of what the town makes of them."""

import json
import tomllib
from pathlib import Path

import pytest
from lxml import etree

from portal.features.dossiers import section
from portal.platform.kit import national_number
from tests.beside import ROOT, SHARED

from .samples import INSTALLED, dossiers_in

PLACE = "samples/Dossier/GeefDossiers/02.00.0000"
FILES = sorted(file for agency in INSTALLED.agencies for file in (agency.folder / PLACE).glob("*.xml"))
XSD = SHARED / "magda/xsd/Dossier.GeefDossiersDienst-02.00/WebService/GeefDossiersResponse.xsd"
# The services whose dossiers the portal must show, by body.
SERVICES = {
    "ahovoks": ["schooltoelage", "studietoelage", "verbetering_bewijzen"],
    "dwse": ["dienstencheques"],
    "kanselarij": ["rampenfonds"],
    "kortrijk": ["inname_openbaar_domein", "meldpunt_1777"],
    "onroerend_erfgoed": ["onderzoekspremie", "erfgoedpremie"],
    "toerisme_vlaanderen": ["logiessubsidie", "toerisme_voor_allen"],
    "vaph": ["persoonsvolgend_budget"],
}
sample = pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parents[4].name}-{file.stem}")


def read(file: Path) -> object:
    """Give what is read of a sample, as JSON has it; what nobody knows is asked about somebody without dossiers."""
    about = file.stem if file.stem.isdigit() else "93681527060"
    return json.loads(json.dumps(dossiers_in(file.read_bytes(), about)))


@sample
def test_sample_gives_what_was_approved(file):
    assert read(file) == json.loads(file.with_suffix(".dossiers.json").read_text("utf-8"))


@sample
def test_sample_is_valid(file):
    if not XSD.exists():
        pytest.skip("the published schemas are not beside the project")
    etree.XMLSchema(etree.parse(XSD)).assertValid(etree.parse(file))


@sample
def test_sample_is_of_its_own_body_and_of_people_who_cannot_exist(file):
    agency = next(it for it in INSTALLED.agencies if file.is_relative_to(it.folder))
    own = {source.casefold() for source in section.of(agency).sources}
    assert {it.text.casefold() for it in etree.parse(file).iter("Bron")} <= own
    personas = tomllib.loads((ROOT / "agencies/rijksregister/samples/personas.toml").read_text("utf-8"))
    numbers = {it.text for it in etree.parse(file).iter("Sleutel") if len(it.text or "") == 11}
    assert {*numbers, file.stem} - {"notfound"} <= set(personas)
    assert all(national_number.is_valid(number) for number in numbers)


def test_approved_files_have_their_sample():
    approved = {file for agency in INSTALLED.agencies for file in (agency.folder / PLACE).glob("*.dossiers.json")}
    assert approved == {file.with_suffix(".dossiers.json") for file in FILES}


def test_samples_show_data_part_nothing_and_failure():
    outcomes = {json.loads(file.with_suffix(".dossiers.json").read_text("utf-8"))["outcome"] for file in FILES}
    assert outcomes == {"ready", "partial", "nothing", "down"}


def test_every_service_is_there_in_full():
    said = {agency.id: section.of(agency).services for agency in INSTALLED.agencies}
    assert {name: list(services) for name, services in said.items() if services} == SERVICES
    for services in said.values():
        for service in services.values():
            assert [service.about, service.for_whom, service.how, service.url, *service.needs].count("") == 0
            assert service.needs


def test_services_of_a_body_begin_its_dossiers():
    """Let a dossier's name tell which service it is of: what stands before the colon."""
    names = {
        (file.parents[4].name, (it.text or "").partition(":")[0])
        for file in FILES
        for it in etree.parse(file).iter("Naam")
        if it.getparent() is not None and it.getparent().tag == "DossierMutatie"
    }
    assert {body for body, _ in names} == set(SERVICES)
    assert len(names) >= sum(len(services) for services in SERVICES.values())
