"""Our policy meets every paragraph of the policy of today's portal, in words of our own."""

import hashlib
import re
import tomllib
import unicodedata
from pathlib import Path

import pytest

from portal.features.privacy.policy import reading
from portal.platform.help import marks
from tests.beside import SHARED

DOCUMENT = SHARED / "requirements/gegevensverwerkingsbeleid.nl.txt"
TABLE = Path(reading.__file__).with_name("source_paragraphs.toml")
PARAGRAPHS = tomllib.loads(TABLE.read_text("utf-8"))["paragraphs"]
# So many words in a row are a sentence of theirs, no longer a name or a turn of phrase.
SHARED_WORDS = 9


def normal_form(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def document_paragraphs() -> list[str]:
    return [normal_form(line) for line in DOCUMENT.read_text("utf-8").splitlines() if line.strip()]


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not beside the project")
def test_every_paragraph_has_its_row():
    real = [
        (number, hashlib.sha256(text.encode()).hexdigest()) for number, text in enumerate(document_paragraphs(), 1)
    ]
    assert [(row["number"], row["sha256"]) for row in PARAGRAPHS] == real


def test_every_row_has_a_section_that_is_there_or_says_why_not():
    for row in PARAGRAPHS:
        assert set(row) in ({"number", "sha256", "section", "about"}, {"number", "sha256", "no_section"}), row
        assert row.get("no_section", row.get("about")), row
    sections = {section.id for section in reading.read(reading.FOLDER)[-1].sections}
    assert {row["section"] for row in PARAGRAPHS if "section" in row} == sections


@pytest.mark.skipif(not DOCUMENT.exists(), reason="the document is not beside the project")
def test_no_sentence_of_the_document_is_copied():
    def runs(text: str) -> set[str]:
        words = re.findall(r"[\w’'-]+", normal_form(text).casefold())
        return {" ".join(words[at : at + SHARED_WORDS]) for at in range(len(words) - SHARED_WORDS + 1)}

    theirs = {run for text in document_paragraphs() for run in runs(text)}
    for version in reading.read(reading.FOLDER):
        copied = {section.id: sorted(runs(marks.plain(section.parts)) & theirs) for section in version.sections}
        assert {name: found for name, found in copied.items() if found} == {}
