"""What comes for a document: what is one, and what is told apart where it is none; nothing is raised."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from portal.features.certificates import reading
from portal.features.certificates.reading import Flaw
from portal.features.certificates.types import LARGEST, Document, NoDocument
from portal.platform.sources.reading.leaves import LeftOut
from portal.platform.sources.reading.xml import UnreadableXml, parse_xml

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
TEXT = base64.b64encode(PDF).decode()


def read(*documents: str, more: str = "") -> Document | Flaw:
    parts = "".join(f"<Document>{text}</Document>" for text in documents)
    content = etree.fromstring(f"<Inhoud><Attest><INSZ>84651421235</INSZ>{parts}</Attest>{more}</Inhoud>")
    return reading.read_attest(content, (), name="Attest", left_out=LeftOut({})).value


@pytest.mark.parametrize(
    "text",
    [TEXT, f"\n  {TEXT[:20]}\r\n{TEXT[20:]}\n", " ".join(TEXT), base64.b64encode(b"\xef\xbb\xbf" + PDF).decode()],
)
def test_a_document_is_one_however_its_base64_is_laid_out(text):
    found = read(text)
    assert isinstance(found, Document)
    assert found.content.endswith(PDF)
    assert repr(found) == "Document(…)"


@pytest.mark.parametrize(
    ("texts", "flaw"),
    [
        ((), Flaw(NoDocument.NO_PDF, "empty")),
        (("",), Flaw(NoDocument.NO_PDF, "empty")),
        ((" \n ",), Flaw(NoDocument.NO_PDF, "empty")),
        (("====",), Flaw(NoDocument.DAMAGED, "base64")),
        ((TEXT[:-1],), Flaw(NoDocument.DAMAGED, "base64")),
        ((TEXT[:20] + "é" + TEXT[20:],), Flaw(NoDocument.DAMAGED, "base64")),
        ((TEXT[:20] + "-_" + TEXT[22:],), Flaw(NoDocument.DAMAGED, "base64")),
        ((TEXT + TEXT,), Flaw(NoDocument.DAMAGED, "base64")),
        ((TEXT[:40],), Flaw(NoDocument.DAMAGED, "broken off")),
        (("aW0gY29ycnVwdCBqbwo=",), Flaw(NoDocument.NO_PDF, "no PDF")),
        ((base64.b64encode(b"\r\n <!DOCTYPE HTML><p>Even geduld").decode(),), Flaw(NoDocument.NO_PDF, "HTML")),
        ((base64.b64encode(b" \n").decode(),), Flaw(NoDocument.NO_PDF, "empty")),
        ((TEXT, TEXT), Flaw(NoDocument.DAMAGED, "not one attest")),
    ],
)
def test_what_is_no_document_is_told_apart(texts, flaw):
    assert read(*texts) == flaw


def test_two_attests_are_none_of_them():
    assert read(TEXT, more="<Attest/>") == Flaw(NoDocument.DAMAGED, "not one attest")
    content = etree.fromstring("<Inhoud/>")
    assert isinstance(reading.read_attest(content, (), name="x", left_out=LeftOut({})).value, Flaw)


def test_twenty_megabytes_are_the_most():
    whole = b"%PDF-" + b" " * (LARGEST - 10) + b"%%EOF"
    assert isinstance(reading.of_bytes(whole, "x"), Document)
    assert reading.of_bytes(whole + b"\n", "x") == Flaw(NoDocument.TOO_LARGE, "larger than we take")
    assert isinstance(reading.of_base64(binascii.b2a_base64(whole, newline=False).decode(), "x"), Document)
    assert reading.of_base64("A" * (LARGEST // 3 * 4 + 8), "x") == Flaw(NoDocument.TOO_LARGE, "larger than we take")


def test_an_answer_may_hold_a_text_of_more_than_ten_megabytes_where_documents_do_and_no_doctype_ever():
    large = b"<a><b>" + b"A" * 10_000_001 + b"</b></a>"
    assert len(parse_xml(large, has_document=True)[0].text or "") == 10_000_001
    with pytest.raises(UnreadableXml):
        parse_xml(large)
    for bad in (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b"<a><b></a>"):
        with pytest.raises(UnreadableXml):
            parse_xml(bad, has_document=True)


@given(st.text(max_size=80) | st.binary(max_size=60).map(lambda data: base64.b64encode(data).decode()))
def test_whatever_stands_there_is_a_document_or_a_flaw(text):
    found = reading.of_base64(" ".join(text.split()), "x")
    assert isinstance(found, Document | Flaw)
