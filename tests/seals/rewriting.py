"""Write PDFs byte by byte, as a forger would: whole small ones, and updates at the end of what exists."""

import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields

TEXT = b"BT /F1 14 Tf 60 760 Td (%s) Tj ET"


@dataclass(frozen=True)
class Place:
    """Where the last seal of a file stands: its contents from `at` to `after`, and its object's number and start."""

    at: int
    after: int
    number: int
    begin: int


def small(objects: Mapping[int, bytes], root: int = 1, hidden: Sequence[bytes] = ()) -> bytes:
    """Write a whole PDF of objects by number; `hidden` ones stand in it without being listed."""
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    for body in hidden:
        out += body
    table = len(out)
    out += b"xref\n0 1\n0000000000 65535 f \n"
    for number, at in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, at)
    size = max(offsets) + 1
    out += b"trailer\n<< /Size %d /Root %d 0 R /ID [<00><00>] >>\nstartxref\n%d\n%%%%EOF\n" % (size, root, table)
    return bytes(out)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Write a stream."""
    packed = zlib.compress(content)
    head = b"<< /Length %d /Filter /FlateDecode %s >>" % (len(packed), entries)
    return head + b"\nstream\n" + packed + b"\nendstream"


def page(words: bytes, entries: bytes = b"", more: Mapping[int, bytes] | None = None, root: bytes = b"") -> bytes:
    """Write a PDF of one page that says something."""
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R %s >>" % root,
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R %s >>" % entries,
        4: stream(TEXT % words),
        5: b"<< /Font << /F1 6 0 R >> >>",
        6: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        **(more or {}),
    }
    return small(objects)


def reader(pdf: bytes) -> PdfFileReader:
    """Read a PDF as it stands."""
    return PdfFileReader(io.BytesIO(pdf), strict=False)


def body(pdf: bytes, number: int) -> bytes:
    """Give the bytes of an object, as its newest table says."""
    from pyhanko.pdf_utils.generic import Reference

    at = reader(pdf).xrefs[Reference(number, 0)]
    found = re.compile(rb"\d+ 0 obj\s*(.*?)\s*endobj", re.DOTALL).match(pdf, at)
    assert found
    return found[1]


def root_of(pdf: bytes) -> int:
    """Give the number of the catalogue."""
    return reader(pdf).root_ref.idnum


def page_of(pdf: bytes) -> int:
    """Give the number of the first page."""
    return reader(pdf).root["/Pages"]["/Kids"].raw_get(0).reference.idnum


def size_of(pdf: bytes) -> int:
    """Give the first number that no object has."""
    return int(reader(pdf).trailer["/Size"])


def add_update(
    pdf: bytes,
    objects: Mapping[int, bytes],
    *,
    freed: Sequence[int] = (),
    placed: Mapping[int, int] | None = None,
    previous: bool = True,
    entries: bytes = b"",
    loose: bytes = b"",
) -> bytes:
    """Add an update: objects by number, freed ones, some that stand elsewhere (`placed`), loose bytes."""
    now = reader(pdf)
    out, offsets = bytearray(pdf), dict(placed or {})
    if not out.endswith(b"\n"):
        out += b"\n"
    out += loose
    for number, content in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n"
    for number in freed:
        out += b"%d 1\n0000000000 00001 f \n" % number
    for number, at in sorted(offsets.items()):
        out += b"%d 1\n%010d 00000 n \n" % (number, at)
    size = max([size_of(pdf), *(number + 1 for number in offsets)])
    root = now.trailer.raw_get("/Root").idnum
    info = now.trailer.raw_get("/Info") if "/Info" in now.trailer else None
    identity = b" ".join(b"<%s>" % one.hex().encode() for one in now.document_id)
    out += b"trailer\n<< /Size %d /Root %d 0 R /ID [%s] %s" % (size, root, identity, entries)
    if info is not None:
        out += b" /Info %d 0 R" % info.idnum
    if previous:
        out += b" /Prev %d" % now.last_startxref
    out += b" >>\nstartxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


def add_update_by_stream(pdf: bytes, objects: Mapping[int, bytes]) -> bytes:
    """Add an update whose table is a stream (PDF 1.5)."""
    now = reader(pdf)
    out, offsets = bytearray(pdf), {}
    for number, content in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    own = max([size_of(pdf), *(number + 1 for number in objects)])
    table = offsets[own] = len(out)
    numbers = sorted(offsets)
    rows = b"".join(b"\x01" + offsets[number].to_bytes(4) + b"\x00" for number in numbers)
    index = b" ".join(b"%d 1" % number for number in numbers)
    root = now.trailer.raw_get("/Root").idnum
    info = now.trailer.raw_get("/Info") if "/Info" in now.trailer else None
    identity = b" ".join(b"<%s>" % one.hex().encode() for one in now.document_id)
    head = b"/Type /XRef /W [1 4 1] /Index [%s] /Size %d /Root %d 0 R /Prev %d /ID [%s]" % (
        *(index, own + 1, root, now.last_startxref, identity),
    )
    if info is not None:
        head += b" /Info %d 0 R" % info.idnum
    out += b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, stream(rows, head), table)
    return bytes(out)


def seal_of(pdf: bytes, at: int = 0) -> Place:
    """Find a seal of a file, by its order among the fields."""
    now = reader(pdf)
    fields = list(enumerate_sig_fields(now, filled_status=True))
    reference = fields[at][2].get_object().raw_get("/V").reference
    ranges = [int(one) for one in reference.get_object()["/ByteRange"]]
    return Place(ranges[1], ranges[2], reference.idnum, now.xrefs[reference])


def contents_of(pdf: bytes, at: int = 0) -> bytes:
    """Give the signature inside a seal, with its padding."""
    place = seal_of(pdf, at)
    return bytes.fromhex(pdf[place.at + 1 : place.after - 1].decode())


def with_contents(pdf: bytes, contents: bytes, at: int = 0) -> bytes:
    """Put another signature into a seal, padded to the room that there is."""
    place = seal_of(pdf, at)
    room = (place.after - place.at - 2) // 2
    assert len(contents) <= room
    return pdf[: place.at + 1] + contents.ljust(room, b"\x00").hex().encode() + pdf[place.after - 1 :]


def with_entry(dictionary: bytes, key: bytes, value: bytes) -> bytes:
    """Put an entry into a dictionary, in the place of what was there under a name that does not nest."""
    found = re.search(re.escape(key) + rb"\s*(\[[^\]]*\]|<<.*?>>|\d+ 0 R|/\w+|\d+)", dictionary, re.DOTALL)
    entry = key + b" " + value
    if found:
        return dictionary[: found.start()] + entry + dictionary[found.end() :]
    end = dictionary.rindex(b">>")
    return dictionary[:end] + entry + b" " + dictionary[end:]
