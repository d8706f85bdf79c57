"""A file is what its bytes say, under a name that opens nothing else, and whole or broken off."""

import base64
import hashlib
from collections.abc import AsyncIterator

import pytest

from portal.features.mailbox.letter import digesting, file_kinds
from portal.features.mailbox.letter.digesting import WrongDigest

pytestmark = pytest.mark.security

OPEN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("head", "claimed", "name", "media_type", "saved"),
    [
        (b"%PDF-1.7\n", "text/html", "brief.html", "application/pdf", "brief.html.pdf"),
        (b"\xef\xbb\xbf\r\n%PDF-1.4", "application/pdf", "a.PDF", "application/pdf", "a.pdf"),
        (b"<!DOCTYPE html><script>", "application/pdf", "brief.pdf", "text/plain; charset=utf-8", "brief.pdf.txt"),
        (b"\n <svg onload=x>", "image/png", "logo.png", "text/plain; charset=utf-8", "logo.png.txt"),
        (b"<html>", "text/html; charset=utf-8", "brief.htm", "application/octet-stream", "brief.html"),
        (b"<?xml version='1.0'?><svg/>", "image/svg+xml", "a.svg", "application/octet-stream", "a.xml"),
        (b"PK\x03\x04...", "application/zip", "a.zip", "application/zip", "a.zip"),
        (b"PK\x03\x04...", "application/pdf", "a.docx", OPEN, "a.docx"),
        (b"PK\x03\x04...", OPEN, "", OPEN, "document.docx"),
        (b"PK\x03\x04...", "", "a.docm", "application/zip", "a.docm.zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "a.doc", "application/msword", "a.doc"),
        (b"MZ\x90\x00", "application/pdf", "factuur.pdf", "application/octet-stream", "factuur.pdf.bin"),
        (b"a;b\n1;\xc3\xa9", "text/csv", "lijst.csv", "text/csv; charset=utf-8", "lijst.csv"),
        (b"a;b\n1;\xe9", "text/csv", "lijst.csv", "text/csv; charset=windows-1252", "lijst.csv"),
        (b"Dag \xe9\xe9n", "text/plain", "a.txt", "text/plain; charset=windows-1252", "a.txt"),
        (b"Dag " * 255 + b"-en\xc3", "text/plain", "nota", "text/plain; charset=utf-8", "nota.txt"),
        (b"Dag\x00", "text/plain", "a.txt", "application/octet-stream", "a.txt.bin"),
        (b"", "application/pdf", "leeg.pdf", "application/octet-stream", "leeg.pdf.bin"),
        (b"\xff\xd8\xff\xe0", "image/jpg", "foto.jpeg", "image/jpeg", "foto.jpg"),
        (b"%PDF-", "", "../../etc/passwd\r\nX: y\u202efdp.exe", "application/pdf", "passwd X yfdp.exe.pdf"),
        (b"%PDF-", "", "C:\\x\\84.65.14-212.35.pdf", "application/pdf", "document.pdf"),
        (b"%PDF-", "", "con.pdf", "application/pdf", "_con.pdf"),
        (b"%PDF-", "", "..", "application/pdf", "document.pdf"),
    ],
)
def test_file_is_what_it_begins_with(head, claimed, name, media_type, saved):
    kind = file_kinds.kind_of(head, claimed, name)
    assert (kind.media_type, file_kinds.file_name(kind, name)) == (media_type, saved)


def test_nothing_that_a_browser_could_run_is_shown_in_it():
    shown = {
        file_kinds.kind_of(head, claimed, "").media_type.partition("/")[0]
        for head in (
            b"<html>",
            b"<svg>",
            b"<?xml?>",
            b"<!-- --><html>",
            b"<x xmlns='http://www.w3.org/1999/xhtml'/>",
            b"MZ\x00",
        )
        for claimed in ("text/html", "image/svg+xml", "application/pdf", "text/plain", "")
        if file_kinds.kind_of(head, claimed, "").is_shown
    }
    assert shown == set()


@pytest.mark.parametrize("name", ["漢" * 300 + ".pdf", "a" * 5_000_000, "é" * 300])
def test_name_of_a_file_is_never_too_long(name):
    assert len(file_kinds.file_name(file_kinds.PDF, name).encode()) <= 255


async def chunks(*given: bytes) -> AsyncIterator[bytes]:
    for one in given:
        yield one


CONTENT = (b"begin", b"", b"midden", b"einde")
RIGHT = hashlib.sha256(b"".join(CONTENT)).digest()


@pytest.mark.parametrize(
    "digest",
    [
        base64.urlsafe_b64encode(RIGHT).decode(),
        base64.urlsafe_b64encode(RIGHT).decode().rstrip("="),
        base64.b64encode(RIGHT).decode(),
        RIGHT.hex(),
        "",
        "geen digest",
        "é" * 43,
        "a" * 5_000_000,
    ],
)
async def test_right_file_is_handed_on_whole(digest):
    assert [one async for one in digesting.check(chunks(*CONTENT), digest)] == [b"begin", b"midden", b"einde"]


@pytest.mark.parametrize("given", [CONTENT[:2], (*CONTENT, b"x"), (), (b"begin", b"anders", b"einde")])
async def test_another_file_is_broken_off_before_its_last_bytes(given):
    came = list[bytes]()

    async def taken() -> None:
        async for one in digesting.check(chunks(*given), base64.urlsafe_b64encode(RIGHT).decode()):
            came.append(one)

    with pytest.raises(WrongDigest):
        await taken()
    assert came == [one for one in given if one][:-1]


async def test_beginning_of_a_file_is_as_much_as_is_wanted_or_all_of_it():
    source = chunks(*CONTENT)
    assert await digesting.beginning(source, 8) == ([b"begin", b"", b"midden"], False)
    assert [one async for one in source] == [b"einde"]
    assert await digesting.beginning(chunks(*CONTENT), 100) == (list(CONTENT), True)
    assert await digesting.beginning(chunks(), 1) == ([], True)
