"""No published way to change a sealed document, or to forge a seal, is ever called valid."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from asn1crypto import cms
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID

from portal.platform.seals import judging, revisions
from portal.platform.seals.types import Judgement, Trust, Verdict, VerdictReason
from sandbox.seals import certificates
from sandbox.seals.sealing import SealOptions
from tests.seals import attacks, doubtful, made, rewritten, shadows
from tests.seals.rewriting import (
    add_update,
    contents_of,
    page,
    reader,
    root_of,
    seal_of,
    size_of,
    small,
    with_contents,
)

SEED = 20261130
DAY = dt.timedelta(days=1)


def judge_with_lists(pdf: bytes) -> Judgement:
    """Judge with the town's own revocation lists at hand, so that nothing but the attack stands in the way."""
    town = made.town()
    return judging.judge(pdf, Trust((town.root.der,), made.NOW, tuple(town.lists(made.NOW))))


CHANGING = {**attacks.CHANGING, **shadows.CHANGING, **rewritten.CHANGING}


@pytest.mark.parametrize("name", CHANGING)
def test_a_changed_document_is_called_changed(name):
    judgement = judge_with_lists(CHANGING[name]())
    assert judgement.verdict is Verdict.CHANGED
    assert judgement.covers_whole is not True


def test_what_the_attacks_begin_with_is_valid():
    whole = [attacks.plain(), attacks.plain(None), shadows._planted(), shadows._with_form(), made.honest()]
    whole.append(rewritten._planted())
    assert {judge_with_lists(one).verdict for one in whole} == {Verdict.VALID}


def test_a_document_that_broke_off_in_its_seal_is_no_pdf():
    pdf = made.honest()
    judgement = judge_with_lists(pdf[: seal_of(pdf).at + 500])
    assert (judgement.verdict, judgement.why) == (Verdict.NOT_A_PDF, VerdictReason.BROKEN_OFF)


@pytest.mark.parametrize("make", [shadows.foreign_first_seal, shadows.foreign_second_seal])
def test_two_seals_of_which_one_is_foreign_are_not_confirmed(make):
    judgement = judge_with_lists(make())
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.AUTHORITY_UNKNOWN)
    assert (judgement.seals, judgement.trusted) == (2, False)


def test_two_seals_of_bodies_that_are_trusted_are_valid():
    judgement = judge_with_lists(shadows._second_seal(None, by="town"))
    assert (judgement.verdict, judgement.seals) == (Verdict.VALID, 2)


@pytest.mark.parametrize("name", doubtful.DOUBTFUL)
def test_what_is_whole_but_in_doubt_is_not_confirmed(name):
    make, why = doubtful.DOUBTFUL[name]
    judgement = judge_with_lists(make())
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, why)


@pytest.mark.parametrize("name", doubtful.STRONG)
def test_other_strong_keys_are_as_good(name):
    assert judge_with_lists(doubtful.STRONG[name]()).verdict is Verdict.VALID


def test_no_byte_of_what_was_sealed_can_be_another():
    pdf, chance = attacks.plain(), random.Random(SEED)
    place = seal_of(pdf)
    valid = []
    for at in chance.sample(range(place.at), 30):
        changed = bytearray(pdf)
        changed[at] ^= 1 << chance.randrange(8)
        if judge_with_lists(bytes(changed)).verdict is Verdict.VALID:
            valid.append(at)
    assert valid == []


def test_no_part_of_a_document_is_valid():
    pdf, chance = made.honest(), random.Random(SEED)
    cuts = [*chance.sample(range(len(pdf)), 20), len(pdf) - 2, len(pdf) - 7]
    assert Verdict.VALID not in {judge_with_lists(pdf[:at]).verdict for at in cuts}


def _sign_as(algorithm: str) -> bytes:
    """Call a signature what it is not, which nobody can check."""
    pdf = attacks.plain()
    message = cms.ContentInfo.load(contents_of(pdf))
    message["content"]["signer_infos"][0]["signature_algorithm"] = cms.SignedDigestAlgorithm({"algorithm": algorithm})
    return with_contents(pdf, message.dump(force=True))


@pytest.mark.parametrize("algorithm", ["sha256_ecdsa", "ed25519", "rsassa_pss", "sha256_dsa", "1.2.3.4"])
def test_what_breaks_the_check_of_a_seal_hides_no_change(algorithm):
    pdf = _sign_as(algorithm)
    judgements = [judge_with_lists(one) for one in (pdf, add_update(pdf, {4: rewritten.FORGERY}))]
    assert {one.verdict for one in judgements} == {Verdict.CHANGED}


def test_many_revisions_are_no_validation_data():
    pdf = attacks.plain()
    for _ in range(revisions.MOST_REVISIONS + 1):
        at = reader(pdf).last_startxref
        entries = (size_of(pdf), root_of(pdf), at, len(pdf))
        pdf += b"xref\n0 0\ntrailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % entries
    assert judge_with_lists(pdf).verdict is Verdict.CHANGED


@pytest.mark.parametrize(
    ("who", "when", "reason", "verdict"),
    [
        # Whoever stole the key of a stamper stamps what they want, at any time; a sealer's time is proven.
        ("stamping", 1, None, Verdict.UNCONFIRMED),
        ("stamping", 1, x509.ReasonFlags.superseded, Verdict.VALID),
        ("stamping", -1, x509.ReasonFlags.superseded, Verdict.UNCONFIRMED),
        ("good", 1, None, Verdict.VALID),
        ("good", -1, None, Verdict.UNCONFIRMED),
    ],
)
def test_a_revocation_counts_from_when_it_casts_doubt(who, when, reason, verdict):
    town, later = made.town(), made.NOW + 2 * DAY
    revoked = (town.stamping if who == "stamping" else town.sealers[who]).certificate.serial_number
    entry = x509.RevokedCertificateBuilder().serial_number(revoked).revocation_date(made.NOW + when * DAY)
    if reason:
        entry = entry.add_extension(x509.CRLReason(reason), critical=False)
    listed = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(town.issuing.certificate.subject)
        .last_update(later)
        .next_update(later + DAY)
        .add_revoked_certificate(entry.build())
        .sign(town.issuing.key, hashes.SHA256())
        .public_bytes(serialization.Encoding.DER)
    )
    trust = Trust((town.root.der,), later, (listed, *town.lists(made.NOW)))
    assert judging.judge(attacks.plain(), trust).verdict is verdict


@pytest.mark.parametrize(("critical", "more"), [(False, ()), (True, (ExtendedKeyUsageOID.CLIENT_AUTH,))])
def test_who_stamps_the_time_does_nothing_else(critical, more):
    town = made.town()
    uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING, *more])
    validity = certificates.Validity(made.NOW - DAY, made.NOW + 99 * DAY)
    by = certificates.name("Modelstad tijdstempels")
    builder = certificates._builder(
        by, town.issuing.certificate.subject, town.stamping.key, town.issuing.key, validity
    )
    builder = builder.add_extension(certificates._usage("digital_signature"), critical=True)
    builder = certificates._publish(builder.add_extension(uses, critical=critical))
    stamping = certificates.Holder(builder.sign(town.issuing.key, hashes.SHA256()), town.stamping.key)
    sealed = made.sealed(page(b"Een attest"), by=replace(town, stamping=stamping), options=SealOptions(level="B-T"))
    judgement = judge_with_lists(sealed)
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.TIME_STAMP_UNKNOWN)


def _nest(depth: int) -> bytes:
    return page(b"Een attest", root=b"/Trial " + b"[" * depth + b"]" * depth)


HARMFUL = {
    "deep": lambda: _nest(20_000).replace(b"/Trial", b"/ByteRange [0 1 2 3] /Trial"),
    "loop of tables": lambda: page(b"/ByteRange").replace(b"/Size 7", b"/Size 7 /Prev 15"),
    "loop of pages": lambda: small(
        {
            1: b"<< /Type /Catalog /Pages 2 0 R /AcroForm 3 0 R >>",
            2: b"<< /Kids [2 0 R] >>",
            3: b"<< /Fields [3 0 R] >>",
        }
    ),
    "loop of fields": lambda: page(
        b"Een attest",
        more={7: b"<< /Fields [8 0 R] >>", 8: b"<< /FT /Sig /Kids [8 0 R] /T (a) /ByteRange [0 1 2 3] >>"},
        root=b"/AcroForm 7 0 R",
    ),
    "endless number": lambda: attacks.plain().replace(b"/ByteRange [0", b"/ByteRange [" + b"9" * 50_000, 1),
    "many objects": lambda: small(
        {1: b"<< /Type /Catalog /Pages 2 0 R >>", **dict.fromkeys(range(2, 30_000), b"<< /ByteRange [0 1 2 3] >>")}
    ),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_harmful_documents_get_a_verdict(name):
    assert judge_with_lists(HARMFUL[name]()).verdict in {Verdict.CHANGED, Verdict.UNCONFIRMED, Verdict.UNSEALED}
