"""Set an attest of the town as PDF/A-2a and PDF/UA-1, marked as a demonstration on each page."""

import datetime as dt
import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("attest.typ").read_bytes()
# Scripts that the font of the page does not have: all but Latin, Greek and Cyrillic.
MISSING_SCRIPTS = re.compile(r"[\u0530-\u1cff\u2e80-\uabff\uac00-\uffff\U00010000-\U0010ffff]+")
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
    text = json.dumps(data, ensure_ascii=False)
    try:
        return _set(text, now)
    except typst.TypstError:
        # The standards forbid letters that the font lacks: Typst refuses to set them.
        return _set(MISSING_SCRIPTS.sub("?", text), now)


def _set(data: str, now: dt.datetime) -> bytes:
    pdf: Any = typst.compile(
        TEMPLATE,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"data": data},
        timestamp=int(now.timestamp()),
    )
    return bytes(pdf)
