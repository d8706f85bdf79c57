"""Published ways to change a sealed PDF or to forge a seal, rebuilt as generators; more in `shadows`.

Mladenov and others, "1 Trillion Dollar Refund" (CCS 2019): universal signature forgery, incremental saving,
signature wrapping.
"""

import re
from collections.abc import Callable
from functools import cache

from pyhanko.sign.fields import MDPPerm

from sandbox.seals.sealing import SealOptions
from tests.seals import made
from tests.seals.rewriting import (
    TEXT,
    add_update,
    add_update_by_stream,
    body,
    contents_of,
    page,
    page_of,
    root_of,
    seal_of,
    size_of,
    stream,
    with_contents,
    with_entry,
)

FORGED = TEXT % b"Een ander attest"
Attack = Callable[[], bytes]


@cache
def plain(certify: MDPPerm | None = MDPPerm.FILL_FORMS) -> bytes:
    """Give a small page, sealed by the town; its sealer allows later changes to some extent."""
    return made.sealed(page(b"Een attest"), options=SealOptions(certify=certify))


# Incremental saving: something is added that shows other content.


def _other_contents(pdf: bytes) -> dict[int, bytes]:
    number, new = page_of(pdf), size_of(pdf)
    return {number: with_entry(body(pdf, number), b"/Contents", b"%d 0 R" % new), new: stream(FORGED)}


def saved_other_contents() -> bytes:
    pdf = made.honest()
    return add_update(pdf, _other_contents(pdf))


def saved_by_stream() -> bytes:
    pdf = made.honest()
    return add_update_by_stream(pdf, _other_contents(pdf))


def saved_without_previous() -> bytes:
    pdf = made.honest()
    return add_update(pdf, _other_contents(pdf), previous=False)


def saved_without_table() -> bytes:
    """Objects and nothing more: programs that mend a file find them."""
    pdf = made.honest()
    number, new = page_of(pdf), size_of(pdf)
    objects = b"".join(b"%d 0 obj\n%s\nendobj\n" % one for one in _other_contents(pdf).items())
    assert number < new
    return pdf + objects


def saved_with_trailer_only() -> bytes:
    pdf = made.honest()
    tail = pdf[pdf.rindex(b"trailer") :]
    return saved_without_table() + tail


def saved_in_old_object() -> bytes:
    """The content of the page itself is written anew, under its own number."""
    pdf = made.honest()
    number = int(re.search(rb"/Contents (\d+) 0 R", body(pdf, page_of(pdf)))[1])
    return add_update(pdf, {number: stream(FORGED)})


def saved_another_page() -> bytes:
    pdf = plain()
    new = size_of(pdf)
    added = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R /Resources 5 0 R >>" % (new + 1)
    pages = b"<< /Type /Pages /Kids [3 0 R %d 0 R] /Count 2 >>" % new
    return add_update(pdf, {2: pages, new: added, new + 1: stream(FORGED)})


def saved_under_another_root() -> bytes:
    pdf = plain()
    new = size_of(pdf)
    root = with_entry(body(pdf, root_of(pdf)), b"/OpenAction", b"<< /S /Named /N /LastPage >>")
    return add_update(pdf, {root_of(pdf): root, new: b"<< >>"})


def saved_fewer_objects() -> bytes:
    return add_update(plain(), {}, freed=[4])


def saved_larger_page() -> bytes:
    pdf = plain()
    return add_update(pdf, {3: with_entry(body(pdf, 3), b"/MediaBox", b"[0 400 595 842]")})


def saved_with_hidden_object() -> bytes:
    """An honest update with an object that its table does not name."""
    pdf = plain()
    root = root_of(pdf)
    return add_update(pdf, {root: body(pdf, root)}, loose=b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n")


def bytes_after() -> bytes:
    return made.honest() + b"\n"


def bytes_before() -> bytes:
    return b"\n" + made.honest()


def another_document_after() -> bytes:
    return made.honest() + page(b"Een ander attest")


def flipped_bit() -> bytes:
    pdf = bytearray(made.honest())
    pdf[pdf.index(b"stream") + 40] ^= 1
    return bytes(pdf)


# Universal signature forgery: the seal lacks what is needed to check it.


def _seal_with(pattern: bytes, put: bytes) -> bytes:
    """Write the seal's dictionary anew, with something else in the place of an entry, and change the page."""
    pdf = plain()
    place = seal_of(pdf)
    dictionary = re.sub(pattern, lambda _: put, body(pdf, place.number), count=1, flags=re.DOTALL)
    return add_update(pdf, {place.number: dictionary, **_other_contents(pdf)})


USF = {
    f"{name}-{how}": (pattern, put)
    for name, pattern in (("contents", rb"/Contents <[0-9a-fA-F]*>"), ("range", rb"/ByteRange\s*\[[^\]]*\]"))
    for how, put in {
        "missing": b"",
        "null": b"/%s null",
        "empty": b"/%s <>" if name == "contents" else b"/%s []",
        "zero": b"/%s <00>" if name == "contents" else b"/%s [0 0 0 0]",
        "odd": b"/%s 0" if name == "contents" else b"/%s [0 -10 10 10]",
    }.items()
}


def universal(kind: str) -> Attack:
    pattern, put = USF[kind]
    name = b"Contents" if kind.startswith("contents") else b"ByteRange"
    return lambda: _seal_with(pattern, put.replace(b"%s", name))


def range_of_six() -> bytes:
    pdf = plain()
    place = seal_of(pdf)
    return _seal_with(
        rb"/ByteRange\s*\[[^\]]*\]", b"/ByteRange [0 %d %d 10 %d 10]" % (place.at, place.after, place.after + 20)
    )


# In the place of a signature.


def zeroed_contents() -> bytes:
    return with_contents(made.honest(), b"")


def over_long_contents() -> bytes:
    pdf = made.honest()
    contents = contents_of(pdf)
    return with_contents(pdf, contents[:-4] + b"more")


def contents_with_blanks() -> bytes:
    pdf = made.honest()
    place = seal_of(pdf)
    return pdf[: place.after - 3] + b" \n" + pdf[place.after - 1 :]


def signature_of_another_document() -> bytes:
    return with_contents(made.honest(), contents_of(made.sealed(page(b"Een ander attest"))).rstrip(b"\x00") + b"\x00")


def foreign_signature() -> bytes:
    """The signature of a stranger, with the same names, in the same place."""
    own = made.honest()
    foreign = made.sealed(by=made.stranger())
    return with_contents(own, contents_of(foreign).rstrip(b"\x00") + b"\x00")


# Signature wrapping: the second stretch is moved, and something stands between.


def wrapped() -> bytes:
    """A new dictionary of the seal leads around content that was put between the stretches."""
    pdf = made.sealed(page(b"Een attest"), options=SealOptions(level="B-T", certify=MDPPerm.FILL_FORMS))
    place = seal_of(pdf)
    first, contents, second = pdf[: place.at], pdf[place.at : place.after], pdf[place.after :]
    new = size_of(pdf)
    # Its length does not depend on what it says.
    dictionary = re.sub(rb"/Contents <[0-9a-fA-F]*>", lambda _: b"/Contents " + contents, body(pdf, place.number))
    ranges = b"/ByteRange [0 %010d %010d %010d]"
    number = page_of(pdf)
    between = b""
    for _ in range(2):
        after = len(first) + len(contents) + len(between)
        said = re.sub(
            rb"/ByteRange\s*\[[^\]]*\]", lambda _, to=after: ranges % (len(first), to, len(second)), dictionary
        )
        objects = {
            place.number: said,
            number: with_entry(body(pdf, number), b"/Contents", b"%d 0 R" % new),
            new: stream(FORGED),
        }
        between, places = b"\n", {}
        for key, content in objects.items():
            places[key] = len(first) + len(contents) + len(between)
            between += b"%d 0 obj\n%s\nendobj\n" % (key, content)
    moved = first + contents + between + second
    table = len(moved)
    rows = b"".join(b"%d 1\n%010d 00000 n \n" % one for one in sorted(places.items()))
    previous = int(re.findall(rb"startxref\s+(\d+)", second)[-1]) + len(between)
    tail = b"xref\n%strailer\n<< /Size %d /Root %d 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        *(rows, new + 1, root_of(pdf), previous, table),
    )
    return moved + tail


def wrapped_in_padding() -> bytes:
    """A seal whose contents are cut short, so that something fits before their end."""
    pdf = made.honest()
    place = seal_of(pdf)
    end = place.after - 1200
    inside = b"> 4 0 obj " + stream(FORGED) + b" endobj <"
    return pdf[:end] + inside.ljust(1199) + pdf[end + 1199 :]


# A seal that nobody can reach any more.


def detached_seal() -> bytes:
    pdf = plain()
    form = int(re.search(rb"/AcroForm (\d+) 0 R", body(pdf, root_of(pdf)))[1])
    return add_update(pdf, {form: b"<< /Fields [] /SigFlags 0 >>", **_other_contents(pdf)})


def detached_form() -> bytes:
    pdf = plain()
    root = re.sub(rb"/AcroForm \d+ 0 R", b"", body(pdf, root_of(pdf)))
    return add_update(pdf, {root_of(pdf): root, **_other_contents(pdf)})


def emptied_seal() -> bytes:
    pdf = plain()
    field = re.search(
        rb"/Fields \[\s*(\d+) 0 R", body(pdf, int(re.search(rb"/AcroForm (\d+) 0 R", body(pdf, root_of(pdf)))[1]))
    )
    number = int(field[1])
    return add_update(pdf, {number: re.sub(rb"/V \d+ 0 R", b"", body(pdf, number))})


def cut_off() -> bytes:
    pdf = made.honest()
    return pdf[: len(pdf) - 400]


# What is called validation data, and is more.


def script_with_validation_data() -> bytes:
    pdf = made.honest()
    root = body(pdf, root_of(pdf))
    return add_update(pdf, {root_of(pdf): with_entry(root, b"/OpenAction", b"<< /S /JavaScript /JS (app.alert) >>")})


def validation_data_with_a_page() -> bytes:
    pdf = plain()
    new = size_of(pdf)
    root = with_entry(body(pdf, root_of(pdf)), b"/DSS", b"<< /CRLs [] /Other %d 0 R >>" % new)
    return add_update(pdf, {root_of(pdf): root, new: stream(FORGED)})


def other_title() -> bytes:
    pdf = made.honest()
    info = int(re.findall(rb"/Info (\d+) 0 R", pdf)[-1])
    return add_update(pdf, {info: b"<< /Title (Attest van leven) >>"})


def unexplained_object() -> bytes:
    pdf = plain()
    return add_update(pdf, {size_of(pdf): stream(FORGED)})


CHANGING: dict[str, Attack] = {
    one.__name__: one
    for one in (
        *(saved_other_contents, saved_by_stream, saved_without_previous, saved_without_table),
        *(saved_with_trailer_only, saved_in_old_object, saved_another_page, saved_under_another_root),
        *(saved_fewer_objects, saved_larger_page, saved_with_hidden_object, bytes_after, bytes_before),
        *(another_document_after, flipped_bit, range_of_six, zeroed_contents, over_long_contents),
        *(contents_with_blanks, signature_of_another_document, foreign_signature, wrapped),
        *(wrapped_in_padding, detached_seal, detached_form, emptied_seal, cut_off),
        *(script_with_validation_data, validation_data_with_a_page, other_title, unexplained_object),
    )
} | {f"universal_{kind}": universal(kind) for kind in USF}
