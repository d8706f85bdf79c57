"""Dossiers as the town plays them: what it means by each of its answers is what the portal reads in it."""

from functools import cache
from typing import Any

import pytest
from lxml import etree

from portal.features.dossiers import section
from sandbox.dossiers import answering
from sandbox.dossiers.listing import dossiers_in as meant_in
from sandbox.dossiers.oddities import ODD, ODDITIES
from sandbox.dossiers.register import Register
from sandbox.dossiers.variety import EVERY_STATE, HOW_MANY, MANY, STATES
from sandbox.magda.folders import open_library
from sandbox.manifests import sample_folders
from tests.beside import ROOT

from .samples import dossiers_in

PERSON = "84651421235"
DAY = "2026-09-01"
PLAIN = ("GEWOON-1", "Behandeling", "InBehandeling", DAY, False, 1)


class Town:
    """What of a town makes answers of dossiers."""

    def __init__(self) -> None:
        self.library = open_library(sample_folders((ROOT / "agencies",)), ())
        self.dossiers = Register()


@cache
def tree_about(person: str) -> etree._Element:
    town: Any = Town()  # all that answers of dossiers ask of one
    tree = answering.tree_of(town, person)
    assert tree is not None
    return tree


def read(tree: etree._Element, person: str) -> Any:
    return dossiers_in(etree.tostring(tree, encoding="UTF-8"), person)


def plainly(said: Any) -> list[tuple[object, ...]]:
    keys = ("number", "phase", "status", "changed_on", "action", "history")
    return [tuple(one[key] for key in keys) for one in said["dossiers"]]


@pytest.mark.parametrize("person", [PERSON, "82710312762", EVERY_STATE, MANY])
def test_portal_reads_what_the_town_means(person):
    said = read(tree_about(person), person)
    assert (said["outcome"], said["hidden"], said["missing"]) == ("ready", 0, [])
    meant = [
        (
            it.source,
            it.number,
            it.name,
            it.kind,
            it.phase,
            it.status,
            it.changed_on[:10],
            it.action is not None,
            it.history,
        )
        for it in meant_in(tree_about(person), person)
    ]
    assert sorted(tuple(one.values()) for one in said["dossiers"]) == sorted(meant)


def test_one_person_has_every_service_in_every_phase_and_status():
    dossiers = read(tree_about(EVERY_STATE), EVERY_STATE)["dossiers"]
    kinds = {(one["source"], one["name"].partition(":")[0]) for one in dossiers if one["kind"] != "Verwijzing"}
    states = {(phase, code) for phase, codes in STATES.items() for code in codes}
    assert (len(kinds), len(states)) == (12, 27)
    assert {
        (one["source"], one["name"].partition(":")[0], one["phase"], one["status"])
        for one in dossiers
        if one["kind"] != "Verwijzing"
    } == {(*kind, *state) for kind in kinds for state in states}
    assert {one["kind"] for one in dossiers} == {"DossierStatus", "Financieel voordeel", "Verwijzing"}


def test_one_person_has_150_dossiers_of_seven_bodies():
    dossiers = read(tree_about(MANY), MANY)["dossiers"]
    bodies = {body.id if (body := section.body_of(one["source"])) else "" for one in dossiers}
    assert (len(dossiers), len(bodies), "" in bodies) == (HOW_MANY, 7, False)


SAID = {
    "many-mutations": [PLAIN, ("DUIZEND-1", "Behandeling", "InBehandeling", DAY, False, 1000)],
    "two-sources": [PLAIN, *[("ZELFDE-1", "Behandeling", "InBehandeling", DAY, False, 1)] * 2],
    "same-moment": [PLAIN, ("MOMENT-1", "Beslissing", "Geweigerd", DAY, False, 2)],
    "repeated": [PLAIN, ("DUBBEL-1", "Behandeling", "InBehandeling", DAY, False, 2)],
    "undated": [PLAIN, ("ZONDERDATUM-1", "Behandeling", "InBehandeling", DAY, False, 1)],
    "dates": [
        ("DATUM-2087-06-15", "Behandeling", "InBehandeling", "2087-06-15", False, 1),
        ("DATUM-2027-03-01", "Behandeling", "InBehandeling", "2027-03-01", False, 1),
        PLAIN,
        ("DATUM-1899-12-31", "Behandeling", "InBehandeling", "1899-12-31", False, 1),
        ("DATUM-0001-01-01", "Behandeling", "InBehandeling", "", False, 1),
        ("DATUM-9999-12-31", "Behandeling", "InBehandeling", "", False, 1),
    ],
    "marks": [
        PLAIN,
        ("TEKENS-1", "Behandeling", "InBehandeling", DAY, False, 1),
        ("TEKENS-2", "Behandeling", "InBehandeling", DAY, False, 1),
        ("TEKENS-3", "Behandeling", "Onbekend", DAY, False, 1),
    ],
    "markup": [
        PLAIN,
        ("OPMAAK-1", "Behandeling", "Onbekend", DAY, False, 1),
        ("OPMAAK-2", "Behandeling", "InBehandeling", DAY, False, 1),
        ("OPMAAK-3", "Behandeling", "InBehandeling", DAY, False, 1),
    ],
    "without": [
        PLAIN,
        ("ZONDER-1", "Behandeling", "InBehandeling", DAY, True, 1),
        ("ZONDER-2", "", "InBehandeling", DAY, False, 1),
        ("ZONDER-3", "Behandeling", "", DAY, False, 1),
        ("ZONDER-4", "", "", DAY, False, 1),
    ],
    "unknown": [
        PLAIN,
        ("ONBEKEND-1", "Behandeling", "OpDePlank", DAY, False, 1),
        ("ONBEKEND-2", "Archivering", "InBehandeling", DAY, False, 1),
        ("ONBEKEND-3", "Behandeling", "InBehandeling", DAY, False, 1),
        ("ONBEKEND-4", "Behandeling", "InBehandeling", DAY, False, 1),
        ("ONBEKEND-5", "Behandeling", "OpDePlank", DAY, False, 1),
    ],
    "company": [PLAIN],
    "another-too": [PLAIN, ("ANDER-1", "Behandeling", "InBehandeling", DAY, False, 1)],
    "of-another": [PLAIN],
    "somebody-else": [],
    "with-exceptions": [PLAIN],
    "partly-qualified": [PLAIN, ("DEELS-1", "Behandeling", "InBehandeling", DAY, False, 1)],
}
OUTCOMES = {"somebody-else": "down", "with-exceptions": "partial"}
HIDDEN = {"company": 1, "of-another": 1}


@pytest.mark.parametrize("oddity", SAID)
def test_odd_answer_is_read_for_what_it_is(oddity):
    said = read(ODDITIES[oddity](PERSON), PERSON)
    assert plainly(said) == SAID[oddity]
    assert (said["outcome"], said["hidden"]) == (OUTCOMES.get(oddity, "ready"), HIDDEN.get(oddity, 0))


def test_one_person_has_all_oddities_of_dossiers():
    of_answers = {"many-mutations", "somebody-else", "with-exceptions", "partly-qualified"}
    wanted = {one for oddity, dossiers in SAID.items() if oddity not in of_answers for one in dossiers}
    said = read(tree_about(ODD), ODD)
    assert set(plainly(said)) == wanted
    assert (said["outcome"], said["hidden"]) == ("ready", 2)
