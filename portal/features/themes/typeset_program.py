"""A program: reads a document as JSON on stdin, writes it as PDF on stdout. Started by `typesetting`, with limits.

The PDF is tagged, PDF/A-2a and PDF/UA-1. Only the fonts inside typst are used. Exit code 10: it could not be set.
"""

import json
import re
import resource
import sys
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("document.typ")
STANDARDS: Any = ["a-2a", "ua-1"]
CPU_SECONDS = 10
MEMORY = 4 << 30  # of addresses: threads reserve far more than they use
TRIES = 3
UNKNOWN = "□"  # stands for a letter that our fonts do not have
FAILED = 10

_MISSING = re.compile(r'the text `"(.*?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]{1,6})\}")
FAR = re.compile(r"[^\u0000-\u024f\u2010-\u2027\u20ac\u25a1]")


def main() -> int:
    """Read, typeset, write; returns the exit code."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    document = json.loads(sys.stdin.buffer.read())
    made = typeset(document)
    if made is None:
        return FAILED
    sys.stdout.buffer.write(made)
    return 0


def typeset(document: dict[str, Any]) -> bytes | None:
    """Set a document; letters that no font has become a square, and the document says so."""
    text = json.dumps({**document, "remarks": []}, ensure_ascii=False)
    with_remark = json.dumps({**document, "remarks": [document["squares"]]}, ensure_ascii=False)
    replaced: set[str] = set()
    for at in range(TRIES + 1):
        try:
            return typst.compile(
                TEMPLATE.read_bytes(),
                format="pdf",
                pdf_standards=STANDARDS,
                sys_inputs={"data": text},
                ignore_system_fonts=True,
                timestamp=document["timestamp"],
            )
        except typst.TypstError as error:
            missing = letters_missing(error.diagnostic)
            if not missing:
                return None
            replaced |= missing
            # A complaint may not name all of them: whoever writes in many scripts gets squares for whatever is far.
            which = FAR if at == TRIES - 1 else re.compile(f"[{re.escape(''.join(sorted(replaced)))}]")
            text = which.sub(UNKNOWN, with_remark)
    return None


def letters_missing(diagnostic: str) -> set[str]:
    """Read out of typst's complaint which letters no font has."""
    found = {_ESCAPED.sub(lambda one: chr(int(one[1], 16)), text) for text in _MISSING.findall(diagnostic)}
    return {letter for text in found for letter in text if not letter.isascii()}


if __name__ == "__main__":
    sys.exit(main())
