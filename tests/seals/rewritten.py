"""Ways to write anew what is shown and to call it something that shows nothing; no published ones, found here.

What checks later additions by a list of what may be added is asked: is this object validation data? The forger lists
the page's own content among the validation data. Or a table says of one object two things.
"""

import re
from functools import cache

from pyhanko.sign import fields

from sandbox.seals.sealing import SealOptions
from tests.seals import made
from tests.seals.attacks import FORGED, Attack, plain
from tests.seals.rewriting import TEXT, add_update, body, page, root_of, size_of, stream, with_entry

FORGERY = stream(FORGED)
_RESOURCES, _FONT = 5, 6


def _with_root(pdf: bytes, key: bytes, value: bytes, objects: dict[int, bytes]) -> bytes:
    root = root_of(pdf)
    return add_update(pdf, {root: with_entry(body(pdf, root), key, value), **objects})


def content_as_revocation_list() -> bytes:
    return _with_root(plain(), b"/DSS", b"<< /CRLs [4 0 R] >>", {4: FORGERY})


def content_as_time_stamp() -> bytes:
    return _with_root(plain(), b"/DSS", b"<< /VRI << /AA << /TS 4 0 R >> >> >>", {4: FORGERY})


def resources_as_store() -> bytes:
    """The page loses its fonts: their dictionary becomes the store."""
    return _with_root(plain(), b"/DSS", b"%d 0 R" % _RESOURCES, {_RESOURCES: b"<< /CRLs [] >>"})


def resources_as_form() -> bytes:
    pdf = plain()
    form = int(re.search(rb"/AcroForm (\d+) 0 R", body(pdf, root_of(pdf)))[1])
    return _with_root(pdf, b"/AcroForm", b"%d 0 R" % _RESOURCES, {_RESOURCES: body(pdf, form)})


def font_as_extensions() -> bytes:
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"
    return _with_root(plain(), b"/Extensions", b"%d 0 R" % _FONT, {_FONT: font})


@cache
def _planted() -> bytes:
    """The page's contents are a list that is that of certificates too; a second object stands hidden in a stream."""
    hidden = b"4 0 obj\n" + FORGERY + b"\nendobj\n"
    more = {
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 7 0 R /Resources 5 0 R >>",
        7: b"[4 0 R]",
        8: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(hidden), hidden),
    }
    root = b"/DSS << /Certs 7 0 R >> /Trial 8 0 R"
    return made.sealed(page(b"Een attest", more=more, root=root), options=SealOptions(certify=None, level="B-T"))


def list_of_certificates_and_of_contents() -> bytes:
    pdf = _planted()
    return add_update(pdf, {7: b"[4 0 R %d 0 R]" % size_of(pdf), size_of(pdf): FORGERY})


def _two_rows(*, first: bool) -> bytes:
    """A table gives two places for the page's content: programs take the first, or the last."""
    pdf = _planted()
    later = add_update(pdf, {4: stream(TEXT % b"Een attest")})
    row = later.rindex(b"4 1\n")
    hidden = b"4 1\n%010d 00000 n \n" % pdf.index(b"4 0 obj\n" + FORGERY)
    at = row if first else row + len(hidden)
    return later[:at] + hidden + later[at:]


def first_of_two_rows() -> bytes:
    return _two_rows(first=True)


def last_of_two_rows() -> bytes:
    return _two_rows(first=False)


def second_field_of_a_name() -> bytes:
    """A second seal in a field that has the name of the first's: programs show the one or the other."""
    written = fields.pdf_string
    # pyHanko would fill the first field; a forger would not.
    fields.pdf_string = lambda name: written("Zegel" if name == "Tweede" else name)
    try:
        return made.sealed(plain(), options=SealOptions(certify=None, field_name="Tweede"))
    finally:
        fields.pdf_string = written


def content_in_a_comment() -> bytes:
    """An object of a line, after a percent sign: programs that mend a file find it."""
    pdf = plain()
    line = b"<< /Length 9 /Filter /ASCIIHexDecode >> stream " + FORGED.hex().encode() + b" endstream endobj"
    return add_update(pdf, {root_of(pdf): body(pdf, root_of(pdf))}, loose=b"%4 0 obj " + line + b"\n")


def many_blanks() -> bytes:
    """Blanks that a careless pattern reads in more ways than there is time for."""
    pdf = plain()
    return add_update(pdf, {root_of(pdf): body(pdf, root_of(pdf))}, loose=b" " * 5_000 + b"x\n")


CHANGING: dict[str, Attack] = {
    one.__name__: one
    for one in (
        *(content_as_revocation_list, content_as_time_stamp, resources_as_store, resources_as_form),
        *(font_as_extensions, list_of_certificates_and_of_contents, first_of_two_rows, last_of_two_rows),
        *(second_field_of_a_name, content_in_a_comment, many_blanks),
    )
}
