"""The register of dossiers: samples and changes together, odd answers, and changes that are refused."""

import json

import pytest
from lxml import etree

from sandbox.dossiers.oddities import ODD, ODDITIES
from sandbox.dossiers.variety import EVERY_STATE, HOW_MANY, MANY, STATES
from sandbox.faults.switches import Fault
from sandbox.tests.papers import DOSSIER_NUMBER, NUMBER, OTHER
from sandbox.tests.test_magda import ask, post
from tests.beside import SHARED

XSD = SHARED / "magda" / "xsd" / "Dossier.GeefDossiersDienst-02.00" / "WebService" / "GeefDossiersResponse.xsd"
ADDED = {"person": NUMBER, "source": "NIEUW", "number": "N-1", "name": "Nieuw dossier", "phase": "Samenstelling"}


def question(person: str) -> str:
    return ask(person, "GeefDossiers", "02.00.0000")


async def answer_about(magda, person: str) -> etree._Element:
    status, root = await post(magda, question(person))
    assert status == 200
    return root


async def mutations(magda, person: str) -> list[tuple[str, ...]]:
    """List the mutations that GeefDossiers gives."""
    paths = (
        "Identificatie/Bron",
        "Identificatie/Dossiernummer",
        "Status/Fase",
        "Status/Code",
        "Status/Actie/Omschrijving",
    )
    return [
        tuple(mutation.findtext(path) or "" for path in paths)
        for mutation in (await answer_about(magda, person)).iter("DossierMutatie")
    ]


async def tell(http, change) -> tuple[int, dict]:
    async with http.post("/dossiers/changes", json=change) as answer:
        return answer.status, await answer.json()


async def test_answer_holds_the_dossiers_of_every_body(magda):
    assert await mutations(magda, NUMBER) == [
        ("EERSTE", DOSSIER_NUMBER, "Behandeling", "InBehandeling", ""),
        ("TWEEDE", DOSSIER_NUMBER, "Behandeling", "InBehandeling", ""),
    ]


async def test_nobody_who_has_none_is_said_to_have_some(magda):
    root = await answer_about(magda, OTHER)
    assert [it.text for it in root.iter("Diagnose")] == ["Geen gegevens gevonden voor de vraag"]
    assert list(root.iter("Inhoud")) == []


async def test_change_is_the_newest_state_and_keeps_what_was(magda, http, clock):
    change = {"person": NUMBER, "source": "EERSTE", "number": DOSSIER_NUMBER, "phase": "Beslissing"}
    status, stands = await tell(http, change | {"status": "Goedgekeurd", "action": "Teken de beslissing."})
    assert status == 200
    assert stands | {"changed_on": ""} == {
        "person": NUMBER,
        "source": "EERSTE",
        "number": DOSSIER_NUMBER,
        "name": "Dossier van EERSTE",
        "kind": "DossierStatus",
        "phase": "Beslissing",
        "status": "Goedgekeurd",
        "changed_on": "",
        "action": "Teken de beslissing.",
        "history": 2,
        "is_shown": True,
    }
    assert await mutations(magda, NUMBER) == [
        ("EERSTE", DOSSIER_NUMBER, "Behandeling", "InBehandeling", ""),
        ("EERSTE", DOSSIER_NUMBER, "Beslissing", "Goedgekeurd", "Teken de beslissing."),
        ("TWEEDE", DOSSIER_NUMBER, "Behandeling", "InBehandeling", ""),
    ]
    mutation = [*(await answer_about(magda, NUMBER)).iter("DossierMutatie")][1]
    assert mutation.findtext("Beheerder/Contact/Telefoon") == "1700"
    clock.now += 60
    _, stands = await tell(http, change | {"status": "Geweigerd"})
    assert (stands["status"], stands["action"], stands["history"]) == ("Geweigerd", None, 3)


async def test_added_dossier_is_said_and_forgotten(magda, http):
    assert (await tell(http, ADDED))[0] == 201
    assert ("NIEUW", "N-1", "Samenstelling", "", "") in await mutations(magda, NUMBER)
    async with http.delete("/dossiers/changes") as answer:
        assert answer.status == 204
    assert len(await mutations(magda, NUMBER)) == 2


async def test_person_without_dossiers_gets_a_first(magda, http):
    assert (await tell(http, ADDED | {"person": OTHER, "action": True}))[0] == 201
    root = await answer_about(magda, OTHER)
    assert [it.text for it in root.iter("Dossiernummer")] == ["N-1"]
    assert [[(e.tag, e.text) for e in it] for it in root.iter("Actie")] == [[("ActieNodig", "1")]]
    assert list(root.iter("Uitzondering")) == []


async def test_states_of_one_moment_keep_their_order(http):
    status, stands = await tell(http, [ADDED | {"status": it} for it in ("Ingediend", "DossierVolledig", "Gepland")])
    assert (status, [(it["status"], it["history"]) for it in stands]) == (201, [("Gepland", 3)])
    async with http.get(f"/dossiers/people/{NUMBER}") as answer:
        last = (await answer.json())["dossiers"][-1]
    assert (last["status"], last["history"]) == ("Gepland", 3)


async def test_change_is_the_newest_also_where_the_body_dated_ahead(http, clock):
    clock.now -= 10 * 365 * 86400
    change = {"person": NUMBER, "source": "EERSTE", "number": DOSSIER_NUMBER, "status": "Betaald"}
    _, stands = await tell(http, change)
    assert (stands["status"], stands["changed_on"][:10]) == ("Betaald", "2026-01-02")


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ([], "empty"),
        ("x", "object"),
        (ADDED | {"person": "123"}, "person"),
        (ADDED | {"person": "71690999999"}, "does not know"),
        (ADDED | {"name": ""}, "name"),
        (ADDED | {"source": ""}, "source"),
        (ADDED | {"number": "n" * 256}, "number"),
        (ADDED | {"source": " "}, "source"),
        (ADDED | {"phase": 3}, "phase"),
        (ADDED | {"action": 2}, "action"),
        (ADDED | {"kind": "Kalender"}, "kind"),
        (ADDED | {"colour": "red"}, "colour"),
        (ADDED | {"status": "\x07"}, "XML"),
        ({name: value for name, value in ADDED.items() if name != "name"}, "name"),
        ([ADDED, ADDED | {"person": "123"}], "person"),
    ],
)
async def test_what_is_no_change_is_refused_and_changes_nothing(magda, http, change, word):
    status, problem = await tell(http, change)
    assert status == 400
    assert word in problem["error"]
    assert len(await mutations(magda, NUMBER)) == 2


async def test_change_that_is_no_json_is_refused(http):
    async with http.post("/dossiers/changes", data=b"\xff{", headers={"Content-Type": "application/json"}) as answer:
        assert answer.status == 400


async def test_change_is_taken_for_json_however_it_was_sent(http):
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with http.post("/dossiers/changes", data=json.dumps(ADDED), headers=headers) as answer:
        assert (answer.status, (await answer.json())["number"]) == (201, "N-1")


async def test_other_sites_change_nothing(http):
    headers = {"Origin": "https://elders.example"}
    async with http.post("/dossiers/changes", json=ADDED, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize(
    ("mode", "status"), [("503", 503), ("soap-fault", 500), ("html", 200), ("partial", 200), ("other-person", 200)]
)
async def test_faults_meet_dossiers_as_they_meet_others(magda, town, mode, status):
    town.switches["dossiers"].put(Fault(mode))
    async with magda.post("/api/Magda-02.00/soap/WebService", data=question(NUMBER)) as answer:
        body = await answer.text()
        assert answer.status == status
    assert (NUMBER in body) == (mode == "partial")
    assert ("60006" in body) == (mode == "partial")
    assert town.switches["dossiers"].asked == 1


async def test_page_shows_and_changes_dossiers(http):
    await tell(http, ADDED | {"name": "<b>vet</b>"})
    form = {
        "person": NUMBER,
        "source": "NIEUW",
        "number": "N-1",
        "phase": "Afgerond",
        "status": "Betaald",
        "action": "",
    }
    async with http.post("/dossiers/changes", data=form) as answer:
        assert (answer.status, str(answer.url.relative())) == (200, f"/dossiers/?person={NUMBER}")
        text = await answer.text()
    assert "&lt;b&gt;vet&lt;/b&gt;" in text
    assert "<b>vet" not in text
    assert "Afgerond, Betaald" in text
    async with http.get("/dossiers/?person=71690999999") as answer:
        assert "De stad kent deze persoon niet." in await answer.text()


async def test_odd_answer_is_given_until_it_is_put_back(magda, http):
    async with http.put(f"/dossiers/people/{NUMBER}", json={"answer": "50-dossiers"}) as answer:
        assert answer.status == 200
    assert len(await mutations(magda, NUMBER)) == 50
    status, stands = await tell(
        http, {"person": NUMBER, "source": " EERSTE", "number": DOSSIER_NUMBER, "phase": "Beroep"}
    )
    assert (status, stands["source"], stands["phase"], stands["history"]) == (200, "EERSTE", "Beroep", 2)
    async with http.put(f"/dossiers/people/{NUMBER}", json={}) as answer:
        assert answer.status == 200
    assert len(await mutations(magda, NUMBER)) == 3
    for person, wanted in ((NUMBER, {"answer": "sunny"}), (NUMBER, {"mode": ""})):
        async with http.put(f"/dossiers/people/{person}", json=wanted) as answer:
            assert (answer.status, "many-mutations" in (await answer.json())["error"]) == (400, True)
    async with http.get("/dossiers/people/71690999999") as answer:
        assert answer.status == 404


async def test_one_person_has_every_kind_in_every_state(magda):
    found = await mutations(magda, EVERY_STATE)
    states = [(phase, code) for phase, codes in STATES.items() for code in codes]
    assert [(source, phase, code) for source, _, phase, code, _ in found] == [
        (source, phase, code) for source in ("EERSTE", "TWEEDE") for phase, code in states
    ]


async def test_one_person_has_many_dossiers(magda):
    found = await mutations(magda, MANY)
    assert len({(source, number) for source, number, *_ in found}) == HOW_MANY
    assert {source for source, *_ in found} == {"EERSTE", "TWEEDE"}


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    if not XSD.exists():
        pytest.skip("the published schemas are not beside the project")
    return etree.XMLSchema(etree.parse(XSD))


@pytest.mark.parametrize("person", [NUMBER, EVERY_STATE, MANY, ODD, OTHER])
async def test_answer_is_valid(magda, http, schema, person):
    await tell(http, ADDED | {"action": "", "details": ["een", "twee"], "expected": "2026-12-24T09:00:00+01:00"})
    schema.assertValid((await answer_about(magda, person))[1][0])


@pytest.mark.parametrize("oddity", sorted({*ODDITIES} - {"partly-qualified", "9000-dossiers"}))
def test_odd_answer_is_odd_within_the_schema(schema, oddity):
    schema.assertValid(ODDITIES[oddity](NUMBER))
