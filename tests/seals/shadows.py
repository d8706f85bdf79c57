"""Published ways to plant something before sealing, and to abuse what a sealer allows; as generators.

Mainka, Mladenov, Rohlmann, "Shadow Attacks" (NDSS 2021): hide, replace, hide-and-replace. Rohlmann and others,
"Breaking the Specification: PDF Certification" (S&P 2021): evil annotation, sneaky signature; later sneaky font.
"""

import re
from functools import cache

from pyhanko.sign import signers
from pyhanko.sign.fields import MDPPerm

from sandbox.seals.sealing import SealOptions
from tests.seals import made
from tests.seals.attacks import FORGED, Attack, plain
from tests.seals.rewriting import TEXT, add_update, body, page, root_of, size_of, small, stream, with_entry

# Shadow attacks: planted before sealing, turned on after it.

_FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 595 842] /Resources 5 0 R"


@cache
def _planted() -> bytes:
    """A page with a cover over something else, sealed by somebody who saw the cover only."""
    more = {
        4: stream(FORGED + b" /Cover Do"),
        5: b"<< /Font << /F1 6 0 R >> /XObject << /Cover 7 0 R >> >>",
        7: stream(b"1 g 0 0 595 842 re f 0 g " + TEXT % b"Een attest", _FORM.replace(b"5 0 R", b"8 0 R")),
        8: b"<< /Font << /F1 6 0 R >> >>",
    }
    return made.sealed(page(b"", more=more), options=SealOptions(certify=None))


def shadow_hide() -> bytes:
    return add_update(_planted(), {7: stream(b"", _FORM)})


def shadow_hide_by_freeing() -> bytes:
    return add_update(_planted(), {}, freed=[7])


_FIELD = b"/Type /Annot /Subtype /Widget /FT /Tx /T (bedrag) /Rect [60 600 300 640] /P 3 0 R /DA (/F1 12 Tf 0 g)"


@cache
def _with_form(certify: MDPPerm | None = MDPPerm.FILL_FORMS) -> bytes:
    more = {
        7: b"<< %s /V (100 euro) /AP << /N 8 0 R >> >>" % _FIELD,
        8: stream(TEXT % b"100 euro", _FORM),
        9: b"<< /Fields [7 0 R] /DR << /Font << /F1 6 0 R >> >> /DA (/F1 12 Tf 0 g) >>",
    }
    pdf = page(b"Een attest", b"/Annots [7 0 R]", more, b"/AcroForm 9 0 R")
    return made.sealed(pdf, options=SealOptions(certify=certify))


def shadow_replace_field() -> bytes:
    """Filling in a form, which its sealer allowed: who receives it reads another amount."""
    return add_update(
        _with_form(), {7: b"<< %s /V (900 euro) /AP << /N 8 0 R >> >>" % _FIELD, 8: stream(TEXT % b"900 euro", _FORM)}
    )


def shadow_replace_font() -> bytes:
    """A font that shows other letters for the same text."""
    swapped = b"<< /Type /Encoding /Differences [49 /nine] >>"
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding %s >>" % swapped
    return add_update(_with_form(None), {6: font})


def shadow_hide_and_replace() -> bytes:
    """A second object of the same number was sealed with the first; the update only says which one counts."""
    shadow = b"4 0 obj\n" + stream(FORGED) + b"\nendobj\n"
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources 5 0 R >>",
        4: stream(TEXT % b"Een attest"),
        5: b"<< /Font << /F1 6 0 R >> >>",
        6: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    }
    pdf = made.sealed(small(objects, hidden=[shadow]), options=SealOptions(certify=None))
    return add_update(pdf, {}, placed={4: pdf.index(shadow)})


def shadow_awaited() -> bytes:
    """The page was sealed with a reference to nothing; what comes later as validation data is its content."""
    pdf = made.sealed(page(b"Een attest", b"/Trial [90 0 R 91 0 R]"), options=SealOptions(certify=None, level="B-T"))
    root = with_entry(body(pdf, root_of(pdf)), b"/DSS", b"<< /Type /DSS /CRLs [90 0 R] >>")
    return add_update(pdf, {root_of(pdf): root, 90: stream(FORGED)})


# Of certified documents: what a sealer allows is abused.


def evil_annotation() -> bytes:
    pdf = plain(MDPPerm.ANNOTATE)
    new = size_of(pdf)
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [50 700 550 800] /DA (/Helv 14 Tf) /Contents (Een ander attest)"
    note += b" /F 4 /AP << /N %d 0 R >> >>" % (new + 1)
    entry = body(pdf, 3)
    annots = re.search(rb"/Annots \[([^\]]*)\]", entry)[1]
    changed = with_entry(entry, b"/Annots", b"[%s %d 0 R]" % (annots, new))
    return add_update(pdf, {3: changed, new: note, new + 1: stream(FORGED, _FORM)})


def _second_seal(box: tuple[int, int, int, int] | None, by: str = "stranger") -> bytes:
    authority = made.stranger() if by == "stranger" else made.town()
    options = SealOptions(certify=None, field_name="Tweede", box=box)
    return made.sealed(plain(), options=options, by=authority)


def sneaky_signature() -> bytes:
    """A second seal whose look covers the page."""
    return _second_seal((0, 0, 595, 842))


def foreign_second_seal() -> bytes:
    return _second_seal(None)


def foreign_first_seal() -> bytes:
    foreign = made.sealed(
        page(b"Een attest"), options=SealOptions(certify=None, field_name="Eerste"), by=made.stranger()
    )
    return made.sealed(foreign, options=SealOptions(certify=None))


def second_seal_where_none_may_come() -> bytes:
    pdf = plain(MDPPerm.NO_CHANGES)
    signer, asks = signers.PdfSigner, "_enforce_certification_constraints"
    careful = getattr(signer, asks)
    # pyHanko refuses to make such a file; a forger does not ask.
    setattr(signer, asks, lambda *_: None)
    try:
        return made.sealed(pdf, options=SealOptions(certify=None, field_name="Tweede"))
    finally:
        setattr(signer, asks, careful)


def sneaky_font() -> bytes:
    """A font of the form's own resources is swapped, in a certified document whose form may be filled."""
    pdf = _with_form()
    form = with_entry(body(pdf, 9), b"/DA", b"(/F1 30 Tf 0 g)") if b"/DA 1" in body(pdf, 9) else body(pdf, 9)
    new = size_of(pdf)
    form = form.replace(b"6 0 R", b"%d 0 R" % new)
    return add_update(pdf, {9: form, new: b"<< /Type /Font /Subtype /Type1 /BaseFont /Symbol >>"})


CHANGING: dict[str, Attack] = {
    one.__name__: one
    for one in (
        *(shadow_hide, shadow_hide_by_freeing, shadow_replace_field, shadow_replace_font),
        *(shadow_hide_and_replace, shadow_awaited, evil_annotation, sneaky_signature),
        *(second_seal_where_none_may_come, sneaky_font),
    )
}
