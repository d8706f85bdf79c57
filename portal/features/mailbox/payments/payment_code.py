"""Draw the QR code of a transfer as SVG. No I/O."""

import segno
from markupsafe import Markup

_QUIET = 4  # modules of the quiet zone around it (ISO 18004)


def picture_of(code: str) -> Markup:
    """Draw a code of `payments.slip_of`; "" for no code. Black on white, whatever the colours of the page.

    As EPC069-12 wants: byte mode in UTF-8, error correction level M, at most version 13, which holds 331 bytes.
    """
    if not code:
        return Markup("")
    drawn = segno.make(code, error="m", mode="byte", encoding="utf-8", micro=False, boost_error=False)
    svg = drawn.svg_inline(omitsize=True, border=_QUIET, light="#fff", svgclass=None, lineclass=None)
    return Markup(svg)  # noqa: S704 - it holds numbers and segno's own attributes, nothing of what the code says
