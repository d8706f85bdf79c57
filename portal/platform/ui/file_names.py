"""Names of files that are handed over, and the headers with which a browser is given one (RFC 6266). No I/O."""

import re
from collections.abc import Mapping
from typing import Literal
from urllib.parse import quote

from portal.platform.kit import typed_text
from portal.platform.kit.folding import fold
from portal.platform.kit.national_number import WRITTEN

LONGEST = 120  # characters before the ending
LONGEST_BYTES = 240  # of the same: most systems take 255 bytes of a whole name, with " (20)" and its ending

# What a name cannot hold on one system or another, or would lead out of its folder.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]')
_NOT_PLAIN = re.compile(r"[^ .0-9a-z()_-]")
# Names of devices, which Windows opens whatever follows their point, or spaces before that.
_DEVICE = re.compile(r"(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *(\.|$)", re.IGNORECASE)

# Nothing in a document loads or runs anything; it stands in no other page. Viewers of Chromium size themselves by a
# style of their own, and neither they nor Safari's open in a sandbox.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"

type How = Literal["inline", "attachment"]


def plain(name: str, *, otherwise: str) -> str:
    """Write a name so that every system takes it, and without a national number; otherwise: if nothing is left."""
    seen = typed_text.beginning(_NOT_IN_NAMES.sub(" ", WRITTEN.sub(" ", name[: 8 * LONGEST])), most=4 * LONGEST)
    short = " ".join(seen.split())[:LONGEST].encode()[:LONGEST_BYTES].decode(errors="ignore").strip(" .-")
    return f"_{short}" if _DEVICE.match(short) else short or otherwise


def another(name: str, ending: str, taken: set[str]) -> str:
    """Change a name so that no other file has it. ending: its own, with the point.

    taken: the names of the others, folded as systems compare them; this one is added.
    """
    stem, ending = (name[: -len(ending)], ending) if ending and name.endswith(ending) else (name, "")
    at = 2
    while fold(name) in taken:
        name = f"{stem} ({at}){ending}"
        at += 1
    taken.add(fold(name))
    return name


def disposition(how: How, name: str) -> str:
    """Write the header Content-Disposition: the name in plain letters, and as it is for who reads UTF-8."""
    simple = _NOT_PLAIN.sub("", fold(name)).strip() or "bestand"
    return f"{how}; filename=\"{simple}\"; filename*=UTF-8''{quote(name, safe='')}"


def headers(how: How, name: str) -> Mapping[str, str]:
    """Give the headers of a file that nobody keeps a copy of on the way; its media type is for whoever sends it."""
    return {
        "Content-Disposition": disposition(how, name),
        "Content-Security-Policy": POLICY,
        "Cache-Control": "no-store",
    }
