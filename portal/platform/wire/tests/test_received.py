"""However its bytes are sent, an answer is the same text; bytes that are no text are refused."""

import codecs
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.platform.wire.received import Received, UnreadableBytes, decode

NAME = "<Naam>Zoë Béér</Naam>"
DECLARED = '<?xml version="1.0" encoding="%s"?>'
PART = "Content-Type: application/xop+xml; charset=UTF-8\r\nContent-ID: <root>\r\n\r\n"


def in_charset(charset: str) -> str:
    return f"text/xml; charset={charset}"


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        (NAME.encode(), ""),
        (NAME.encode(), in_charset("utf-8")),
        (codecs.BOM_UTF8 + NAME.encode(), ""),
        (b"\0\n" + codecs.BOM_UTF8 + NAME.encode(), ""),
        (b"\r\n\n  \t" + NAME.encode() + b"\0\0\n", ""),
        (NAME.encode("latin-1"), in_charset("ISO-8859-1")),
        (NAME.encode("latin-1"), 'text/xml; Charset = "iso-8859-1"; a=b'),
        (NAME.encode("latin-1"), "text/xml;charset='windows-1252'"),
        (NAME.encode("latin-1"), in_charset("us-ascii")),
        # Without a word about it, or with a word that means nothing, it can only be the Latin of every browser.
        (NAME.encode("latin-1"), ""),
        (NAME.encode("latin-1"), in_charset("x-unknown")),
        ((DECLARED % "ISO-8859-1" + NAME).encode("latin-1"), ""),
        (b"\n" + (DECLARED % "iso-8859-15" + NAME).encode("iso8859-15"), ""),
        # A server says one charset of everything; what is UTF-8 beyond doubt is that.
        (NAME.encode(), in_charset("ISO-8859-1")),
        # A gateway wrote the text anew, and left the declaration as it was.
        ((DECLARED % "ISO-8859-1" + NAME).encode(), in_charset("utf-8")),
        ((DECLARED % "ISO-8859-1" + NAME).encode("latin-1"), in_charset("utf-8")),
        ((DECLARED % "UTF-16" + NAME).encode("utf-16"), ""),
        ((DECLARED % "UTF-16" + NAME).encode("utf-16-be"), ""),
        # A program that writes in memory says UTF-16 of what then goes out in UTF-8.
        ((DECLARED % "utf-16" + NAME).encode(), ""),
        (NAME.encode(), in_charset("utf-16")),
        ((DECLARED % "ISO-8859-1" + NAME).encode(), ""),
        ((DECLARED % "UTF_8" + NAME).encode(), ""),
        (codecs.BOM_UTF8 * 2 + NAME.encode() + codecs.BOM_UTF8 + b"\x1a", ""),
        (NAME.encode("utf-16-le"), in_charset("utf-16le")),
        (NAME.encode("utf-16-le"), ""),
    ],
)
def test_a_text_is_the_same_however_it_is_encoded(data, content_type):
    assert decode(data, content_type) == Received(NAME.encode())


def test_a_true_declaration_stays():
    text = (DECLARED % "UTF-8" + NAME).encode()
    assert decode(b"\n" + text + b"\0", in_charset("ISO-8859-1")).data == text


def test_the_euro_sign_of_a_browser_is_read_where_latin_is_said():
    assert decode(b"<A>\x80 5</A>", in_charset("iso-8859-1")).data == "<A>€ 5</A>".encode()


@pytest.mark.parametrize(
    ("data", "content_type"),
    [
        # Damaged: one accent is cut in two, another stands.
        (NAME.encode().replace("é".encode(), b"\xc3", 1), ""),
        ((DECLARED % "EBCDIC-CP-NL" + NAME).encode(), ""),
        ((DECLARED % "zlib" + NAME).encode(), ""),
        (b"<A>\x81</A>", in_charset("windows-1252")),
        (b"--\r\n<A/>", "multipart/related"),
        (b"nothing", "multipart/related; boundary=b"),
        (b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAAA\r\n--b--", ""),
    ],
)
def test_what_is_no_text_is_refused(data, content_type):
    with pytest.raises(UnreadableBytes):
        decode(data, content_type)


def test_unreadable_utf_8_is_left_to_whoever_reads_it():
    data = NAME.encode("latin-1")
    assert decode(data, in_charset("utf-8")).data == data


@pytest.mark.parametrize("line", ["\r\n", "\n"])
@pytest.mark.parametrize(
    "content_type",
    [
        "",
        'multipart/related; type="application/xop+xml"; boundary="uuid:1"; start="<root>"',
        "Multipart/Related; boundary=uuid:1",
    ],
)
def test_a_message_alone_in_a_multipart_body_is_that_message(line, content_type):
    body = f"\r\n--uuid:1\r\n{PART}\r\n{DECLARED % 'UTF-8'}{NAME}\r\n--uuid:1--\r\n".replace("\r\n", line).encode()
    assert decode(body, content_type) == Received((DECLARED % "UTF-8" + NAME).encode())


@pytest.mark.parametrize(
    "part",
    [
        b"\r\n" + NAME.encode(),
        b"content-type: text/xml;\r\n charset=iso-8859-1\r\n\r\n" + NAME.encode("latin-1"),
        b"Content-Transfer-Encoding: base64\r\n\r\n" + codecs.encode(NAME.encode(), "base64"),
        b"Content-Transfer-Encoding: quoted-printable\r\n\r\n<Naam>Zo=C3=AB B=C3=A9=\r\n=C3=A9r</Naam>",
        NAME.encode(),
    ],
)
def test_a_part_is_read_as_its_own_headers_say(part):
    assert decode(b"--b\r\n" + part + b"\r\n--b--", "multipart/related; boundary=b") == Received(NAME.encode())


def test_the_root_is_the_part_that_the_header_names_and_others_are_told():
    image = b"Content-ID: <image>\r\n\r\n\x89PNG"
    root = PART.encode() + NAME.encode()
    for parts, start in (
        ((image, root), '; start="<root>"'),
        ((image, root), "; start=root"),
        ((root, image), ""),
        ((root, image), '; start="<x>"'),
    ):
        body = b"--b\r\n" + b"\r\n--b\r\n".join(parts) + b"\r\n--b--"
        assert decode(body, f"multipart/related; boundary=b{start}") == Received(NAME.encode(), has_more=True)
    assert decode(b"--b\r\n" + root + b"\r\n--b\r\n\r\n\r\n--b--") == Received(NAME.encode())


def test_json_is_a_text_too():
    text = json.dumps({"naam": "Zoë"}, ensure_ascii=False)
    for data in (
        codecs.BOM_UTF8 + text.encode(),
        text.encode("utf-16"),
        text.encode("utf-16-be"),
        text.encode("cp1252"),
    ):
        assert json.loads(decode(data + b"\0" * 2).data) == {"naam": "Zoë"}


@given(st.binary(max_size=80), st.text(max_size=40))
def test_any_bytes_are_taken_or_refused(data, word):
    for body in (data, b"--b\r\n" + data + b"\r\n--b--", b'<?xml version="1.0" encoding="' + data):
        for content_type in ("", word, f"multipart/related; boundary={word}", in_charset(word)):
            try:
                decode(body, content_type)
            except UnreadableBytes:
                continue
