"""What a judgement says to people, in the four languages of who may receive a document (`words.toml`)."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from .types import Judgement

FILE = Path(__file__).with_name("words.toml")
LANGUAGES = ("nl", "fr", "de", "en")

Texts = Mapping[str, Mapping[str, Mapping[str, str]]]


@cache
def _words() -> Texts:
    return tomllib.loads(FILE.read_text("utf-8"))


def verdict(judgement: Judgement, language: str) -> str:
    """Say the verdict in a sentence without its full stop."""
    return _words()["verdicts"][judgement.verdict][language]


def reason(judgement: Judgement, language: str) -> str:
    """Say why, in one sentence or two."""
    return _words()["reasons"][judgement.why or judgement.verdict][language]
