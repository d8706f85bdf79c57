"""Sentences for a judgement (`words.toml`), in four languages: whoever receives a document may not read Dutch."""

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
    """Give the sentence for the verdict, without its full stop."""
    return _words()["verdicts"][judgement.verdict][language]


def reason(judgement: Judgement, language: str) -> str:
    """Give the reason of the verdict, in one sentence or two."""
    return _words()["reasons"][judgement.why or judgement.verdict][language]
