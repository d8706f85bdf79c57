"""Names of files for download, and the headers with which a browser is given one (RFC 6266). No I/O."""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold
from portal.platform.kit.national_number import WRITTEN

LONGEST = 120  # characters before the ending
LONGEST_BYTES = 240  # of the same: most systems take 255 bytes of a whole name, with " (20)" and its ending

# Characters that some system does not take in a name, or that would lead out of a folder.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_NOT_PLAIN = re.compile(r"[^ .0-9a-z()_-]")
# Names of devices, which Windows opens whatever stands after the name and a point, with spaces between or not.
_DEVICE = re.compile(r"(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)

# A document loads nothing, runs nothing and stands in no other page's frame. Inline styles are allowed because
# Chromium's PDF viewer sizes itself by one; there is no `sandbox`, in which neither its viewer nor Safari's opens.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

type DispositionType = Literal["inline", "attachment"]


def plain(name: str, *, otherwise: str) -> str:
    """Write a name so that every system takes it, and without a national number.

    otherwise: the name to give if nothing is left.
    """
    seen = typed_text.beginning(_NOT_IN_NAMES.sub(" ", name[: 8 * LONGEST]), most=4 * LONGEST)
    # A number is looked for in what will be seen: what is removed or replaced may have stood between its digits.
    short = (
        " ".join(WRITTEN.sub(" ", seen).split())[:LONGEST]
        .encode()[:LONGEST_BYTES]
        .decode(errors="ignore")
        .strip(" .-")
    )
    return f"_{short}" if _DEVICE.match(short) else short or otherwise


def another(name: str, ending: str, taken: set[str]) -> str:
    """Number a name ("brief (2).pdf") if another file has it already. ending: that of the file, with the point.

    taken: the names of the other files, folded; the result is added to it.
    """
    stem, ending = (name[: -len(ending)], ending) if ending and name.endswith(ending) else (name, "")
    at = 2
    while fold(name) in taken:
        name = f"{stem} ({at}){ending}"
        at += 1
    taken.add(fold(name))
    return name


def disposition(how: DispositionType, name: str) -> str:
    """Write the header Content-Disposition, with the name in ASCII and, for browsers that read it, in UTF-8."""
    simple = _NOT_PLAIN.sub("", fold(name)).strip() or "bestand"
    return f"{how}; filename=\"{simple}\"; filename*=UTF-8''{quote(name, safe='')}"


def headers(how: DispositionType, name: str) -> Mapping[str, str]:
    """Give the headers of a file that no cache may keep; the caller adds its Content-Type."""
    return {
        "Content-Disposition": disposition(how, name),
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
    }
