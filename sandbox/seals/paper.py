"""Set an attest of the town as PDF/A-2a and PDF/UA-1, marked as a demonstration on each page."""

import datetime as dt
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("attest.typ").read_bytes()
# What the fonts of typst are not known to have: all but Latin, Greek, Cyrillic and marks between words.
UNKNOWN = re.compile(
    r"[^ -~\u00a0-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u0481\u1e00-\u1eff\u2010-\u2027\u20ac]+"
)
STANDARDS: Any = ["a-2a", "ua-1"]
WARNINGS = {
    "nl": "DEMONSTRATIE: geen officieel attest",
    "fr": "DÉMONSTRATION : pas une attestation officielle",
    "de": "VORFÜHRUNG: keine amtliche Bescheinigung",
}


def attest(
    title: str,
    facts: Sequence[tuple[str, str]],
    now: dt.datetime,
    language: str = "nl",
    paragraphs: Sequence[str] = (),
) -> bytes:
    """Give an attest as PDF, without a seal.

    facts: labels with their values, below the paragraphs. now: when it is issued (aware). language: of WARNINGS, or
    KeyError is raised; the texts are given in it. Characters that the font lacks become question marks.
    """
    data = {
        "title": title,
        "issuer": "Modelstad (demonstratie)",
        "language": language,
        "warning": WARNINGS[language],
        "paragraphs": list(paragraphs),
        "facts": [list(row) for row in facts],
    }
    try:
        return _set(data, now)
    except (typst.TypstError, UnicodeEncodeError):
        # The standards forbid letters that the font lacks: Typst refuses to set them. They are replaced in the
        # values, since JSON escapes control characters.
        known = {
            "title": _known(title),
            "paragraphs": [_known(each) for each in paragraphs],
            "facts": [[_known(each) for each in row] for row in facts],
        }
        return _set(data | known, now)


def _known(text: str) -> str:
    return UNKNOWN.sub("?", text)


def _set(data: Mapping[str, Any], now: dt.datetime) -> bytes:
    pdf: Any = typst.compile(
        TEMPLATE,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.timestamp()),
        ignore_system_fonts=True,
    )
    return bytes(pdf)
