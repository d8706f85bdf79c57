"""Answer GeefAttest: with an attest that is made on the spot, or with the reason why there is none."""

import base64
import zlib

from lxml import etree

from sandbox.faults.strangers import stranger
from sandbox.magda import folders
from sandbox.magda.answers import empty_answer, render, template_of
from sandbox.magda.question import Question
from sandbox.state import Town

from .contents import LANGUAGES, contents, words
from .making import CHANGED, UNSEALED, WRONG_SEALERS

SERVICE = ("GeefAttest", "02.00.0000")
DOMAIN = "Persoon"
NAMESPACE = "http://webservice.geefattestdienst-02_00.persoon-02_00.vip.vlaanderen.be"
OTHER_PAPER, NO_PDF, NO_DOCUMENT, BASE64 = "other-paper", "no-pdf", "no-document", "base64"
# What can be wrong with the document in an answer (modes of the source's switch).
FAULTS = (UNSEALED, CHANGED, *WRONG_SEALERS, OTHER_PAPER, NO_PDF, NO_DOCUMENT, BASE64)
_WRONG_NUMBER, _WRONG_NAME, _WRONG_LANGUAGE = "20002", "45810", "45811"
_NOBODY = "30001"
_DIAGNOSES = {
    _WRONG_NUMBER: "Fout in opgegeven zoekcriteria: controlegetal van INSZ is fout",
    _WRONG_NAME: "Fout in opgegeven zoekcriteria: Ongekende attestnaam",
    _WRONG_LANGUAGE: "Fout in opgegeven zoekcriteria: Taal niet toegelaten",
    _NOBODY: "Geen gegevens gevonden",
}


async def answer_of(town: Town, question: Question, fault: str) -> bytes | None:
    """Make the SOAP answer to a question; None for a number that the folders of samples have an answer for, or none.

    `fault` is the mode of the switch; one of FAULTS is put into the document, any other concerns the answer as a
    whole.
    """
    number = question.keys[0] if question.keys else ""
    if not folders.is_number(number) or _is_in_folders(town, number):
        return None
    if not _is_sound(number):
        return _refusal(town, question, _WRONG_NUMBER)
    if question.attest not in words():
        return _refusal(town, question, _WRONG_NAME)
    if question.language not in LANGUAGES:
        return _refusal(town, question, _WRONG_LANGUAGE)
    about = _another(town, number) if fault == OTHER_PAPER else number
    content = contents(town.library, about, question.attest, question.language, question.municipality)
    if content is None:
        return _refusal(town, question, _NOBODY)
    if fault == NO_PDF:
        return _with(town, question, number, base64.b64encode(b"Dit is geen PDF.\n").decode())
    if fault == NO_DOCUMENT:
        return _with(town, question, number, "")
    document = await town.maker.make(content, question.language, fault if fault in FAULTS else "", town.clock())
    text = base64.b64encode(document).decode()
    return _with(town, question, number, text[: len(text) // 2 + 1] if fault == BASE64 else text)


def _is_in_folders(town: Town, number: str) -> bool:
    file = folders.find(town.library, DOMAIN, *SERVICE, (number,))
    return file is not None and file.path.endswith(f"/{number}.xml")


def _is_sound(number: str) -> bool:
    """Check the last two digits of a national number, for births before 2000 and after."""
    rest = int(number[:9])
    return int(number[9:]) in (97 - rest % 97, 97 - (2_000_000_000 + rest) % 97)


def _another(town: Town, number: str) -> str:
    """Choose another person of the town, the same one for each question about a number."""
    others = sorted(file.stem for file in folders.person_files(town.library.samples) if file.stem != number)
    return others[zlib.crc32(number.encode()) % len(others)] if others else stranger(number)


def _envelope() -> tuple[etree._Element, etree._Element]:
    """Make an empty answer; gives its root, and the element to put the content in."""
    root = empty_answer(NAMESPACE, *SERVICE)
    answer = root.find("Repliek/Antwoorden/Antwoord")
    assert answer is not None  # noqa: S101 - it stands there
    return root, answer


def _refusal(town: Town, question: Question, code: str) -> bytes:
    root, answer = _envelope()
    exception = etree.SubElement(etree.SubElement(answer, "Uitzonderingen"), "Uitzondering")
    for name, text in (
        ("Identificatie", code),
        ("Oorsprong", "MAGDA"),
        ("Type", "FOUT"),
        ("Diagnose", _DIAGNOSES[code]),
    ):
        etree.SubElement(exception, name).text = text
    return render(template_of(root), question, town.clock())


def _with(town: Town, question: Question, number: str, document: str) -> bytes:
    root, answer = _envelope()
    attest = etree.SubElement(etree.SubElement(answer, "Inhoud"), "Attest")
    etree.SubElement(attest, "INSZ").text = number
    etree.SubElement(attest, "Document").text = document
    return render(template_of(root), question, town.clock())
