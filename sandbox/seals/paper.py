"""An attest of the town as PDF/A-2a and PDF/UA-1: what it says is marked as a demonstration on each page."""

import datetime as dt
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("attest.typ").read_bytes()
STANDARDS: Any = ["a-2a", "ua-1"]
WARNINGS = {
    "nl": "DEMONSTRATIE: geen officieel attest",
    "fr": "DÉMONSTRATION : pas une attestation officielle",
    "de": "VORFÜHRUNG: keine amtliche Bescheinigung",
}


def page(
    title: str,
    facts: Sequence[tuple[str, str]],
    now: dt.datetime,
    language: str = "nl",
    paragraphs: Sequence[str] = (),
) -> bytes:
    """Set an attest. now: when it is issued (aware); facts: labels with their values."""
    data = {
        "title": title,
        "issuer": "Modelstad (demonstratie)",
        "language": language,
        "warning": WARNINGS[language],
        "paragraphs": list(paragraphs),
        "facts": [list(row) for row in facts],
    }
    made: Any = typst.compile(
        TEMPLATE,
        format="pdf",
        pdf_standards=STANDARDS,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        timestamp=int(now.timestamp()),
    )
    return bytes(made)
