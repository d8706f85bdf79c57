"""No published way to change a sealed document, or to forge a seal, is ever called valid."""

import random

import pytest

from portal.platform.seals import judging
from portal.platform.seals.types import Judgement, Trust, Verdict, Why
from tests.seals import attacks, doubtful, made, shadows
from tests.seals.rewriting import page, seal_of, small

SEED = 20261130


def judged_with_lists(pdf: bytes) -> Judgement:
    """Judge with the town's own revocation lists at hand, so that nothing but the attack stands in the way."""
    town = made.town()
    return judging.judge(pdf, Trust((town.root.der,), made.NOW, tuple(town.lists(made.NOW))))


CHANGING = {**attacks.CHANGING, **shadows.CHANGING}


@pytest.mark.parametrize("name", CHANGING)
def test_a_changed_document_is_called_changed(name):
    judgement = judged_with_lists(CHANGING[name]())
    assert judgement.verdict is Verdict.CHANGED
    assert judgement.covers_whole is not True


def test_what_the_attacks_begin_with_is_valid():
    whole = [attacks.plain(), attacks.plain(None), shadows._planted(), shadows._with_form(), made.honest()]
    assert [judged_with_lists(one).verdict for one in whole] == [Verdict.VALID] * 5


def test_a_document_that_broke_off_in_its_seal_is_no_pdf():
    pdf = made.honest()
    judgement = judged_with_lists(pdf[: seal_of(pdf).at + 500])
    assert (judgement.verdict, judgement.why) == (Verdict.NOT_A_PDF, Why.BROKEN_OFF)


@pytest.mark.parametrize("make", [shadows.foreign_first_seal, shadows.foreign_second_seal])
def test_two_seals_of_which_one_is_foreign_are_not_confirmed(make):
    judgement = judged_with_lists(make())
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, Why.AUTHORITY_UNKNOWN)
    assert (judgement.seals, judgement.trusted) == (2, False)


def test_two_seals_of_bodies_that_are_trusted_are_valid():
    judgement = judged_with_lists(shadows._second_seal(None, by="town"))
    assert (judgement.verdict, judgement.seals) == (Verdict.VALID, 2)


@pytest.mark.parametrize("name", doubtful.DOUBTFUL)
def test_what_is_whole_but_in_doubt_is_not_confirmed(name):
    make, why = doubtful.DOUBTFUL[name]
    judgement = judged_with_lists(make())
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, why)


@pytest.mark.parametrize("name", doubtful.STRONG)
def test_other_strong_keys_are_as_good(name):
    assert judged_with_lists(doubtful.STRONG[name]()).verdict is Verdict.VALID


def test_no_byte_of_what_was_sealed_can_be_another():
    pdf, chance = attacks.plain(), random.Random(SEED)
    place = seal_of(pdf)
    valid = []
    for at in chance.sample(range(place.at), 30):
        changed = bytearray(pdf)
        changed[at] ^= 1 << chance.randrange(8)
        if judged_with_lists(bytes(changed)).verdict is Verdict.VALID:
            valid.append(at)
    assert valid == []


def test_no_part_of_a_document_is_valid():
    pdf, chance = made.honest(), random.Random(SEED)
    cuts = [*chance.sample(range(len(pdf)), 20), len(pdf) - 2, len(pdf) - 7]
    assert Verdict.VALID not in {judged_with_lists(pdf[:at]).verdict for at in cuts}


def _nested(depth: int) -> bytes:
    return page(b"Een attest", root=b"/Trial " + b"[" * depth + b"]" * depth)


HARMFUL = {
    "deep": lambda: _nested(20_000).replace(b"/Trial", b"/ByteRange [0 1 2 3] /Trial"),
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
    assert judged_with_lists(HARMFUL[name]()).verdict in {Verdict.CHANGED, Verdict.UNCONFIRMED, Verdict.UNSEALED}
