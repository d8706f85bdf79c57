"""Decode bytes from outside to text: every answer, fault, token, claim and file of samples goes through here.

The result is the text alone, in UTF-8: without byte order mark, white space or zero bytes around it, and taken out of
a multipart body. A reader needs to know nothing else of how it was sent. XML signatures are over the canonical form,
which none of this changes, so they are checked on the result.
"""

import binascii
import codecs
import quopri
import re
from typing import NamedTuple

from portal.platform.kit.errors import PortalError

LONGEST_HEADER = 2048  # characters of a Content-Type, or bytes of the headers of a part, that are looked at
MOST_PARTS = 64  # of a multipart body

# White space, zeros, the end-of-file mark of old systems, and byte order marks: no text begins or ends with one.
_AROUND = b" \t\r\n\v\f\0\x1a" + codecs.BOM_UTF8
_CHARACTERS_AROUND = " \t\r\n\v\f\0\x1a\ufeff"
_CHARSET = re.compile(r""";[ \t]*charset[ \t]*=[ \t]*(?:"([^"]*)"|'([^']*)'|([^\s;"',]+))""", re.IGNORECASE)
_BOUNDARY = re.compile(r""";[ \t]*boundary[ \t]*=[ \t]*(?:"([^"]{1,200})"|([^\s;"]{1,200}))""", re.IGNORECASE)
_START = re.compile(r""";[ \t]*start[ \t]*=[ \t]*(?:"([^"]*)"|([^\s;"]+))""", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"--([!-~][ -~]{0,198})?\r?\n")
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n|\A\r?\n")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n][^>]{0,200}?\?>")
_DECLARED = re.compile(rb"""[ \t\r\n]encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]{1,40})["']""")
# A character of two to four bytes as UTF-8 writes it.
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Names for the alphabet of Western Europe. All are read as cp1252, as browsers do.
_LATIN = frozenset({"ascii", "iso8859-1", "cp1252"})
_KNOWN = (
    frozenset({"utf-8", "utf-16", "utf-16-le", "utf-16-be", "iso8859-15", "iso8859-2", "cp1250", "cp850"}) | _LATIN
)


class UnreadableBytes(PortalError):
    """These bytes are no text in any encoding that we read."""

    code = "unreadable"


class Received(NamedTuple):
    """The text of an answer in UTF-8. has_more: other parts of a multipart body came with it, and are not read."""

    data: bytes
    has_more: bool = False


def decode(data: bytes, content_type: str = "") -> Received:
    """Decode the text of an answer or a file; content_type: the header, "" for a file.

    Raises UnreadableBytes for a text not in its charset, an unknown charset, or a multipart body without parts.
    """
    has_more = False
    kind = content_type[:LONGEST_HEADER]
    if data[:1] not in (b"<", b"{") and (kind.lower().startswith("multipart/") or _is_multipart(data)):
        data, kind, has_more = _root_part(data, kind)
    return Received(_text(data, kind), has_more)


def _text(data: bytes, content_type: str) -> bytes:
    """Decode a text by its byte order mark, its header, its XML declaration, or else its bytes; returns UTF-8."""
    marked = next(((mark, name) for mark, name in _MARKS if data.startswith(mark)), None)
    if marked:
        return _recode(data[len(marked[0]) :], marked[1])
    if (wide := _wide(data)) is not None:
        return _recode(data, wide)
    data = data.strip(_AROUND)
    in_header = _without_utf16(_charset(_parameter(_CHARSET, content_type)))
    declared = _declaration(data)
    in_xml = _charset(declared)
    if declared and not in_xml:
        raise UnreadableBytes("encoding")
    in_xml = _without_utf16(in_xml)
    if in_header and in_header != in_xml and _is_contradicted(in_header, in_xml, data):
        in_header = ""
    if in_xml and in_xml != "utf-8" and _is_contradicted(in_xml, "", data):
        in_xml = "utf-8"
    if in_header or in_xml:
        return _recode(data, in_header or in_xml)
    if _is_utf8(data):
        return _recode(data, "utf-8")
    if _UTF8_CHARACTER.search(data):
        # This is damaged UTF-8: read as cp1252, each of its accents would be two wrong letters.
        raise UnreadableBytes("charset")
    return _recode(data, "cp1252")


def _without_utf16(name: str) -> str:
    """Ignore UTF-16 as a stated charset: programs state what they have in memory, and send something else."""
    return "" if name.startswith("utf-16") else name


def _parameter(pattern: re.Pattern[str], header: str) -> str:
    found = pattern.search(header)
    return next((value for value in found.groups() if value), "") if found else ""


def _is_contradicted(charset: str, other: str, data: bytes) -> bool:
    """Tell whether the bytes contradict a stated charset: many servers state the same one for everything.

    other: what the text states in another place, "" for nothing. UTF-8 yields only to such another.
    """
    is_utf8 = _is_utf8(data)
    return bool(other) and not is_utf8 if charset == "utf-8" else is_utf8 and not data.isascii()


def _declaration(data: bytes) -> str:
    """Find which encoding the declaration of an XML text names; "" for none."""
    declaration = _DECLARATION.match(data)
    encoding = _DECLARED.search(declaration[0]) if declaration else None
    return encoding[1].decode() if encoding else ""


def _recode(data: bytes, name: str) -> bytes:
    """Write a text in UTF-8 without white space around it; a declaration of another encoding is removed."""
    if name == "utf-8":
        # Whether it is valid UTF-8 is left to its reader.
        data = data.strip(_AROUND)
    else:
        try:
            data = data.decode(_codec(name)).strip(_CHARACTERS_AROUND).encode()
        except UnicodeError as error:
            raise UnreadableBytes("charset") from error
    if _declaration(data).lower() == "utf-8":
        return data
    declaration = _DECLARATION.match(data)
    return data[declaration.end() :].lstrip(_AROUND) if declaration else data


def _codec(name: str) -> str:
    return "cp1252" if name in _LATIN else name


def _charset(charset: str) -> str:
    """Name a charset as Python does; "" for one that is not in `_KNOWN`."""
    try:
        name = codecs.lookup(charset.strip()).name if 0 < len(charset) <= 40 and charset.isascii() else ""
    except (LookupError, ValueError):
        return ""
    return name if name in _KNOWN else ""


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _wide(data: bytes) -> str | None:
    """Name the codec of UTF-16 without a byte order mark, of which every other of the first four bytes is zero."""
    first = data[:4]
    if len(first) == 4 and first[0] and not first[1] and first[2] and not first[3]:
        return "utf-16-le"
    return "utf-16-be" if len(first) == 4 and not first[0] and first[1] and not first[2] and first[3] else None


def _is_multipart(data: bytes) -> bool:
    """Tell by the body alone whether it is multipart: no other kind of answer begins with two dashes."""
    first_line = _FIRST_LINE.match(data[:LONGEST_HEADER].lstrip(_AROUND))
    return first_line is not None and first_line[1] is not None


def _root_part(data: bytes, content_type: str) -> tuple[bytes, str, bool]:
    """Take the root part out of a multipart body: its bytes, its type, and whether other parts hold anything.

    It is the part that the header names (`start`), or else the first.
    """
    in_header = _parameter(_BOUNDARY, content_type)
    if in_header:
        boundary = in_header.encode()
    elif (line := _FIRST_LINE.match(data.lstrip(_AROUND)[:LONGEST_HEADER])) and line[1]:
        boundary = line[1].rstrip()
    else:
        raise UnreadableBytes("multipart")
    parts = [_part(part) for part in _cut(data, b"--" + boundary)]
    if not parts:
        raise UnreadableBytes("multipart")
    start = _parameter(_START, content_type).strip("<>")
    ids = [headers.get("content-id", "").strip("<>") for headers, _ in parts]
    root = ids.index(start) if start and start in ids else 0
    headers, body = parts[root]
    others = any(other.strip(_AROUND) for at, (_, other) in enumerate(parts) if at != root)
    return _plain(body, headers.get("content-transfer-encoding", "")), headers.get("content-type", ""), others


def _cut(data: bytes, delimiter: bytes) -> list[bytes]:
    """Cut a body at its delimiter lines; what stands before the first and after the last is dropped."""
    lines = re.compile(rb"(?:\A|\r?\n|(?<=\n))" + re.escape(delimiter) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    found = []
    for line in lines.finditer(data):
        found.append(line)
        if line[1] or len(found) > MOST_PARTS:
            break
    ends = [*(line.start() for line in found[1:]), *([] if found and found[-1][1] else [len(data)])]
    return [data[line.end() : end] for line, end in zip(found, ends, strict=False)]


def _part(part: bytes) -> tuple[dict[str, str], bytes]:
    """Split a part into headers, by their names in lower case, and body."""
    part = part.removeprefix(b"\r").removeprefix(b"\n")
    if part[:1] in (b"<", b"{"):
        return {}, part
    end = _END_OF_HEADERS.search(part[: LONGEST_HEADER + 4])
    if end is None:
        return {}, part
    lines = re.sub(rb"\r?\n[ \t]+", b" ", part[: end.start()]).decode("latin-1").splitlines()
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}, part[end.end() :]


def _plain(body: bytes, encoding: str) -> bytes:
    """Undo the Content-Transfer-Encoding of a part."""
    try:
        if encoding.lower() == "base64":
            return binascii.a2b_base64(body)
    except binascii.Error as error:
        raise UnreadableBytes("base64") from error
    return quopri.decodestring(body) if encoding.lower() == "quoted-printable" else body
