"""The answers of the public mock: twelve distinct papers that a register sealed in 2018, and files without a seal."""

import base64
import hashlib
import re
from datetime import UTC, datetime
from functools import cache

import pytest

from portal.platform.seals import judging
from portal.platform.seals.types import Trust, Verdict, VerdictReason
from tests.beside import SHARED

FOLDER = SHARED / "magda" / "simulator" / "Persoon" / "GeefAttest" / "02.00.0000"
PDF = re.compile(rb">\s*(JVBERi0[A-Za-z0-9+/=\s]+)<")
THEN = datetime(2018, 6, 15, 23, 59, 59, tzinfo=UTC)
SEALER = "national register test"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the public mock is not beside the checkout")


@cache
def published_papers() -> dict[str, bytes]:
    found = {file.name: PDF.search(file.read_bytes()) for file in sorted(FOLDER.glob("*.xml"))}
    return {name: base64.b64decode(match[1]) for name, match in found.items() if match}


def test_each_sealed_paper_is_whole_and_cannot_be_confirmed_today():
    said, distinct = {}, set()
    for name, pdf in published_papers().items():
        judgement = judging.judge(pdf, Trust((), datetime.now(UTC)))
        if judgement.verdict is not Verdict.UNSEALED:
            distinct.add(hashlib.sha256(pdf).digest())
            said[name] = (judgement.verdict, judgement.sealed_by, judgement.covers_whole, judgement.sealed_at.year)
    assert set(said.values()) == {(Verdict.UNCONFIRMED, SEALER, True, 2018)}
    assert len(distinct) == 12


def test_today_it_is_expired_also_for_whoever_trusts_its_root():
    judgement = judging.judge(published_papers()["Leven.nl.xml"], Trust((), datetime.now(UTC), own_root=True))
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.EXPIRED)


def test_each_can_be_confirmed_at_a_day_of_2018_with_its_own_root():
    verdicts = {
        judging.judge(pdf, Trust((), THEN, is_asked=True, own_root=True)).verdict
        for name, pdf in published_papers().items()
        if not name.startswith("Belgisch kiezer")
    }
    assert verdicts == {Verdict.VALID}


def test_it_cannot_be_confirmed_at_a_day_before_it_was_sealed():
    before = datetime(2018, 5, 1, tzinfo=UTC)
    judgement = judging.judge(published_papers()["Leven.nl.xml"], Trust((), before, is_asked=True, own_root=True))
    assert (judgement.verdict, judgement.why) == (Verdict.UNCONFIRMED, VerdictReason.NOT_YET_VALID)


def test_papers_without_a_seal_are_unsealed():
    plain = {file.name: file.read_bytes() for file in FOLDER.glob("*.pdf")}
    plain["Belgisch kiezer.nl.xml"] = published_papers()["Belgisch kiezer.nl.xml"]
    assert {judging.judge(pdf, Trust((), THEN)).verdict for pdf in plain.values()} == {Verdict.UNSEALED}


def test_an_answer_that_holds_no_paper_is_no_pdf():
    judgement = judging.judge((FOLDER / "14621699855.xml").read_bytes(), Trust((), THEN))
    assert (judgement.verdict, judgement.why) == (Verdict.NOT_A_PDF, VerdictReason.OTHER_KIND)
