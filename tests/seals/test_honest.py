"""What honest authorities make is judged as it deserves."""

import datetime as dt
import io
import json
import logging
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import msgspec
import pypdf
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from portal.platform.seals import judging, wording
from portal.platform.seals.types import AdditionKind, Verdict, VerdictReason
from sandbox.seals import authority, certificates, paper
from sandbox.seals.__main__ import main
from sandbox.seals.certificates import DOCUMENT_SIGNING, Validity
from sandbox.seals.sealing import SealOptions
from tests.seals import doubtful, made, rewriting

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_a_whole_attest_is_valid(level):
    judgement = made.judge(made.honest(level))
    assert (judgement.verdict, judgement.why) == (Verdict.VALID, None)
    assert (judgement.sealed_by, judgement.organisation) == ("Dienst Attesten", "Modelstad (demonstratie)")
    assert (judgement.level, judgement.trusted, judgement.covers_whole) == (level, True, True)
    assert abs(judgement.sealed_at - made.NOW) < dt.timedelta(minutes=5)
    assert judgement.is_time_proven


@pytest.mark.parametrize(
    "name",
    [
        "Ελένη",
        "محمد علي",
        "李小龍",
        "👨‍👩‍👧 ಕನ್ನಡ",
        "x\u200f ﷽",
        "Ԁ",
        "⚽",
        "Ⰰ",
        "\u0378",
        "\x00",
        "\x07",
        "\ud800",
    ],
)
def test_the_town_sets_every_name_as_far_as_its_font_has_it(name):
    assert paper.attest("Attest", [("Naam", name)], made.NOW).startswith(b"%PDF-")


def test_the_town_sets_with_the_fonts_of_typst_alone():
    """The same attest looks the same on every machine: many have a font for this letter, and typst has none."""
    set_by_us = pypdf.PdfReader(io.BytesIO(paper.attest("Attest", [("Naam", "\u0500")], made.NOW)))
    fonts = [font.get_object() for page in set_by_us.pages for font in page["/Resources"]["/Font"].values()]
    assert {re.sub("^/[A-Z]{6}[+]|-.*", "", font["/BaseFont"]) for font in fonts} == {"LibertinusSerif"}


def test_what_was_added_to_check_it_later_is_said():
    assert made.judge(made.honest("B-LT")).changes == (AdditionKind.VALIDATION_DATA,)
    assert made.judge(made.honest("B-LTA")).changes == (AdditionKind.TIME_STAMP, AdditionKind.VALIDATION_DATA)


def test_it_stays_valid_after_the_certificate_of_the_sealer_expired():
    later = made.NOW + dt.timedelta(days=3 * 365)
    judgement = made.judge(made.honest(), later)
    assert (judgement.verdict, judgement.level) == (Verdict.VALID, "B-LT")


def test_it_can_no_longer_be_confirmed_when_who_stamped_the_time_expired_too():
    later = made.NOW + dt.timedelta(days=6 * 365)
    assert made.judge(made.honest(), later).verdict is Verdict.UNCONFIRMED


@pytest.mark.parametrize(
    ("kind", "why"),
    [
        ("revoked", VerdictReason.REVOKED),
        ("expired", VerdictReason.EXPIRED),
        ("wrong-use", VerdictReason.WRONG_USE),
        ("not-yet-valid", VerdictReason.NOT_YET_VALID),
    ],
)
def test_a_certificate_that_nobody_should_believe_is_not_confirmed(kind, why):
    # The town's own lists and answers are put beside it, as an honest authority would.
    whole = made.sealed(kind=kind, options=SealOptions(level="B-T"))
    authority = made.town()
    judgement = made.judging.judge(
        whole,
        made.Trust((authority.root.der,), made.NOW, tuple(authority.lists(made.NOW))),
    )
    assert (judgement.verdict, judgement.why, judgement.covers_whole) == (Verdict.UNCONFIRMED, why, True)


@pytest.mark.parametrize(("level", "why"), [("B-B", VerdictReason.NO_TIME_STAMP), ("B-T", None)])
def test_revocation_lists_of_the_operator_count(level, why):
    authority = made.town()
    trust = made.Trust((authority.root.der,), made.NOW, tuple(authority.lists(made.NOW)))
    judgement = made.judging.judge(made.honest(level), trust)
    assert (judgement.why, judgement.level) == (why, level)


@pytest.mark.parametrize("level", ["B-B", "B-T"])
def test_without_a_word_on_revocation_it_is_not_confirmed(level):
    judgement = made.judge(made.honest(level))
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.REVOCATION_UNKNOWN)


def test_an_authority_that_nobody_named_is_unknown():
    judgement = made.judge(made.sealed(by=made.stranger()))
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.AUTHORITY_UNKNOWN)
    assert judgement.covers_whole


def test_no_roots_is_no_trust():
    judgement = made.judging.judge(made.honest(), made.Trust((), made.NOW))
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.AUTHORITY_UNKNOWN)


@pytest.mark.parametrize(
    "options",
    [
        SealOptions(certify=None),
        SealOptions(certify=MDPPerm.FILL_FORMS),
        SealOptions(subfilter=SigSeedSubFilter.ADOBE_PKCS7_DETACHED),
        SealOptions(digest="sha512"),
        SealOptions(box=(20, 20, 200, 80)),
        SealOptions(field_name="Zegel van de stad – Łódź"),
    ],
    ids=["approval", "certified-forms", "pkcs7", "sha512", "visible", "other-letters"],
)
def test_other_honest_ways_to_seal_are_valid(options):
    assert made.judge(made.sealed(options=options)).verdict is Verdict.VALID


def test_a_document_that_is_made_to_be_shown_while_it_comes_is_valid(tmp_path):
    (tmp_path / "plain.pdf").write_bytes(made.page())
    linear = subprocess.run(
        ["qpdf", "--linearize", "--object-streams=generate", str(tmp_path / "plain.pdf"), "-"],
        capture_output=True,
        check=True,
    ).stdout
    assert b"/Linearized" in linear
    assert made.judge(made.sealed(linear)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "root",
    [
        b"/OCProperties << /OCGs [7 0 R] /D << /AS [<< /Event /View /Category [/View] /OCGs [7 0 R] >>] >> >>",
        b"/OCProperties << /OCGs [7 0 R] /D << >> >> /Trial << /Type /OCMD /OCGs [7 0 R] /P /AllOn >>",
        b"/Trial << /Type /Annot /Subtype /Link /Rect [0 0 9 9] >>",
    ],
    ids=["layer-shown", "layers-shown", "link"],
)
def test_layers_and_links_that_are_always_shown_raise_no_doubt(root):
    layer = b"<< /Type /OCG /Name (a) /Usage << /View << /ViewState /ON >> >> >>"
    whole = rewriting.page(b"Een attest", more={7: layer}, root=root)
    assert made.judge(made.sealed(whole, options=SealOptions(certify=None))).verdict is Verdict.VALID


def test_a_form_without_anything_filled_in_raises_no_doubt():
    assert made.judge(doubtful.drawn_anew(b"")).verdict is Verdict.VALID


def test_rights_to_fill_in_a_form_are_no_seal():
    rights = b"<< /Type /Sig /SubFilter /adbe.pkcs7.detached /ByteRange [0 10 20 30] /Contents <00> >>"
    form = rewriting.page(b"Een formulier", more={7: rights}, root=b"/Perms << /UR3 7 0 R >>")
    assert made.judge(form).verdict is Verdict.UNSEALED
    assert made.judge(made.sealed(form, options=SealOptions(certify=None))).verdict is Verdict.VALID


def test_a_document_without_a_seal_is_unsealed():
    judgement = made.judge(made.page())
    assert (judgement.verdict, judgement.why) == (Verdict.UNSEALED, VerdictReason.NO_SEAL)


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", VerdictReason.EMPTY),
        (b"\x00\n \n", VerdictReason.EMPTY),
        (b"<html><body>Interne fout</body></html>", VerdictReason.OTHER_KIND),
        (b"%PDF-1.7\n1 0 obj\n<<", VerdictReason.BROKEN_OFF),
    ],
    ids=["no-bytes", "blanks", "html", "broken-off"],
)
def test_what_is_no_pdf_is_said_to_be_none(data, why):
    judgement = made.judge(data)
    assert (judgement.verdict, judgement.why) == (Verdict.NOT_A_PDF, why)


def test_names_in_any_letters_are_said_as_they_are():
    facts = (("Naam", "Ελένη Παπαδοπούλου"), ("Nom", "Zoë d’Hondt-Żółć"))
    whole = made.sealed(paper.attest("Wijze teraardebestelling  rituelen", facts, made.NOW))
    assert made.judge(whole).verdict is Verdict.VALID


def test_names_of_sealers_show_what_they_are():
    assert judging._text("Dienst\u202e Attesten\u200b") == "Dienst Attesten"
    assert judging._text(["Een", "Twee"]) == "Een, Twee"
    assert len(judging._text("a" * 5_000)) == judging.LONGEST_NAME


def test_names_of_authorities_show_what_they_are_too():
    town = made.town()
    year, key = dt.timedelta(days=365), authority.new_key()
    validity = Validity(made.NOW - year, made.NOW + year)
    root = certificates.root("Wortel", key, validity)
    issuing = certificates.intermediate("Vlaamse overheid \u202eneppe\u200b", key, root, validity)
    good = certificates.end_entity("Dienst", key, issuing, validity, extended=(DOCUMENT_SIGNING,))
    other = replace(town, root=root, issuing=issuing, sealers={"good": good})
    judgement = made.judge(made.sealed(options=SealOptions(level="B-B"), by=other))
    assert (judgement.verdict, judgement.authority) == (Verdict.UNCONFIRMED, "Vlaamse overheid neppe")


def test_who_claims_to_have_sealed_at_the_end_of_all_time_is_not_believed_by_whoever_chooses_a_moment():
    chosen = msgspec.structs.replace(made.trust(), is_asked=True)
    judgement = judging.judge(doubtful.claiming("D:99991231235959Z"), chosen)
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.NOT_YET_VALID)


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b""])
def test_other_line_ends_after_an_update_are_honest(end):
    pdf = made.honest("B-B")
    root = rewriting.root_of(pdf)
    store = rewriting.with_entry(rewriting.body(pdf, root), b"/DSS", b"<< /Type /DSS /CRLs [] >>")
    later = rewriting.add_update(pdf, {root: store}).removesuffix(b"\n") + end
    judgement = made.judge(later)
    assert (judgement.verdict, judgement.covers_whole) == (Verdict.UNCONFIRMED, True)
    assert made.judge(later + b"\n\n").verdict is Verdict.CHANGED


def test_the_town_writes_attests_to_try(tmp_path, monkeypatch):
    monkeypatch.setenv("SANDBOX_CERTIFICATES", str(tmp_path))
    (tmp_path / "seals-root.pem").write_bytes(made.town().root.pem)
    form = (Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "seals-root.key").write_bytes(made.town().root.key.private_bytes(*form))
    try:
        assert main([str(tmp_path / "made")]) == 0
    finally:
        logging.disable(logging.NOTSET)
    verdicts = {
        file.stem: made.judge(file.read_bytes(), dt.datetime.now(dt.UTC)).verdict
        for file in (tmp_path / "made").iterdir()
    }
    assert verdicts["good-B-LT"] is verdicts["good-B-LTA"] is Verdict.VALID
    assert {verdicts[kind] for kind in ("revoked", "expired", "wrong-use", "not-yet-valid")} == {Verdict.UNCONFIRMED}


def test_the_command_prints_a_line_a_file(tmp_path):
    names = {"whole.pdf": made.honest(), "plain.pdf": made.page(), "changed.pdf": made.honest() + b"\n%"}
    for name, data in names.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "root.pem").write_bytes(made.town().root.pem)
    done = subprocess.run(
        [
            sys.executable,
            "manage.py",
            "check_certificate",
            "--roots",
            str(tmp_path / "root.pem"),
            *map(str, (tmp_path / one for one in names)),
            str(tmp_path / "gone.pdf"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["verdict"] for line in lines] == ["valid", "unsealed", "changed"]
    assert [line["why"] for line in lines] == [None, "no-seal", "bytes-around"]
    assert set(lines[0]) == {
        *("file", "verdict", "sealed_by", "sealed_at", "level", "trusted", "covers_whole", "changes", "reason", "why")
    }
    assert "gone.pdf" in done.stderr
    assert done.returncode == 2


def test_every_verdict_and_reason_has_words_in_each_language():
    words = wording._words()
    assert set(words["verdicts"]) == set(Verdict)
    assert set(words["reasons"]) == {*VerdictReason, "valid"}
    lacking = [
        (kind, key, language)
        for kind, texts in words.items()
        for key, text in texts.items()
        for language in wording.LANGUAGES
        if not text.get(language)
    ]
    assert lacking == []
