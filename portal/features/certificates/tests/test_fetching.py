"""A certificate of the model town, asked for as pages do: what comes, and why nothing came."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import msgspec
import pytest
import pytest_asyncio
from django.conf import settings
from django.test import override_settings

from portal.features.certificates import bundle_text, fetching, inquiries, offering, rules, section
from portal.features.certificates.answers import SourceAnswers
from portal.features.certificates.types import (
    FETCH,
    LIST,
    CertificateKind,
    CertificateList,
    Document,
    NoDocument,
    Offers,
)
from portal.platform.access import sessions, source_tokens
from portal.platform.journal.types import Occasion
from portal.platform.municipalities.known import Region
from portal.platform.seals import checking
from portal.platform.sources.gates import gatekeeper
from portal.platform.sources.inquiry import Consultation, of_oneself
from portal.platform.sources.reading.outcomes import (
    Down,
    Late,
    Missing,
    Nothing,
    Outcome,
    Partial,
    Ready,
    name_of,
)
from portal.platform.sources.transports import mutual_tls, partner
from portal.platform.wire import calls
from tests.citizen import person, sign_in
from tests.knowing_town import KnowingTown, run_knowing_town
from tests.town import Town

LIES, ABROAD, NOWHERE = "84651421235", "66643025104", "93681527060"
IN_NAMUR, IN_BRUSSELS = "83650921465", "90712335185"
SOURCE = "rijksregister-attesten"
HOUSEHOLD = "rijksregister.gezinssamenstelling"
LONG_AGO = datetime(2026, 3, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def town() -> Iterator[KnowingTown]:
    with run_knowing_town() as one:
        yield one


@pytest_asyncio.fixture
async def asked_of(town, database) -> AsyncIterator[None]:
    town.put_right()
    gatekeeper._gates.clear()
    magda = f"{town.tls}/api/Magda-02.00/soap/WebService"
    with override_settings(MAGDA_URL=magda, REST_URL=town.tls, PORTAL_ORIGIN=town.portal):
        yield
    await calls.close()


async def consultation(insz: str, purpose: object = FETCH) -> Consultation:
    session, _ = await sessions.open_session(person(insz), now=datetime.now(UTC))
    occasion = Occasion(session.citizen_id, datetime.now(UTC), str(uuid4()))
    return of_oneself(session, occasion, purpose)


async def fetch(insz: str = LIES, key: str = HOUSEHOLD, language: str = "nl") -> Outcome[Document]:
    return await fetching.fetch(await consultation(insz), key, language)


async def text_of(answer: Any) -> str:
    """Read a page of Django's test client, also one that streams."""
    return b"".join([part async for part in answer]).decode() if answer.streaming else answer.content.decode()


async def fetch_made(town: Town) -> Outcome[Document]:
    """Ask until the town has read what it seals with, which takes it seconds, once."""
    while isinstance(outcome := await fetch(), Late):
        gatekeeper._gates.clear()
    return outcome


async def verdict(outcome: Outcome[Document]) -> str:
    assert isinstance(outcome, Ready)
    assert outcome.value.content.startswith(b"%PDF-")
    return (await checking.judge(outcome.value.content)).verdict.value


def test_the_ten_of_the_register_are_there_without_a_question():
    (registers,) = [offering.made_by(agency) for agency in section.makers()]
    assert len(registers.found) == 10
    by_key = {offer.key: offer for offer in registers.found}
    household = by_key[HOUSEHOLD]
    assert (household.title, household.languages, household.kind) == (
        "Attest van gezinssamenstelling",
        ("nl", "fr", "de"),
        CertificateKind.ATTEST,
    )
    assert "Attest van inschrijving" in by_key["rijksregister.hoofdverblijfplaats"].former
    assert all(offer.about and offer.is_of_municipality and offer.titles["fr"] for offer in registers.found)


async def test_an_attest_comes_sealed_in_the_language_that_was_asked(town, asked_of):
    with override_settings(SEAL_ROOTS_FILE=settings.SEAL_ROOTS_FILE):
        dutch = await fetch_made(town)
        assert await verdict(dutch) == "valid"
        german = await fetch(key="rijksregister.teraardebestelling", language="de")
        assert await verdict(german) == "valid"
    assert isinstance(dutch, Ready)
    assert rules.why_of(dutch) is None
    assert (dutch.value.media_type, dutch.value.name) == ("application/pdf", "Attest van gezinssamenstelling")


async def offers_of(insz: str) -> tuple[Consultation, dict[str, Outcome[Offers]]]:
    own = await consultation(insz, LIST)
    found = [(agency.id, outcome) async for agency, outcome in offering.offers_of(own)]
    assert found[0][0] == "rijksregister"
    return own, dict(found)


async def test_bodies_say_what_they_have_for_somebody_and_give_it(town, asked_of):
    own, found = await offers_of(LIES)
    assert [name_of(outcome) for outcome in found.values()] == ["ready"] * 3
    permits, tax = found["anb"], found["dwse"]
    assert isinstance(permits, Ready)
    assert isinstance(tax, Ready)
    assert [(offer.title, offer.year, offer.kind) for offer in permits.value.found] == [
        ("Visverlof", 2026, CertificateKind.PERMIT),
        ("Visverlof", 2025, CertificateKind.PERMIT),
    ]
    assert [(offer.year, offer.languages) for offer in tax.value.found] == [
        (year, ("nl", "fr")) for year in (2025, 2024, 2023)
    ]
    newest = tax.value.found[0]
    assert LIES not in newest.key
    assert newest.titles["fr"] == "Attestation fiscale titres-services"
    await fetch_made(town)
    document = await fetching.fetch(own, newest.key, "fr")
    assert await verdict(document) == "valid"
    assert isinstance(document, Ready)
    assert document.value.name == "Attestation fiscale titres-services"
    assert rules.why_of(await fetching.fetch(own, newest.key, "de")) is NoDocument.NOT_IN_LANGUAGE
    assert rules.why_of(await fetching.fetch(own, "dwse.elders", "nl")) is NoDocument.GONE
    assert rules.why_of(await fetch(LIES, newest.key, "nl")) is NoDocument.GONE  # in another session


EMPTY = CertificateList(())
NOT_FOUND = [
    (Ready(EMPTY, LONG_AGO), NoDocument.GONE),
    (Nothing(LONG_AGO), NoDocument.GONE),
    # What did not come may have it.
    (Partial(EMPTY, (Missing("DWSE", "", "late"),), LONG_AGO), NoDocument.LATE),
    (Partial(EMPTY, (Missing("DWSE", "id", "unread"),), LONG_AGO), NoDocument.DOWN),
    (Late(LONG_AGO), NoDocument.LATE),
    (Down("busy", "HTTP 429"), NoDocument.BUSY),
    (Down("refused", "HTTP 404"), NoDocument.DOWN),
]


@pytest.mark.parametrize(("answer", "why"), NOT_FOUND)
async def test_one_is_gone_only_from_a_list_that_is_whole(town, asked_of, monkeypatch, answer, why):
    async def answers(*_: object, **__: object) -> Outcome[CertificateList]:
        return answer

    monkeypatch.setattr(fetching.asking, "answer", answers)
    assert rules.why_of(await fetch(LIES, "dwse.elders")) is why


async def test_one_whose_document_is_not_there_is_gone(town, asked_of, monkeypatch):
    own, found = await offers_of(LIES)
    inquiry_for = inquiries.held_document
    elsewhere = {"below": "elders/nl/download"}
    monkeypatch.setattr(
        fetching.inquiries,
        "held_document",
        lambda agency, version: inquiry_for(agency, msgspec.structs.replace(version, **elsewhere)),
    )
    outcome = await fetching.fetch(own, found["dwse"].value.found[0].key, "nl")
    assert rules.why_of(outcome) is NoDocument.GONE


async def test_a_list_of_several_pages_is_whole_and_nothing_is_nothing(town, asked_of):
    _, found = await offers_of("77631420476")
    assert isinstance(found["dwse"], Ready)
    assert [(offer.year, len(offer.languages)) for offer in found["dwse"].value.found] == [
        (year, 3) for year in range(2025, 2003, -1)
    ]
    assert name_of(found["anb"]) == "nothing"


LISTS = {
    "503": "down",
    "soap-fault": "down",
    "broken": "down",
    "html": "down",
    "redirect": "down",
    "other-person": "down",
    "wrong-root": "down",
    "204-exceptions": "down",
    "twice": "down",
}
DOCUMENTS = {
    "no-document": NoDocument.NO_PDF,
    "no-pdf": NoDocument.NO_PDF,
    "base64": NoDocument.DAMAGED,
    "html": NoDocument.NO_PDF,
    "503": NoDocument.DOWN,
    "reset": NoDocument.DOWN,
    "huge": NoDocument.TOO_LARGE,
    "redirect": NoDocument.DOWN,
    "changed": None,  # for who judges the seal
}


async def test_a_body_in_trouble_says_so_and_hides_no_other(town, asked_of, caplog):
    await fetch_made(town)
    own, found = await offers_of(LIES)
    permits = found["anb"]
    assert isinstance(permits, Ready)
    lists, documents = {}, {}
    for mode in LISTS:
        town.ask("PUT", "/faults/anb-vergunningen", {"mode": mode})
        gatekeeper._gates.clear()
        _, found = await offers_of(LIES)
        lists[mode] = name_of(found["anb"])
        assert name_of(found["dwse"]) == "ready"
    for mode in DOCUMENTS:
        town.ask("PUT", "/faults/anb-vergunningen", {"mode": mode})
        gatekeeper._gates.clear()
        documents[mode] = rules.why_of(await fetching.fetch(own, permits.value.found[0].key, "nl"))
    assert (lists, documents) == (LISTS, DOCUMENTS)
    assert LIES not in caplog.text


SILENT = "Wij konden nu niet opvragen wat het Departement Werk voor u heeft. Dat betekent niet dat er niets is."


async def test_chosen_one_of_a_body_that_does_not_answer_is_asked_for_again_and_not_called_gone(town, asked_of):
    town.ask("PUT", "/faults/dwse-attesten", {"mode": "503"})
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        who = await sign_in(person(LIES))
        alone = await who.posts("/attesten/samen/maken/", attest="dwse.een")
        page = await text_of(await who.gets(alone["Location"]))
        both = await text_of(await who.posts("/attesten/samen/maken/", attest=["dwse.een", HOUSEHOLD, "anb.twee"]))
    assert (alone.status_code, alone["Location"].endswith("&stil=1")) == (303, True)
    assert "Wat u koos, konden wij nu niet opvragen: de dienst antwoordde niet." in page
    # It is said before the others are made and after, and asked for again with what failed.
    assert both.count(SILENT) == 2
    assert "Eén van wat u koos, konden wij daardoor niet opvragen." in both
    assert "Eén van wat u koos, vinden wij niet meer." in both
    assert re.findall('name="attest" value="([^"]+)"', both)[-1:] == ["dwse.een"]


def test_text_in_a_zip_names_a_body_that_did_not_answer():
    answers, (body,) = SourceAnswers(), [one for one in section.holders() if one.id == "dwse"]
    answers.add(body, Down("unavailable"))
    text = bundle_text.write([], [], answers.gaps, LONG_AGO).decode("utf-8-sig").split("\r\n")
    at = text.index("Niet gelukt:")
    assert text[at + 1] == f"- {SILENT}"
    assert text[at + 2].startswith("Vraag die opnieuw")


async def test_who_asks_without_a_token_about_this_person_is_not_answered(town, asked_of):
    """The town keeps the contract's side: 401 for no token of ours, 403 for one about another."""
    signing = source_tokens.ours()
    assert signing
    anb = partner.place_of(section.dutch(section.holders()[0]).held.partner, LIES)
    statuses = []
    for about, audience in ((LIES, "urn:x-modelstad:anb"), ("82710312762", "urn:x-modelstad:anb"), (LIES, "urn:x")):
        token = source_tokens.token(signing, about, audience, datetime.now(UTC))
        came = await mutual_tls.get(
            f"{anb.ours}/{LIES}",
            {"Authorization": f"Bearer {token}"},
            expected=(200,),
            is_lenient=False,
        )
        statuses.append(came.detail if isinstance(came, Down) else came.status)
    assert statuses == [200, "HTTP 403", "HTTP 401"]


SEALS = {
    "unsealed": "unsealed",
    "changed": "changed",
    "revoked": "unconfirmed",
    "expired": "unconfirmed",
    "wrong-use": "unconfirmed",
    "not-yet-valid": "unconfirmed",
    "other-paper": "valid",  # of whom a paper is, its seal does not say
}


async def test_a_seal_with_something_wrong_comes_as_it_is(town, asked_of):
    await fetch_made(town)
    found = {}
    for mode in SEALS:
        town.ask("PUT", f"/faults/{SOURCE}", {"mode": mode})
        found[mode] = await verdict(await fetch())
    assert found == SEALS


TROUBLES = {
    "other-person": NoDocument.ANOTHER,
    "no-pdf": NoDocument.NO_PDF,
    "no-document": NoDocument.NO_PDF,
    "base64": NoDocument.DAMAGED,
    "html": NoDocument.DAMAGED,
    "broken": NoDocument.DAMAGED,
    "huge": NoDocument.TOO_LARGE,
    "503": NoDocument.DOWN,
    "soap-fault": NoDocument.DOWN,
    "redirect": NoDocument.DOWN,
    "reset": NoDocument.DOWN,
}


async def test_what_is_no_document_of_this_person_is_none_and_says_why(town, asked_of, caplog):
    await fetch_made(town)
    found = {}
    for mode in TROUBLES:
        town.ask("PUT", f"/faults/{SOURCE}", {"mode": mode})
        gatekeeper._gates.clear()
        found[mode] = rules.why_of(await fetch())
    assert found == TROUBLES
    assert "mismatch: INSZ" in caplog.text
    assert LIES not in caplog.text


async def test_a_partial_answer_gives_the_document_that_came(town, asked_of):
    await fetch_made(town)
    town.ask("PUT", f"/faults/{SOURCE}", {"mode": "partial"})
    assert rules.why_of(await fetch()) is None


async def test_reasons_of_residence_and_of_the_body_are_told_apart(town, asked_of):
    asked = [
        ((IN_NAMUR,), NoDocument.WALLONIA),
        ((IN_BRUSSELS,), NoDocument.BRUSSELS),
        ((ABROAD,), NoDocument.ABROAD),
        ((NOWHERE,), NoDocument.NOWHERE),
        (("71600048271",), NoDocument.NOT_OFFERED),
        ((LIES, "rijksregister.onbekend"), NoDocument.UNKNOWN),
        ((LIES, "niemand.gezinssamenstelling"), NoDocument.UNKNOWN),
        ((LIES, HOUSEHOLD, "en"), NoDocument.NOT_IN_LANGUAGE),
    ]
    assert [rules.why_of(await fetch(*given)) for given, _ in asked] == [why for _, why in asked]
    desk = await fetching.desk_of(await consultation(LIES))
    assert (desk.code, desk.region) == ("13003", Region.FLANDERS)
