"""What the town seals, before programs that others wrote; none of them judges what came after a seal."""

import io
import re
import subprocess

import pdfua
import pikepdf
import pytest

from portal.platform.seals.types import Verdict
from tests.seals import attacks, doubtful, made
from tests.seals.rewriting import contents_of, seal_of

LEVELS = ("B-B", "B-T", "B-LT", "B-LTA")


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("level", LEVELS)
def test_poppler_finds_the_seal_valid(level, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(made.honest(level))
    said = run("pdfsig", "-nocert", str(tmp_path / "sealed.pdf")).stdout
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signature Validation: Signature is Valid." in said


@pytest.mark.parametrize("name", ["flipped_bit", "signature_of_another_document", "foreign_signature"])
def test_poppler_finds_a_changed_one_wrong_too(name, tmp_path):
    (tmp_path / "changed.pdf").write_bytes(attacks.CHANGING[name]())
    assert "Signature is Valid" not in run("pdfsig", "-nocert", str(tmp_path / "changed.pdf")).stdout


@pytest.mark.parametrize("level", LEVELS)
def test_openssl_verifies_the_signature_and_its_attributes(level, tmp_path):
    pdf = made.honest(level)
    place, town = seal_of(pdf), made.town()
    end = place.after + int(re.findall(rb"/ByteRange\s*\[\s*0 \d+ \d+ (\d+)", pdf)[0])
    for name, data in {
        "seal.der": contents_of(pdf),
        "sealed": pdf[: place.at] + pdf[place.after : end],
        "root.pem": town.root.pem,
        "issuing.pem": town.issuing.pem,
    }.items():
        (tmp_path / name).write_bytes(data)
    done = run(
        *("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", str(tmp_path / "seal.der")),
        *("-content", str(tmp_path / "sealed"), "-CAfile", str(tmp_path / "root.pem"), "-purpose", "any"),
        *("-certfile", str(tmp_path / "issuing.pem"), "-out", "/dev/null"),
    )
    assert "CAdES Verification successful" in done.stderr or "CMS Verification successful" in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("level", LEVELS)
def test_qpdf_finds_the_structure_sound_after_sealing(level, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(made.honest(level))
    done = run("qpdf", "--check", str(tmp_path / "sealed.pdf"))
    assert (done.returncode, "No syntax or stream encoding errors" in done.stdout) == (0, True)


@pytest.mark.parametrize("level", ["B-LT", "B-LTA"])
def test_a_sealed_attest_is_still_tagged_and_for_the_archive(level, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(made.honest(level))
    assert list(pdfua.validate(str(tmp_path / "sealed.pdf")).findings) == []
    with pikepdf.open(tmp_path / "sealed.pdf") as sealed, sealed.open_metadata() as said:
        assert (said.pdfa_status, said["pdfuaid:part"]) == ("2A", "1")
        assert {"/StructTreeRoot", "/OutputIntents", "/MarkInfo"} <= set(sealed.Root.keys())
        # What a field is, for who does not see it; pdfua does not look at fields that stand on no page.
        assert all(str(field.TU) for field in sealed.Root.AcroForm.Fields)


def test_what_is_no_longer_tagged_would_be_found(tmp_path):
    with pikepdf.open(io.BytesIO(made.honest())) as sealed:
        del sealed.Root.MarkInfo
        sealed.save(tmp_path / "untagged.pdf")
    assert [one.rule_id for one in pdfua.validate(str(tmp_path / "untagged.pdf")).findings] == ["UA-01-002"]


def test_what_we_call_valid_pyhanko_calls_validation_data_at_most():
    from pyhanko.sign.diff_analysis import ModificationLevel

    levels = []
    for pdf in (made.honest("B-LT"), made.honest("B-LTA"), attacks.plain(), doubtful.STRONG["ecdsa"]()):
        assert made.judging.judge(pdf, attacks_trust()).verdict is Verdict.VALID
        for seal in reader_of(pdf).embedded_signatures:
            seal.compute_integrity_info()
            levels.append(seal.diff_result.modification_level)
    assert max(levels) <= ModificationLevel.LTA_UPDATES


def attacks_trust():
    town = made.town()
    return made.Trust((town.root.der,), made.NOW, tuple(town.lists(made.NOW)))


def reader_of(pdf):
    from pyhanko.pdf_utils.reader import PdfFileReader

    return PdfFileReader(io.BytesIO(pdf))
