"""Why nobody is asked, and why nothing came: each in a word that a page explains."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.features.certificates import rules, section
from portal.features.certificates.types import PDF, Document, NoDocument, NotHanded
from portal.platform.municipalities import desks
from portal.platform.municipalities.known import Region
from portal.platform.seals.types import Judgement, Verdict, VerdictReason
from portal.platform.sources import catalogue, manifest
from portal.platform.sources.reading.outcomes import Down, Late, Missing, Nothing, Partial, Ready
from portal.platform.sources.tests.bodies import SOUND, body

NOW = datetime(2026, 3, 3, tzinfo=UTC)
MADE = msgspec.structs.replace(section.dutch(section.makers()[0]).made, not_in=("13003",))
MODEL = msgspec.structs.replace(MADE.models["leven"], not_in=("13025",))
DOCUMENT = Document(b"%PDF-", PDF, "Attest van leven")


@pytest.mark.parametrize(
    ("desk", "why"),
    [
        (desks.desk_of("34022", "Kortrijk"), None),
        (desks.desk_of("", "Kortrijk"), None),
        (desks.desk_of("13003", "Balen"), NoDocument.NOT_OFFERED),
        (desks.desk_of("13025", "Mol"), NoDocument.NOT_OFFERED),
        (desks.desk_of("21004", "Brussel"), NoDocument.BRUSSELS),
        (desks.desk_of("92094", "Namur"), NoDocument.WALLONIA),
        (desks.desk_of("", "Nergens aan zee"), NoDocument.RESIDENCE_UNKNOWN),
        (desks.desk_abroad("Portugal", "Lissabon"), NoDocument.ABROAD),
        (desks.NOWHERE, NoDocument.NOWHERE),
        (desks.NOT_NOW, NoDocument.RESIDENCE_UNKNOWN),
    ],
)
def test_a_municipality_makes_attests_or_it_is_said_why_not(desk, why):
    assert rules.obstacle(MADE, MODEL, desk) is why
    assert desk.region in (None, *Region)


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        (Ready(DOCUMENT, NOW), None),
        (Partial(DOCUMENT, (Missing("MAGDA", "60006", "unavailable"),), NOW), None),
        (Nothing(NOW), NoDocument.NONE),
        (Late(NOW), NoDocument.LATE),
        (Down("late"), NoDocument.LATE),
        (Down("refused", "MAGDA 20002"), NoDocument.NUMBER),
        (Down("refused", "MAGDA 45810"), NoDocument.NONE),
        (Down("refused", "MAGDA 445810"), NoDocument.NONE),
        (Down("refused", "MAGDA 45811"), NoDocument.NOT_IN_LANGUAGE),
        (Down("refused", "MAGDA 60011"), NoDocument.NOT_ALLOWED),
        (Down("refused", "HTTP 403"), NoDocument.NOT_ALLOWED),
        (Down("refused", "HTTP 401"), NoDocument.NOT_ALLOWED),
        (Down("refused", "HTTP 404"), NoDocument.DOWN),
        (Down("busy", "HTTP 429"), NoDocument.BUSY),
        (Down("full"), NoDocument.BUSY),
        (Down("unavailable", "MAGDA 60007"), NoDocument.DOWN),
        (Down("connection", "CutOff"), NoDocument.DOWN),
        (Down("failing"), NoDocument.DOWN),
        (Down("status", "HTTP 500"), NoDocument.DOWN),
        (Down("journal"), NoDocument.DOWN),
        (Down("off"), NoDocument.OFF),
        (Down("maintenance"), NoDocument.OFF),
        (Down("assurance"), NoDocument.NOT_SURE),
        (Down("mismatch", "INSZ"), NoDocument.ANOTHER),
        (Down("unreadable", "answer too large"), NoDocument.TOO_LARGE),
        (Down("unreadable", "XMLSyntaxError"), NoDocument.DAMAGED),
        (Down("unreadable", "no_pdf: HTML"), NoDocument.NO_PDF),
        (Down("unreadable", "damaged: base64"), NoDocument.DAMAGED),
    ],
)
def test_an_outcome_says_why_there_is_no_document(outcome, why):
    assert rules.why_of(outcome) is why


@given(st.sampled_from(NoDocument))
def test_a_reason_of_ours_comes_back_as_itself(why):
    assert rules.why_of(rules.refusal(why)) is why


HELD = """
[certificates.held]
source = "voorbeeld-lijst"
title = "Vergunningen"
legal_basis = "decreet"
theme = "milieu_energie"
about = "Waarvoor het dient."

[certificates.held.partner]
path = "/voorbeeld/v1/certificates"
version = "1"
audience = "urn:voorbeeld"
"""
MADES = """
[certificates.made]
source = "voorbeeld-attesten"
legal_basis = "decreet"

[certificates.made.magda]
domain = "Persoon"
service = "GeefAttest"
version = "02.00.0000"
namespace = "urn:attest"
question = "attest.xml"

[certificates.made.models.leven]
name = "Leven"
title = "Attest van leven"
about = "Dat u in leven bent."
theme = "burger_overheid"
"""
QUESTION = "<Inhoud>${insz}${attest}${language}${municipality}</Inhoud>"


def test_a_body_says_what_it_makes_and_holds_and_each_has_a_switch(tmp_path):
    folder = body(tmp_path, "voorbeeld", SOUND + HELD + MADES)
    (tmp_path / "voorbeeld/requests/attest.xml").write_text(QUESTION)
    (agency,) = catalogue.load([folder]).agencies
    assert [(one.id, one.source) for one in agency.asks] == [
        ("attest", "voorbeeld-attesten"),
        ("certificates", "voorbeeld-lijst"),
    ]
    assert agency.sources >= {"voorbeeld-attesten", "voorbeeld-lijst"}
    (model,) = section.of(agency).made.models.values()
    assert (model.languages, model.kind.value) == (("nl",), "attest")
    keys = agency.sections[section.SECTION]
    assert keys.omissions() == (
        "[certificates.made.models.leven] has no `words` by which people look for it",
        "[certificates.made.models.leven] has no title in fr and de, in which it is made",
        "[certificates.held] has no `words` by which people look for it",
    )


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('theme = "milieu_energie"', 'theme = "milieu"'),
        ('path = "/voorbeeld', 'path = "https://voorbeeld'),
        ('audience = "urn:voorbeeld"', 'audience = ""'),
        ('audience = "urn:voorbeeld"', 'audience = "urn:voorbeeld"\naddress = "http://voorbeeld.example"'),
        ('version = "1"', 'version = "1"\nkey = "x"'),
        ('title = "Vergunningen"', 'title = ""'),
        ('name = "Leven"', 'name = ""'),
        ('title = "Attest van leven"', 'title = "Attest van leven"\ntitles = { en = "Life" }'),
        ('title = "Attest van leven"', 'title = "Attest van leven"\nnot_in = ["Balen"]'),
        ('title = "Attest van leven"', 'title = "Attest van leven"\nkind = "diploma"'),
        ('legal_basis = "decreet"\n\n[certificates.made.magda]', "[certificates.made.magda]"),
        ("${attest}", "${naam}"),
        ("${municipality}", ""),
    ],
)
def test_what_is_wrong_in_a_manifest_is_refused_with_its_place(tmp_path, right, wrong):
    text, question = (SOUND + HELD + MADES).replace(right, wrong), QUESTION.replace(right, wrong)
    assert (text, question) != (SOUND + HELD + MADES, QUESTION)
    folder = body(tmp_path, "voorbeeld", text)
    (tmp_path / "voorbeeld/requests/attest.xml").write_text(question)
    with pytest.raises(manifest.ManifestError, match="voorbeeld"):
        catalogue.load([folder])


def test_two_models_of_one_name_are_refused(tmp_path):
    twice = MADES + MADES[MADES.index("[certificates.made.models") :].replace("models.leven", "models.nogeens")
    folder = body(tmp_path, "voorbeeld", SOUND + twice)
    (tmp_path / "voorbeeld/requests/attest.xml").write_text(QUESTION)
    with pytest.raises(manifest.ManifestError, match="two models have the name 'Leven'"):
        catalogue.load([folder])


@pytest.mark.parametrize(
    ("judgement", "why"),
    [
        (Judgement(Verdict.VALID), None),
        (Judgement(Verdict.UNCONFIRMED), None),
        (Judgement(Verdict.UNSEALED, VerdictReason.NO_SEAL), None),
        (Judgement(Verdict.CHANGED), NotHanded.CHANGED),
        (Judgement(Verdict.NOT_A_PDF, VerdictReason.BROKEN_OFF), NoDocument.NO_PDF),
        (Judgement(Verdict.VALID, is_about_others=True), NoDocument.ANOTHER),
        # Whoever forges one can choose that its check reaches a limit.
        (Judgement(Verdict.UNCONFIRMED, VerdictReason.NOT_CHECKED), NotHanded.UNCHECKED),
        (Judgement(Verdict.UNCONFIRMED, VerdictReason.TOO_LARGE), NotHanded.UNCHECKED),
        (None, NotHanded.UNCHECKED),
    ],
)
def test_what_may_be_handed_over_is_what_was_checked_and_is_whole(judgement, why):
    assert rules.why_withheld(judgement) == why
