"""Read answers of bodies into documents and lists; a Flaw says what is wrong with a document. Nothing is raised."""

import binascii
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from portal.platform.sources.inquiry import ReadContent
from portal.platform.sources.reading import leaves, marks
from portal.platform.sources.reading.facts import Fact
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.xml import child, children_of, text_of

from .section import LANGUAGES
from .types import LARGEST, PDF, Certificate, CertificateList, CertificateVersion, Document, NoDocument

# Within so many bytes a PDF has its header and its end-of-file marker; readers look no further.
START = 1024
END = 2048


class Flaw(NamedTuple):
    """What came in place of a document. detail: for the log, never personal."""

    why: Literal[NoDocument.NO_PDF, NoDocument.DAMAGED, NoDocument.TOO_LARGE]
    detail: str


def read_attest(content: Any, notes: Sequence[Fact], *, name: str, left_out: LeftOut) -> ReadContent[Document | Flaw]:
    """Read the Inhoud of an answer of GeefAttest. name: the title of the document, in Dutch."""
    with marks.note_reads() as read_marks:
        attest = child(content, "Attest")
        documents = (
            [element for element in children_of(attest) if element.tag == "Document"] if attest is not None else []
        )
        texts = [text_of(document) for document in documents]
    unread = leaves.unread_in_xml(content, read_marks, (), left_out)
    if attest is None or len(list(content.iterchildren("Attest"))) > 1 or len(texts) > 1:
        return ReadContent(Flaw(NoDocument.DAMAGED, "not one attest"), unread, is_empty=False)
    return ReadContent(of_base64(texts[0] if texts else "", name), unread, is_empty=False)


def read_document(data: bytes, notes: Sequence[Fact], *, name: str) -> ReadContent[Document | Flaw]:
    """Read a document that is the whole answer."""
    return ReadContent(of_bytes(data, name), [], is_empty=False)


def read_list(gathered: Any, notes: Sequence[Fact]) -> ReadContent[CertificateList]:
    """Read a list (`partner.GatheredCertificates`), which has an item for each language, into certificates, in
    its order.
    """
    by_id: dict[str, list[Any]] = {}
    for item in gathered.items:
        by_id.setdefault(item.id, []).append(item)
    certificates = tuple(_certificate(certificate_id, items) for certificate_id, items in by_id.items())
    return ReadContent(CertificateList(certificates, len(gathered.left_out)), [], is_empty=not certificates)


def _certificate(certificate_id: str, items: Sequence[Any]) -> Certificate:
    versions = sorted(
        (CertificateVersion(item.language, item.name, item.below) for item in items),
        key=lambda version: LANGUAGES.index(version.language),
    )
    first = items[0]
    return Certificate(certificate_id, tuple(versions), first.year, first.municipality)


def of_base64(text: str, name: str) -> Document | Flaw:
    """Decode a document from base64, in lines or not."""
    plain = text.replace(" ", "")
    if not plain:
        return Flaw(NoDocument.NO_PDF, "empty")
    if len(plain) > LARGEST // 3 * 4 + 4:
        return Flaw(NoDocument.TOO_LARGE, "larger than we take")
    try:
        data = binascii.a2b_base64(plain, strict_mode=True)
    except (binascii.Error, ValueError):
        return Flaw(NoDocument.DAMAGED, "base64")
    return of_bytes(data, name)


def of_bytes(data: bytes, name: str) -> Document | Flaw:
    """Take bytes for a document if they begin and end as a PDF. Whether it is genuine is judged later."""
    if len(data) > LARGEST:
        return Flaw(NoDocument.TOO_LARGE, "larger than we take")
    start = data[:START]
    if b"%PDF-" not in start:
        text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
        detail = "HTML" if text.startswith((b"<!doctype html", b"<html")) else "no PDF" if text else "empty"
        return Flaw(NoDocument.NO_PDF, detail)
    if b"%%EOF" not in data[-END:]:
        return Flaw(NoDocument.DAMAGED, "broken off")
    return Document(data, PDF, name)
