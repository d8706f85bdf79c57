"""The QR code of a transfer, as a picture in the page. No I/O."""

import segno
from markupsafe import Markup

_QUIET = 4  # modules around it, as ISO 18004 wants


def picture_of(code: str) -> Markup:
    """Draw what `payments.slip_of` wrote; "" for no code. Black on white, whatever the colours of the page.

    By the guidelines: bytes of UTF-8, error correction M, at most version 13, which 331 bytes need.
    """
    if not code:
        return Markup("")
    drawn = segno.make(code, error="m", mode="byte", encoding="utf-8", micro=False, boost_error=False)
    svg = drawn.svg_inline(omitsize=True, border=_QUIET, light="#fff", svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - it holds numbers and segno's own attributes, nothing of what the code says
