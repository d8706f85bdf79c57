"""Texts of providers, as they may be shown: measured first, on one line, without what cannot be seen."""

from collections.abc import Mapping
from typing import Any

from portal.platform.kit import typed_text

LANGUAGES = ("nl", "fr", "de", "en")


def line_of(written: Any, most: int) -> str:
    """Read a text of one line, cut to `most` characters; "" for what is no text."""
    return typed_text.beginning(written, most=most).strip() if isinstance(written, str) else ""


def by_language(written: Any, most: int) -> dict[str, str]:
    """Read a text by its language; what is no text, empty, or in another language is left out."""
    if not isinstance(written, Mapping):
        return {}
    found = {language: line_of(written.get(language), most) for language in LANGUAGES}
    return {language: text for language, text in found.items() if text}
