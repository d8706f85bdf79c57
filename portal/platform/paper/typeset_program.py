"""A confined program: a document as JSON becomes a PDF. Run by `typesetting`.

The PDF is tagged, PDF/A-2a and PDF/UA-1. Only the fonts inside typst are used: no file is read once the walls stand.
"""

import json
import re
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("document.typ").read_bytes()
STANDARDS: Any = ["a-2a", "ua-1"]
CPU_SECONDS = 10
MEMORY = 4 << 30  # bytes of addresses: threads reserve far more than they use
TRIES = 3
UNKNOWN = "□"  # stands for a letter that our fonts do not have

_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
FAR = re.compile(r"[^\u0000-\u024f\u2010-\u2027\u20ac\u25a1]")


# The compiler reads its fonts at import, before there are walls.
_compiler = typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False), ignore_system_fonts=True)


def prepare() -> None:
    """Have typst start its threads: once the walls stand, no thread can be started."""
    _compiler.compile(b"a", format="pdf")


def main(given: bytes) -> bytes:
    """Make the PDF of a document as JSON. Raise TypstError for a document that cannot be set."""
    return typeset(json.loads(given))


def typeset(document: dict[str, Any]) -> bytes:
    """Set a document; letters that no font has become a square, and the document says so."""
    text = json.dumps({**document, "remarks": []}, ensure_ascii=False)
    with_remark = json.dumps({**document, "remarks": [document["squares"]]}, ensure_ascii=False)
    replaced: set[str] = set()
    for at in range(TRIES + 1):
        try:
            pdf: Any = _compiler.compile(
                TEMPLATE,
                format="pdf",
                pdf_standards=STANDARDS,
                sys_inputs={"data": text},
                timestamp=document["timestamp"],
            )
            return bytes(pdf)
        except typst.TypstError as error:
            missing = letters_missing(error.diagnostic)
            if not missing or at == TRIES:
                raise
            replaced |= missing
            # A diagnostic may not name every letter: the last try replaces all letters of other scripts.
            which = FAR if at == TRIES - 1 else re.compile(f"[{re.escape(''.join(sorted(replaced)))}]")
            text = which.sub(UNKNOWN, with_remark)
    raise AssertionError("the last try returns or raises")


def letters_missing(diagnostic: str) -> set[str]:
    """Read out of typst's diagnostic which letters no font has."""
    texts = {_ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text) for text in _MISSING.findall(diagnostic)}
    return {letter for text in texts for letter in text if not letter.isascii()}
