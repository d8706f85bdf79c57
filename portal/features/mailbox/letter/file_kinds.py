"""Tell what kind a file is by its first bytes, not by what its provider says of it. No I/O.

A browser shows only kinds in which nothing can run. Any other file is saved, with the ending of its real kind, so
that no program runs what pretends to be a document.
"""

import codecs
import re
from typing import NamedTuple

from portal.platform.ui import file_names

HEAD = 1024  # bytes by which a file is known
UNKNOWN = "application/octet-stream"
UNNAMED = "document"


class FileKind(NamedTuple):
    """A kind of file.

    media_type: for its response; ending: of its name, with the dot; is_shown: a browser may open it.
    """

    media_type: str
    ending: str
    is_shown: bool = False


PDF = FileKind("application/pdf", ".pdf", is_shown=True)
TEXT = FileKind("text/plain; charset=utf-8", ".txt", is_shown=True)
OLD_TEXT = FileKind("text/plain; charset=windows-1252", ".txt", is_shown=True)
# Markup keeps its ending, and is sent under a media type by which no browser runs it.
PAGE = FileKind(UNKNOWN, ".html")
XML = FileKind(UNKNOWN, ".xml")
ZIP = FileKind("application/zip", ".zip")
OTHER = FileKind(UNKNOWN, ".bin")

_BY_SIGNATURE = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", FileKind("image/png", ".png", is_shown=True)),
    (b"\xff\xd8\xff", FileKind("image/jpeg", ".jpg", is_shown=True)),
    (b"GIF87a", FileKind("image/gif", ".gif", is_shown=True)),
    (b"GIF89a", FileKind("image/gif", ".gif", is_shown=True)),
)
# The media types for which pages offer to open a file, before its bytes are known.
SHOWN = frozenset(("application/pdf", "image/png", "image/jpeg", "image/jpg", "image/gif", "text/plain"))
_ZIP, _OLE = (b"PK\x03\x04", b"PK\x05\x06"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_WORD, _OPEN = "application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument."
# Documents whose bytes are a ZIP, or an OLE container of Microsoft: only name or media type says which document.
_ZIPPED = {
    ".docx": f"{_WORD}wordprocessingml.document",
    ".xlsx": f"{_WORD}spreadsheetml.sheet",
    ".pptx": f"{_WORD}presentationml.presentation",
    ".odt": f"{_OPEN}text",
    ".ods": f"{_OPEN}spreadsheet",
    ".odp": f"{_OPEN}presentation",
    ".odg": f"{_OPEN}graphics",
}
_OLD_OFFICE = {
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
_WRITTEN = {".csv": "text/csv", ".ics": "text/calendar"}
_ENDINGS = {media_type: ending for table in (_ZIPPED, _OLD_OFFICE, _WRITTEN) for ending, media_type in table.items()}
# What browsers take for HTML (WHATWG MIME Sniffing, 7.1), and SVG, which can hold scripts.
_PAGE = re.compile(
    rb"[\s\x00]*<(!doctype\s+html|html|head|script|iframe|h1|div|font|table|a|style|title|b|body|br|p|svg|math|meta|link"
    rb"|img|form|object|embed)[\s>/]",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*<(\?xml|!--|!doctype|[a-z_][\w.-]*:?[\w.-]*[\s>/])", re.IGNORECASE)
_ALSO = {".jpg": (".jpeg",), ".html": (".htm", ".xhtml"), ".xml": (".svg", ".xsl")}
_BOM = codecs.BOM_UTF8
_NO_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_NOT_IN_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def kind_of(head: bytes, claimed: str, name: str) -> FileKind:
    """Tell what kind a file is by its first HEAD bytes, or all where there are fewer.

    claimed, name: media type and file name from its provider, which only decide between kinds that begin alike.
    """
    for signature, kind in _BY_SIGNATURE:
        if head.startswith(signature):
            return kind
    text = head.removeprefix(_BOM)
    if text.lstrip().startswith(b"%PDF-"):
        return PDF
    ending = _ending(claimed, name)
    if head.startswith(_ZIP):
        return FileKind(_ZIPPED[ending], ending) if ending in _ZIPPED else ZIP
    if head.startswith(_OLE):
        return FileKind(_OLD_OFFICE[ending], ending) if ending in _OLD_OFFICE else OTHER
    if _PAGE.match(text):
        # Bytes that look like HTML under another media type are saved as plain text.
        is_html = claimed.partition(";")[0].strip().lower() in ("text/html", "application/xhtml+xml")
        return PAGE if is_html else TEXT._replace(is_shown=False)
    if _XML.match(text):
        return XML
    return _of_text(text, ending, is_all=len(head) < HEAD)


def file_name(kind: FileKind, name: str) -> str:
    """Give a name that every system accepts, without a national number, with the ending of the kind."""
    stem, point, last = name[-8 * file_names.LONGEST :].replace("\\", "/").rpartition("/")[2].rpartition(".")
    # An ending of another kind stays in the name: "letter.pdf" that is a ZIP becomes "letter.pdf.zip".
    has_ending = point and f".{last.lower()}" in (kind.ending, *_ALSO.get(kind.ending, ()))
    base = stem if has_ending else f"{stem}{point}{last}"
    return f"{file_names.plain(base, otherwise=UNNAMED)}{kind.ending}"


def _of_text(head: bytes, ending: str, *, is_all: bool) -> FileKind:
    if not head or _NO_TEXT.search(head):
        return OTHER
    try:
        # The last character may be cut in two where the file goes on.
        codecs.getincrementaldecoder("utf-8")().decode(head, final=is_all)
        kind = TEXT
    except UnicodeDecodeError:
        kind = OLD_TEXT
    if kind is OLD_TEXT and _NOT_IN_1252.search(head):
        return OTHER
    if ending in _WRITTEN:
        charset = kind.media_type.partition(" ")[2]
        return FileKind(f"{_WRITTEN[ending]}; {charset}", ending)
    return kind


def _ending(claimed: str, name: str) -> str:
    """Give the ending that name or media type claim, among those that `kind_of` knows; "" for none."""
    _, point, last = name[-8:].rpartition(".")
    ending = f"{point}{last.lower()}"
    known = _ENDINGS.get(claimed[:200].partition(";")[0].strip().lower(), "")
    return ending if ending in (*_ZIPPED, *_OLD_OFFICE, *_WRITTEN) else known
